//! Where a value of the settings comes from.
//!
//! A value keeps its origin from the layer it was read in, through merging, up to what people are shown.

use serde::{Serialize, Serializer};
use std::fmt;

/// Where a value of the settings comes from.
///
/// Shown and serialized as one text, as in `ideogate.toml:12`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SettingOrigin {
    /// The compiled-in defaults.
    Default,
    /// A line of a file.
    File {
        /// The file, as it was named.
        name: Box<str>,
        /// The line, from 1.
        line: usize,
    },
    /// A variable of the process environment.
    Variable(Box<str>),
    /// A variable of the `.env` file.
    DotEnv {
        /// The variable.
        name: Box<str>,
        /// The line, from 1.
        line: usize,
    },
}

impl SettingOrigin {
    /// Returns the layer of settings that it belongs to.
    ///
    /// It is `default`, `file`, `variable` or `dotenv`, which the admin API hands on as it is.
    pub fn layer(&self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::File { .. } => "file",
            Self::Variable(_) => "variable",
            Self::DotEnv { .. } => "dotenv",
        }
    }
}

impl fmt::Display for SettingOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { name, line } => write!(f, "{name}:{line}"),
            Self::Variable(name) => write!(f, "environment variable {name}"),
            Self::DotEnv { name, line } => write!(f, "variable {name} of .env:{line}"),
        }
    }
}

impl Serialize for SettingOrigin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
