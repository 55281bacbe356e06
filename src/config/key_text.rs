//! The text of a key: what it may look like, and the file it may stand in.

use secrecy::SecretString;
use std::{fmt, fs::File, io::Read};
use zeroize::Zeroizing;

const LONGEST: usize = 4096;

/// Where a key came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// A variable that holds it.
    Variable(Box<str>),
    /// A file that a variable names.
    File {
        /// The variable.
        variable: Box<str>,
        /// The file.
        path: Box<str>,
    },
}

impl fmt::Display for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => f.write_str(name),
            Self::File { variable, path } => write!(f, "{variable} ({path})"),
        }
    }
}

/// Accepts the text of a key, or says what is wrong with it without repeating it.
pub(super) fn checked(text: &str) -> Result<SecretString, String> {
    if text.is_empty() {
        return Err("is empty".to_owned());
    }
    if text.len() > LONGEST {
        return Err("is too long for a key".to_owned());
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("holds a space, a line break or another character no key has".to_owned());
    }
    Ok(SecretString::from(text))
}

/// Reads a key from a file, which may end in a line break.
pub(super) fn read(path: &str) -> Result<SecretString, String> {
    let mut text = Zeroizing::new(String::with_capacity(LONGEST + 2));
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let mut start = file.take(LONGEST as u64 + 2);
    start.read_to_string(&mut text).map_err(|error| unreadable(path, &error))?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    checked(line).map_err(|problem| format!("names a file that {problem}: {path}"))
}

fn unreadable(path: &str, error: &std::io::Error) -> String {
    format!("names a file that cannot be read: {path}: {error}")
}
