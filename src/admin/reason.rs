//! Reasons that go on record for ever.

use super::{problem::Problem, span::mistake};
use crate::domain::{HIDDEN_WORDS, hides};

const LONGEST: usize = 500;

/// Returns a reason without blanks around it, if it is words that show, on one line.
pub(super) fn reason(text: &str) -> Result<String, Problem> {
    let text = text.trim().to_owned();
    let problem = match text.chars().count() {
        0 => "must not be empty",
        count if count > LONGEST => "must not be longer than 500 characters",
        _ if text.contains(char::is_control) => "must be one line without control characters",
        _ if text.contains(hides) => HIDDEN_WORDS,
        _ => return Ok(text),
    };
    Err(Problem::invalid(vec![mistake("reason", problem)]))
}
