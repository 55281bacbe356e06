//! The text of a key: what it may look like, and the file it may stand in.
//!
//! Neither the text nor a part of it is in any error from here.

use super::{key_shape, paths};
use secrecy::SecretString;
use std::{
    fmt,
    fs::File,
    io::{self, Read},
};
use zeroize::Zeroizing;

/// The most bytes that a key may have.
const LONGEST: usize = 4096;

/// Where a key came from.
///
/// Shown as the variable, and the file behind it in brackets. It tells where to look and holds no part of
/// the key.
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
///
/// Refuses a text that is empty, longer than 4096 bytes, of a form that no key has, or with anything but
/// visible ASCII in it.
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
///
/// Only visible ASCII is accepted.
pub(super) fn checked_secret(text: &str) -> Result<SecretString, String> {
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("holds a space, a line break or another character no key has".to_owned());
    }
    Ok(SecretString::from(text))
}

/// No key could be read again.
///
/// The key in service stays what it is then: whoever reads a key again keeps the old one.
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
///
/// The path is refused as the settings refuse one, and the error is a sentence that begins behind the name
/// of the variable. A path that may be the secret itself is not repeated where it cannot be read.
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
///
/// One line break at the end is taken away, and nothing else is trimmed. No more is read than a key may be
/// long, so that a large file costs nothing.
pub(super) fn read_file(path: &str) -> Result<SecretString, KeySourceError> {
    // As large as a key may be, so that it is never moved while it grows.
    let mut text = Zeroizing::new(String::with_capacity(LONGEST + 2));
    let file = File::open(path).map_err(of_file)?;
    // Two more than a key may have: for a line break, and to tell one that is too long from one that fits.
    file.take(LONGEST as u64 + 2).read_to_string(&mut text).map_err(of_file)?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.is_empty() {
        return Err(KeySourceError::Empty);
    }
    checked(line).map_err(|problem| KeySourceError::NoKey(problem.into()))
}

/// Tells a file that is not there, which may still come, from one that cannot be read.
fn of_file(error: io::Error) -> KeySourceError {
    match error.kind() {
        io::ErrorKind::NotFound => KeySourceError::Missing(error),
        _ => KeySourceError::Unreadable(error),
    }
}

/// Returns the words for a file of a secret that cannot be read.
///
/// The path is left out where it may be the secret itself.
pub(super) fn unreadable(path: &str, error: &io::Error) -> String {
    format!("names a file that cannot be read: {}: {error}", paths::abbreviate(path))
}
