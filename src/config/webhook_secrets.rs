//! `IDEOGRAM_SECRET`: the secrets that webhooks may be signed with, several while they are rotated.
//!
//! They are second best, for set-ups that sign with a shared secret: Ideogram itself signs with Ed25519.

use super::{
    field_error::FieldError, key_text, paths, secret::WebhookSecret, variables::Variables,
};
use std::{fs::File, io::Read};
use zeroize::Zeroizing;

/// Holds them.
pub(super) const VARIABLE: &str = "IDEOGRAM_SECRET";
/// Names the file that holds them.
pub(super) const FILE_VARIABLE: &str = "IDEOGRAM_SECRET_FILE";

/// The most secrets at once.
const MOST: usize = 16;

/// The shortest secret, in characters: one delivery that somebody else saw is enough to try out short ones.
const SHORTEST: usize = 16;

/// The longest text that holds them all.
const LONGEST: usize = 64 << 10;

/// Reads the secrets; what is wrong with them is noted without repeating them.
///
/// No secrets are returned where one of them is wrong.
pub(super) fn read(variables: &Variables, mistakes: &mut Vec<FieldError>) -> Vec<WebhookSecret> {
    let (value, file) = (variables.get(VARIABLE), variables.get(FILE_VARIABLE));
    let (found, named) = match (value, file) {
        (None, None) => return Vec::new(),
        (Some(text), None) => (secrets(text), VARIABLE),
        (None, Some(path)) => (from_file(path), FILE_VARIABLE),
        (Some(_), Some(_)) => {
            (Err(format!("is given beside {VARIABLE}: one is enough")), FILE_VARIABLE)
        }
    };
    found.unwrap_or_else(|problem| {
        let mistake = FieldError::about(named, problem);
        mistakes.push(variables.origin(named).cloned().into_iter().fold(mistake, FieldError::at));
        Vec::new()
    })
}

/// Commas and line breaks stand between secrets.
///
/// Returns all of them, or the first thing that is wrong.
fn secrets(text: &str) -> Result<Vec<WebhookSecret>, String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let parts: Vec<_> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    // An empty part is refused rather than skipped: it may be a variable that somebody forgot to set.
    if parts.iter().any(|part| part.is_empty()) {
        return Err("has a comma with nothing before or behind it: is a secret missing?".to_owned());
    }
    if parts.iter().any(|part| part.starts_with(['"', '\'']) || part.ends_with(['"', '\''])) {
        return Err("has quotes around it: take them away".to_owned());
    }
    if parts.iter().any(|part| part.starts_with("IDEOGRAM_SECRET=")) {
        return Err("has NAME= in front: give the secret alone".to_owned());
    }
    if parts.iter().any(|part| part.len() < SHORTEST) {
        return Err(format!(
            "holds a secret of less than {SHORTEST} characters: it can be guessed"
        ));
    }
    match parts.len() {
        0 => Err("is empty".to_owned()),
        1..=MOST => parts
            .into_iter()
            .map(|part| key_text::checked_secret(part).map(WebhookSecret::new))
            .collect(),
        count => Err(format!("holds {count} secrets; {MOST} are the most")),
    }
}

/// Reads the secrets from a file, up to 64 KiB.
fn from_file(path: &str) -> Result<Vec<WebhookSecret>, String> {
    if let Some(problem) = paths::problem(path) {
        return Err(problem.to_owned());
    }
    let unreadable = |error| key_text::unreadable(path, &error);
    // As large as the text may be, so that it is never moved while it grows: a copy left behind is not wiped.
    let mut text = Zeroizing::new(String::with_capacity(LONGEST + 1));
    let file = File::open(path).map_err(unreadable)?;
    // One more than there may be: cut off without a word, the last secret would be another one.
    file.take(LONGEST as u64 + 1).read_to_string(&mut text).map_err(unreadable)?;
    if text.len() > LONGEST {
        return Err(format!("names a file of more than 64 KiB: {path}"));
    }
    secrets(&text).map_err(|problem| format!("names a file that {problem}: {path}"))
}
