//! What is signed about an export.

use crate::{
    audit::trust::{NoteError, SignedNote, VerifierKey},
    domain::Timestamp,
};
use std::fmt;

/// What the text begins with: no checkpoint does, so that none can be mistaken for the other. Both
/// are signed with the same key.
const FIRST_LINE: &str = "ideogate audit export v1";

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Sealed records, one a line.
    Jsonl,
    /// Folded entries, one a row.
    Csv,
}

/// What an export holds, so that what was changed, added or left out shows.
///
/// One manifest has one text, a line for each field that is there, and is refused when it is
/// written in another way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The key of the log, which signs this too.
    pub key: VerifierKey,
    /// How it is written.
    pub format: Format,
    /// When it began, by the gateway's clock. It is the time of its checkpoint.
    pub created: Timestamp,
    /// What narrows it, as JSON; `{}` when nothing does.
    pub filter: String,
    /// Records or entries in it.
    pub lines: u64,
    /// The number of the first record in it; 0 when there is none.
    pub first: u64,
    /// The number of the last record in it, or of the one that begins the last entry. It is 0 when
    /// there is none.
    pub last: u64,
    /// The number of the last record that it could hold.
    pub up_to: u64,
    /// The seal of a table's last row.
    pub seal: Option<[u8; 32]>,
    /// SHA-256 of the whole file; of JSON lines, of all before the last line.
    pub digest: [u8; 32],
}

impl Manifest {
    /// Says whether it holds the whole record up to its time. Of a table that means all entries,
    /// which prove no record.
    pub fn is_complete(&self) -> bool {
        self.filter == "{}"
    }

    /// Reads the manifest that a note vouches for. A manifest that names another key than the one
    /// that signed it is [`NoteError::Malformed`].
    pub fn verified<'k>(
        note: &SignedNote,
        trusted: impl IntoIterator<Item = &'k VerifierKey>,
    ) -> Result<Self, NoteError> {
        let (text, key) = note.verify(trusted)?;
        let read = Self::of_text(text).filter(|read| read.key == *key);
        read.ok_or(NoteError::Malformed)
    }

    /// Reads a manifest's text, which may be anybody's.
    pub(super) fn of_text(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        if lines.next()? != FIRST_LINE {
            return None;
        }
        let mut value = |name: &str| {
            let (found, value) = lines.next()?.split_once(' ')?;
            (found == name).then_some(value)
        };
        // In the order of the lines: each field takes the next one, so to sort them is to refuse
        // every manifest.
        let read = Self {
            key: value("key")?.parse().ok()?,
            format: match value("format")? {
                "jsonl" => Format::Jsonl,
                "csv" => Format::Csv,
                _ => return None,
            },
            created: crate::audit::trust::moment(value("created")?)?,
            filter: value("filter")?.to_owned(),
            lines: value("lines")?.parse().ok()?,
            first: value("first")?.parse().ok()?,
            last: value("last")?.parse().ok()?,
            up_to: value("up_to")?.parse().ok()?,
            digest: hash(value("sha256")?)?,
            seal: value("seal").map(hash).map_or(Some(None), |seal| seal.map(Some))?,
        };
        // One manifest has one text: whatever is written otherwise is not ours.
        (read.to_string() == text).then_some(read)
    }
}

/// Reads a hash in hex. Both cases of letters are read, and exactly 32 bytes.
pub(in crate::audit) fn hash(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).ok().map(|()| bytes)
}

impl fmt::Display for Manifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, format, created, filter, lines, first, last, up_to, seal, digest } = self;
        writeln!(f, "{FIRST_LINE}\nkey {key}\nformat {format}\ncreated {created}")?;
        writeln!(f, "filter {filter}\nlines {lines}\nfirst {first}\nlast {last}\nup_to {up_to}")?;
        writeln!(f, "sha256 {}", hex::encode(digest))?;
        seal.map_or(Ok(()), |seal| writeln!(f, "seal {}", hex::encode(seal)))
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
        })
    }
}
