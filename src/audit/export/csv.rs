//! Folded entries as a table: RFC 4180, one physical line a row, harmless in a spreadsheet.
//!
//! Rows end with CR and LF as RFC 4180 has it. A row proves nothing about the chain: its seal only
//! says that the table is the one that was written.

use crate::{audit::Entry, domain::hides};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// Separates these hashes from all others.
const TAG: &[u8] = b"ideogate audit export row v1\n";

/// The columns of the entry itself.
const ENTRY: [&str; 5] = ["timestamp", "action", "userId", "resource", "result"];

/// The columns of `metadata`. Their names and order are part of the form: a table with another
/// first row is refused when it is checked, and details without a column of their own go into the
/// one for the rest.
const METADATA: [&str; 31] = [
    "request_id",
    "call_id",
    "token_id",
    "environment",
    "on_behalf_of",
    "places",
    "cost_usd",
    "status",
    "upstream_status",
    "outcome",
    "queue_ms",
    "upstream_ms",
    "gateway_ms",
    "decision",
    "generation_ids",
    "key_version",
    "client_addr",
    "seq",
    "route",
    "model",
    "speed",
    "webhook_host",
    "reserved_usd",
    "images",
    "unsafe_images",
    "refused_attempts",
    "reason",
    "count",
    "since",
    "before",
    "after",
];

/// The column for what has none of its own, as JSON.
const OTHER: &str = "other";

/// The last column: a hash over the row and the seal of the row before, in hex.
const SEAL: &str = "seal";

/// Where the sequence number is, counted from 0.
pub(super) const SEQ_COLUMN: usize = ENTRY.len() + 17;

/// Writes rows, each sealed to the one before it. The first seal is over the header and 32 zeros.
#[derive(Debug)]
pub(super) struct SealedRows {
    seal: [u8; 32],
}

/// Returns the first row without its line's end.
pub(super) fn header() -> String {
    let names = ENTRY.iter().chain(&METADATA).chain([&OTHER, &SEAL]);
    names.copied().collect::<Vec<_>>().join(",")
}

/// Returns the seal of a row, given without its last cell and the comma before that. It is SHA-256
/// over a tag of its own, the seal before, and the row's bytes.
pub(super) fn seal(before: &[u8; 32], row: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(TAG).chain_update(before).chain_update(row).finalize().into()
}

impl SealedRows {
    /// Writes the first row, and begins the seals with it.
    pub(super) fn begin(out: &mut Vec<u8>) -> Self {
        out.extend(header().as_bytes());
        out.extend(b"\r\n");
        Self { seal: seal(&[0; 32], header().as_bytes()) }
    }

    /// Writes a row with its seal.
    pub(super) fn entry(&mut self, entry: &Entry, out: &mut Vec<u8>) {
        let row = row(entry);
        self.seal = seal(&self.seal, row.as_bytes());
        out.extend(row.as_bytes());
        out.extend(format!(",{}\r\n", hex::encode(self.seal)).as_bytes());
    }

    /// Returns the seal of the last row.
    pub(super) fn seal(&self) -> [u8; 32] {
        self.seal
    }
}

/// Returns the cells of an entry, joined, without the seal.
fn row(entry: &Entry) -> String {
    // An entry is an object whose keys are text.
    let Ok(Value::Object(mut entry)) = serde_json::to_value(entry) else { return String::new() };
    let metadata = match entry.remove("metadata") {
        Some(Value::Object(metadata)) => metadata,
        _ => Map::new(),
    };
    let cells = ENTRY.iter().map(|name| cell(entry.get(*name)));
    let cells = cells.chain(METADATA.iter().map(|name| cell(metadata.get(*name))));
    // A detail without a column of its own must not get lost.
    let is_other = |(name, _): &(&String, &Value)| !METADATA.contains(&name.as_str());
    let others: Map<_, _> = metadata
        .iter()
        .filter(is_other)
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let other = if others.is_empty() { None } else { Some(Value::Object(others)) };
    cells.chain([cell(other.as_ref())]).collect::<Vec<_>>().join(",")
}

/// Returns a value as a cell: nothing for what is not known, lists of texts with blanks between,
/// the rest as JSON.
fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => quoted(text),
        Some(Value::Array(items)) if items.iter().all(Value::is_string) => {
            quoted(&items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "))
        }
        Some(other) => quoted(&other.to_string()),
    }
}

/// What strangers wrote must not break the row, and no spreadsheet may take it for a formula.
/// Characters that do not show or that turn others around become U+FFFD, line ends among them, so
/// that every row is one physical line.
fn quoted(text: &str) -> String {
    let text = text.replace(hides, "\u{fffd}");
    let sign = if text.trim_start().starts_with(['=', '+', '-', '@']) { "'" } else { "" };
    if sign.is_empty() && !text.contains([',', '"']) && text.trim() == text {
        return text;
    }
    format!("\"{sign}{}\"", text.replace('"', "\"\""))
}

/// Returns a cell of a row, without its quotes. Columns count from 0; `None` when the row has
/// fewer.
pub(super) fn cell_of(row: &str, column: usize) -> Option<String> {
    let mut cells = vec![String::new()];
    let mut is_quoted = false;
    for character in row.chars() {
        match character {
            // A doubled quote turns it twice, so it needs no case of its own.
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => cells.push(String::new()),
            other => cells.last_mut()?.push(other),
        }
    }
    cells.into_iter().nth(column)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        audit::{HashChain, fold},
        store::{ChainHasher, ChainHead, ChainLink, SealedRecord, tests::fixtures::refusal},
    };

    fn entry() -> Entry {
        let record = refusal("=HYPERLINK(\"http://x\",1)\r\n,\u{7}");
        let head = ChainHead { seq: 0, hash: HashChain.genesis() };
        let bytes = serde_json::to_vec(&record).unwrap();
        let hash = HashChain.seal(1, &head.hash, &bytes);
        let link = ChainLink { seq: 1, prev_hash: head.hash, hash, bytes: bytes.into() };
        fold(vec![SealedRecord::new(link, record)]).remove(0)
    }

    #[test]
    fn what_strangers_wrote_cannot_break_the_table_or_run_in_it() {
        let mut out = Vec::new();
        SealedRows::begin(&mut out).entry(&entry(), &mut out);
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.matches('\n').count(), 2, "{text}");
        assert!(text.contains(r#""'=HYPERLINK(""http://x"",1)"#), "{text}");
        for harmful in ["=1", "+1", "-1", "@x", " =1", "\t=1", "\r=1", "\n@x"] {
            let cell = quoted(harmful);
            assert!(cell.starts_with("\"'") || cell.starts_with('\u{fffd}'), "{harmful:?}: {cell}");
        }
        assert_eq!(quoted("plain"), "plain");
    }

    #[test]
    fn every_detail_of_an_entry_has_a_column() {
        assert_eq!(METADATA[SEQ_COLUMN - ENTRY.len()], "seq");
        let mut entry = entry();
        entry.metadata.more.kind = Some("told".into());
        let row = row(&entry);
        assert_eq!(cell_of(&row, SEQ_COLUMN).unwrap(), "1");
        assert_eq!(
            cell_of(&row, ENTRY.len() + METADATA.len()).unwrap(),
            r"{code:token_invalid,kind:told}"
        );
    }
}
