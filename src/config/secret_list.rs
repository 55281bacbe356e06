//! Several secrets in one variable, or in the file that its `_FILE` names: one is followed by the next while
//! they are exchanged.

use super::{field_error::FieldError, key_text, paths, variables::Variables};
use std::{fs::File, io::Read};
use zeroize::Zeroizing;

/// The longest text that holds them all.
const LONGEST: usize = 64 << 10;

/// How a variable and its text are understood.
pub(super) struct SecretList<T> {
    /// Holds the secrets.
    pub(super) variable: &'static str,
    /// Names the file that holds them.
    pub(super) file_variable: &'static str,
    /// The most secrets at once.
    pub(super) most: usize,
    /// Takes one of them, or says what is wrong with it without repeating it.
    pub(super) one: fn(&str) -> Result<T, String>,
}

impl<T> SecretList<T> {
    /// Reads the secrets; what is wrong with them is noted without repeating them.
    ///
    /// No secrets are returned where one of them is wrong.
    pub(super) fn read(&self, variables: &Variables, mistakes: &mut Vec<FieldError>) -> Vec<T> {
        let (value, file) = (variables.get(self.variable), variables.get(self.file_variable));
        let (found, named) = match (value, file) {
            (None, None) => return Vec::new(),
            (Some(text), None) => (self.secrets(text), self.variable),
            (None, Some(path)) => (self.read_file(path), self.file_variable),
            (Some(_), Some(_)) => {
                let problem = format!("is given beside {}: one is enough", self.variable);
                (Err(problem), self.file_variable)
            }
        };
        found.unwrap_or_else(|problem| {
            let mistake = FieldError::about(named, problem);
            let origin = variables.origin(named).cloned();
            mistakes.push(origin.into_iter().fold(mistake, FieldError::at));
            Vec::new()
        })
    }

    /// Commas and line breaks stand between secrets.
    ///
    /// Returns all of them, or the first thing that is wrong.
    fn secrets(&self, text: &str) -> Result<Vec<T>, String> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let parts: Vec<_> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
        // An empty part is refused rather than skipped: it may be a variable that somebody forgot to set.
        if parts.iter().any(|part| part.is_empty()) {
            return Err(
                "has a comma with nothing before or behind it: is a secret missing?".to_owned()
            );
        }
        if parts.iter().any(|part| part.starts_with(['"', '\'']) || part.ends_with(['"', '\''])) {
            return Err("has quotes around it: take them away".to_owned());
        }
        let name = format!("{}=", self.variable);
        if parts.iter().any(|part| part.starts_with(&name)) {
            return Err("has NAME= in front: give the secret alone".to_owned());
        }
        match parts.len() {
            0 => Err("is empty".to_owned()),
            count if count > self.most => {
                Err(format!("holds {count} secrets; {} are the most", self.most))
            }
            _ => parts.into_iter().map(self.one).collect(),
        }
    }

    /// Reads the secrets from a file, up to 64 KiB.
    fn read_file(&self, path: &str) -> Result<Vec<T>, String> {
        if let Some(problem) = paths::problem(path) {
            return Err(problem.to_owned());
        }
        let unreadable = |error| key_text::unreadable(path, &error);
        // As large as the text may be, so that it is never moved while it grows: a copy left behind is not
        // wiped.
        let mut text = Zeroizing::new(String::with_capacity(LONGEST + 1));
        let file = File::open(path).map_err(unreadable)?;
        // One more than there may be: cut off without a word, the last secret would be another one.
        file.take(LONGEST as u64 + 1).read_to_string(&mut text).map_err(unreadable)?;
        if text.len() > LONGEST {
            return Err(format!("names a file of more than 64 KiB: {path}"));
        }
        self.secrets(&text).map_err(|problem| format!("names a file that {problem}: {path}"))
    }
}
