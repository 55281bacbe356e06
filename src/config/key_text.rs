//! The text of a key: what it may look like, and the file it may stand in.

use super::{key_shape, paths};
use secrecy::SecretString;
use std::{
    fmt,
    fs::File,
    io::{self, Read},
};
use zeroize::Zeroizing;

const LONGEST: usize = 4096;

/// Where a key came from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
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
    if let Some(problem) = key_shape::problem(text) {
        return Err(problem.to_owned());
    }
    checked_secret(text)
}

/// Accepts the text of a secret that is made elsewhere and may be anything without spaces.
pub(super) fn checked_secret(text: &str) -> Result<SecretString, String> {
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("holds a space, a line break or another character no key has".to_owned());
    }
    Ok(SecretString::from(text))
}

/// No key could be read again.
#[derive(Debug, thiserror::Error)]
pub enum KeySourceError {
    /// It came from a variable.
    #[error("{0} is a variable, and a process that runs cannot see its variables change")]
    Fixed(Box<str>),
    /// There is no such file.
    #[error("the file is not there")]
    Missing(#[source] io::Error),
    /// The file is empty.
    #[error("the file is empty")]
    Empty,
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    Unreadable(#[source] io::Error),
    /// What is in the file is no key.
    #[error("the file {0}")]
    NoKey(Box<str>),
}

/// Reads a key from a file, which may end in a line break.
pub(super) fn read(path: &str) -> Result<SecretString, String> {
    if let Some(problem) = paths::problem(path) {
        return Err(problem.to_owned());
    }
    read_file(path).map_err(|error| match error {
        KeySourceError::Empty => format!("names a file that is empty: {path}"),
        KeySourceError::NoKey(problem) => format!("names a file that {problem}: {path}"),
        KeySourceError::Unreadable(error) | KeySourceError::Missing(error) => {
            unreadable(path, &error)
        }
        KeySourceError::Fixed(_) => error.to_string(),
    })
}

/// The same, for files that are looked at while the gateway runs.
pub(super) fn read_file(path: &str) -> Result<SecretString, KeySourceError> {
    // As large as a key may be, so that it is never moved while it grows.
    let mut text = Zeroizing::new(String::with_capacity(LONGEST + 2));
    let file = File::open(path).map_err(of_file)?;
    file.take(LONGEST as u64 + 2).read_to_string(&mut text).map_err(of_file)?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.is_empty() {
        return Err(KeySourceError::Empty);
    }
    checked(line).map_err(|problem| KeySourceError::NoKey(problem.into()))
}

fn of_file(error: io::Error) -> KeySourceError {
    match error.kind() {
        io::ErrorKind::NotFound => KeySourceError::Missing(error),
        _ => KeySourceError::Unreadable(error),
    }
}

/// Returns the words for a file of a secret that cannot be read.
pub(super) fn unreadable(path: &str, error: &io::Error) -> String {
    format!("names a file that cannot be read: {}: {error}", paths::shown(path))
}
