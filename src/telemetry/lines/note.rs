//! The line that says how many are missing.

use super::dropped::Untold;
use crate::config::LogFormat;
use serde_json::{Map, Value, json};
use tracing_subscriber::fmt::{
    format::Writer,
    time::{FormatTime, SystemTime},
};

const WORDS: &str =
    "lines were dropped here: whoever reads them was gone, too slow or out of space";

/// How the line looks. A reader of the stream finds the gap by it, where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteForm {
    /// As an event of the log.
    Log(LogFormat),
    /// As `[DROPPED] ` and JSON, between the lines of data on stdout. The counts are by kind, and
    /// the time is when it was told.
    Data,
}

impl NoteForm {
    /// Returns the line, with its end. The counts are of what is missing since the last such line.
    pub(super) fn line(self, untold: Untold) -> Vec<u8> {
        let line = match self {
            Self::Log(LogFormat::Text) => {
                format!("{}  WARN {WORDS} dropped={}", now(), untold.all())
            }
            Self::Log(LogFormat::Json) => json!({
                "timestamp": now(), "level": "WARN", "message": WORDS, "dropped": untold.all(),
                "target": module_path!(),
            })
            .to_string(),
            Self::Data => format!("[DROPPED] {}", Value::Object(by_kind(untold))),
        };
        format!("{line}\n").into_bytes()
    }
}

/// Returns the time and the counts as one object; kinds of which none is missing are left out.
fn by_kind(untold: Untold) -> Map<String, Value> {
    let time = ("timestamp".to_owned(), now().into());
    let counts = untold.by_kind().map(|(kind, lines)| (kind.as_str().to_owned(), lines.into()));
    [time].into_iter().chain(counts).collect()
}

/// Returns the time as every event of the log has it.
fn now() -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    SystemTime.format_time(&mut Writer::new(&mut text)).unwrap_or_default();
    text
}
