//! Records as lines on stdout, for whoever collects logs.

use super::Entry;
use crate::store::SealedRecord;
use std::fmt::{self, Write};

/// One record as a line: `[AUDIT] ` and an [`Entry`] as JSON, without the line's end.
///
/// It tells of one step only; the steps of a call share `metadata.call_id`, and `metadata.kind` says which
/// step it is. The line is printable ASCII throughout, everything else is escaped, so that no name or
/// header that a client chose can end it, forge another one or steer a terminal. Lines of one
/// record are equal, whenever they are made.
#[derive(Debug, Clone)]
pub struct AuditLine(String);

impl AuditLine {
    /// Returns the line of `record`. It holds the record's hash, so that lines kept elsewhere hold
    /// against a chain that is computed anew.
    pub fn from_record(record: &SealedRecord) -> Self {
        let mut entry = Entry::from_record(record);
        let more = &mut entry.metadata.more;
        more.kind = Some(record.record.body.kind().into());
        more.hash = Some(hex::encode(record.hash).into());
        // Entries have no maps whose keys are not text, so this cannot fail.
        Self(serde_json::to_string(&entry).unwrap_or_default())
    }
}

impl fmt::Display for AuditLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[AUDIT] {}", Ascii(&self.0))
    }
}

/// JSON in printable ASCII, whatever is in it. A character beyond the basic plane becomes two
/// escapes, a surrogate pair, as RFC 8259 has it.
pub(super) struct Ascii<'j>(pub(super) &'j str);

impl fmt::Display for Ascii<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            // Outside of its strings JSON is printable ASCII, so all that is escaped is in a string.
            if matches!(character, ' '..='~') {
                f.write_char(character)?;
            } else {
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    write!(f, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }
}
