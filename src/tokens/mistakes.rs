//! Collects what is wrong with a request instead of stopping at the first mistake.

use super::request_error::RequestError;
use crate::domain::{HIDDEN_WORDS, hides};
use std::{fmt::Display, time::Duration};

/// The mistakes found so far.
#[derive(Debug, Default)]
pub(super) struct RequestErrors(Vec<RequestError>);

impl RequestErrors {
    /// Notes a mistake.
    pub(super) fn note(&mut self, field: &str, problem: impl Display) {
        self.0.push(RequestError { field: field.into(), problem: problem.to_string().into() });
    }

    /// Returns the value, or notes what is wrong with it.
    pub(super) fn take<T, E: Display>(&mut self, field: &str, read: Result<T, E>) -> Option<T> {
        read.map_err(|problem| self.note(field, problem)).ok()
    }

    /// Adds mistakes of fields that nothing is wrong with otherwise.
    pub(super) fn add(&mut self, more: Vec<RequestError>) {
        let known: Vec<_> = self.0.iter().map(|one| one.field.clone()).collect();
        self.0.extend(more.into_iter().filter(|one| !known.contains(&one.field)));
    }

    /// Reads an optional duration that must be longer than nothing.
    pub(super) fn duration(&mut self, field: &str, text: Option<&String>) -> Option<Duration> {
        let text = text?;
        match humantime::parse_duration(text) {
            Ok(span) if !span.is_zero() => Some(span),
            Ok(_) => {
                self.note(field, "must be longer than nothing");
                None
            }
            Err(_) => {
                self.note(field, format_args!("'{text}' is not a duration like 90s, 12h or 30d"));
                None
            }
        }
    }

    /// Notes a number outside of what is allowed.
    pub(super) fn bound(&mut self, field: &str, number: Option<u32>, most: u32) -> Option<u32> {
        let number = number?;
        match most {
            _ if (1..=most).contains(&number) => {}
            u32::MAX => self.note(field, format_args!("{number} is not a number from 1 on")),
            most => self.note(field, format_args!("{number} is not a number from 1 to {most}")),
        }
        Some(number)
    }

    /// Notes a text that is empty, too long, or has characters that do not show.
    pub(super) fn words(&mut self, field: &str, text: &str, longest: usize) {
        if text.trim().is_empty() {
            self.note(field, "must not be empty");
        } else if text.chars().count() > longest {
            self.note(field, format_args!("has more than {longest} characters"));
        } else if text.contains(hides) {
            self.note(field, HIDDEN_WORDS);
        }
    }

    /// Returns the value if nothing was wrong.
    pub(super) fn into_result<T>(self, value: Option<T>) -> Result<T, Vec<RequestError>> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(self.0),
        }
    }
}
