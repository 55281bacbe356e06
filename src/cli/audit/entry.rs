//! An entry as people read it.

use crate::cli::output::{Output, OutputError};
use serde_json::Value;

/// Prints a JSON line: as it came for scripts, as a line of words for people.
///
/// A line that is no JSON is printed as it came. It is an error if stdout cannot be written.
pub(super) fn print(screen: Output, line: &str) -> Result<(), OutputError> {
    if screen.is_json() {
        return screen.line(line);
    }
    match serde_json::from_str::<Value>(line) {
        Ok(entry) => screen.line(words(&entry)),
        Err(_) => screen.line(line),
    }
}

/// Returns an entry as one line: when, how it ended, who, what, and by which name to find it.
///
/// What an entry does not have is left out.
fn words(entry: &Value) -> String {
    let metadata = &entry["metadata"];
    let mut words = vec![
        moment(&text(&entry["timestamp"])),
        format!("{:8}", outcome(entry)),
        text(&entry["userId"]),
        text(&entry["action"]),
        text(&entry["resource"]),
    ];
    let named = [("status", "status"), ("code", "decision"), ("places", "places")];
    for (label, field) in named {
        let value = text(&metadata[field]);
        if !value.is_empty() && value != "allowed" {
            words.push(format!("{label}={value}"));
        }
    }
    let cost = text(&metadata["cost_usd"]);
    if !cost.is_empty() {
        words.push(format!("${cost}"));
    }
    let ids = [text(&metadata["call_id"]), text(&metadata["request_id"])];
    words.extend(ids.into_iter().find(|name| !name.is_empty()));
    words.join("  ").trim_end().to_owned()
}

/// Returns how an entry ended, or that it goes on.
///
/// `pending` stands for one that goes on; all others have the outcome that the record names.
fn outcome(entry: &Value) -> String {
    let goes_on = entry["result"] == "pending";
    text(if goes_on { &entry["result"] } else { &entry["metadata"]["outcome"] })
}

/// Returns a time to the second.
fn moment(text: &str) -> String {
    text.get(..19).map_or_else(|| text.to_owned(), |seconds| seconds.replace('T', " ") + "Z")
}

/// Returns a value as text; nothing for null.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_entry_is_one_line_of_words() {
        let entry = json!({
            "timestamp": "2026-01-31T12:00:00.123456Z", "action": "ideogram.api.call",
            "userId": "tok_1", "resource": "v3.generate", "result": "success",
            "metadata": {"outcome": "success", "status": 200, "places": 4, "cost_usd": "0.24",
                         "call_id": "call_1", "request_id": "req_1"},
        });
        insta::assert_snapshot!(words(&entry), @"2026-01-31 12:00:00Z  success   tok_1  ideogram.api.call  v3.generate  status=200  places=4  $0.24  call_1");
    }
}
