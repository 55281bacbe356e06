//! The only place that prints.
//!
//! Answers go to stdout and explanations to stderr, so that a script can read the first and drop the second.

use super::{console::Console, global::OutputFormat};
use crate::domain::error_chain;
use crate::{domain::hides, tasks::Tasks};
use comfy_table::{Table, presets};
use serde::Serialize;
use std::{
    borrow::Cow,
    io::{self, Write},
    sync::mpsc,
    time::Duration,
};

/// How long the last words wait for whoever reads stderr.
const PATIENCE: Duration = Duration::from_secs(2);

/// Answers to stdout and words to stderr, for people or for scripts.
///
/// Texts from strangers cannot steer a terminal: what could is replaced.
#[derive(Debug, Clone, Copy)]
pub(super) struct Output {
    /// In which form it answers.
    format: OutputFormat,
    /// Where a command prints that must not wait for its readers.
    console: Option<&'static Console>,
}

/// Stdout cannot be written.
///
/// A reader that went away is no failure of the command; it ends with exit code 141.
#[derive(Debug, thiserror::Error)]
#[error("the output cannot be written")]
pub(super) struct OutputError(#[source] pub(super) io::Error);

#[expect(clippy::unused_self, reason = "whoever prints was given a screen to print on")]
impl Output {
    /// Returns a screen that answers in that form.
    pub(super) fn new(format: OutputFormat) -> Self {
        Self { format, console: None }
    }

    /// Returns the same screen, but nobody who prints on it waits for whoever reads it.
    ///
    /// What cannot be written in time is dropped and counted then.
    pub(super) fn on(self, console: &'static Console) -> Self {
        Self { console: Some(console), ..self }
    }

    /// Says whether a script reads along.
    ///
    /// A command prints one value then, or one a line, and no words beside it on stdout.
    pub(super) fn is_json(self) -> bool {
        self.format == OutputFormat::Json
    }

    /// Says whether a spreadsheet reads along.
    ///
    /// Only `usage` has it.
    pub(super) fn is_csv(self) -> bool {
        self.format == OutputFormat::Csv
    }

    /// Prints a line to stdout.
    ///
    /// It is flushed at once. On a console it never waits and never fails.
    pub(super) fn line(self, text: impl AsRef<str>) -> Result<(), OutputError> {
        let text = harmless(text.as_ref());
        if let Some(console) = self.console {
            console.say(&text);
            return Ok(());
        }
        let mut out = io::stdout().lock();
        // Flushed line by line, for somebody may read along.
        writeln!(out, "{text}").and_then(|()| out.flush()).map_err(OutputError)
    }

    /// Prints a text to stdout as it is.
    ///
    /// Nothing is replaced in it: it is for files and other programs. It waits for its reader.
    pub(super) fn raw(self, text: &[u8]) -> Result<(), OutputError> {
        let mut out = io::stdout().lock();
        out.write_all(text).and_then(|()| out.flush()).map_err(OutputError)
    }

    /// Prints a value as one line of JSON.
    ///
    /// It is an error if it cannot be written as JSON.
    pub(super) fn json(self, value: &impl Serialize) -> anyhow::Result<()> {
        Ok(self.line(serde_json::to_string(value)?)?)
    }

    /// Prints a table, or the words for an empty one.
    ///
    /// Words for an empty one go to stderr, so that scripts see no row.
    pub(super) fn table<const N: usize>(
        self,
        header: [&str; N],
        rows: Vec<[String; N]>,
        empty: &str,
    ) -> Result<(), OutputError> {
        if rows.is_empty() {
            self.note(empty);
            return Ok(());
        }
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_header(header.map(str::to_uppercase));
        table.add_rows(rows);
        let text = table.to_string();
        let bare = |line: &str| line.strip_prefix(' ').unwrap_or(line).trim_end().to_owned();
        text.lines().try_for_each(|line| self.line(bare(line)))
    }

    /// Prints what belongs to one thing, a field a line.
    ///
    /// Values stand below each other.
    pub(super) fn fields(self, fields: &[(&str, String)]) -> Result<(), OutputError> {
        let width = fields.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        fields.iter().try_for_each(|(name, value)| self.line(format!("{name:width$}  {value}")))
    }

    /// Prints words for people to stderr; what cannot be printed there is lost.
    pub(super) fn note(self, text: impl AsRef<str>) {
        let text = harmless(text.as_ref());
        match self.console {
            Some(console) => console.note(&text),
            // Words that nobody can read are no reason to fail.
            None => drop(writeln!(io::stderr().lock(), "{text}")),
        }
    }
}

/// Prints an error and its causes to stderr.
///
/// For the one error that a command ends with.
pub(super) fn complain(error: &anyhow::Error) {
    let words = format!("error: {}", harmless(&chain(error)));
    last_words(move || drop(writeln!(io::stderr().lock(), "{words}")));
}

/// Prints what is said at the very end; when nobody reads it for a while, the exit code has to do.
///
/// It waits for two seconds at most.
pub(super) fn last_words(print: impl FnOnce() + Send + 'static) {
    let (said, done) = mpsc::channel::<()>();
    let started = Tasks::thread("last words", move || {
        print();
        drop(said);
    });
    if started.is_ok() {
        // Ends with an error either way: the words are said, or patience is at its end.
        done.recv_timeout(PATIENCE).ok();
    }
}

/// Returns the text without what could steer a terminal: names and headers come from strangers.
///
/// Line breaks stay, for texts of several lines are printed too.
fn harmless(text: &str) -> Cow<'_, str> {
    let steers = |character: char| hides(character) && character != '\n';
    if text.contains(steers) {
        Cow::Owned(text.replace(steers, "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Returns an error and its causes as one line, each said once.
///
/// A cause that says the same as the one above it is left out.
pub(super) fn chain(error: &anyhow::Error) -> String {
    error_chain(error.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_strangers_wrote_cannot_steer_the_terminal() {
        assert_eq!(harmless("a\u{1b}[2Jb\u{7}\nc"), "a\u{fffd}[2Jb\u{fffd}\nc");
    }

    #[test]
    fn each_cause_is_told_once() {
        let error =
            anyhow::anyhow!("no such file").context("cannot read x").context("cannot read x");
        assert_eq!(chain(&error), "cannot read x: no such file");
    }
}
