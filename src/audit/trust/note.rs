//! A text with signatures under it, as <https://c2sp.org/signed-note> has it.

use super::{VerifierKey, verifier_key::is_name};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::fmt;

/// What a signature's line begins with: an em dash and a space.
pub(super) const DASH: &str = "\u{2014} ";

/// The largest note that is read; ours are a few hundred bytes. What is longer is malformed.
const MOST_BYTES: usize = 64 * 1024;

/// A text and the signatures under it, which prove nothing until they are verified. The text ends
/// with a newline and may have empty lines; the last empty line is what ends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: Vec<Signature>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Signature {
    name: Box<str>,
    id: [u8; 4],
    bytes: Vec<u8>,
}

/// A note proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It does not have the form of one.
    #[error("it is no signed note")]
    Malformed,
    /// None of the keys that are trusted signed it.
    #[error("it is signed by a key that is not trusted here")]
    UnknownKey,
    /// It names a trusted key, which did not sign this text. That is so even if another trusted key
    /// signed it well.
    #[error("its signature does not fit: it was changed or forged")]
    Forged,
}

impl SignedNote {
    pub(super) fn signed(text: String, name: &str, id: [u8; 4], signature: &[u8]) -> Self {
        let signature = Signature { name: name.into(), id, bytes: signature.to_vec() };
        Self { text, signatures: vec![signature] }
    }

    /// Reads a note. Characters below the space other than newlines are refused, and there must be
    /// a signature. Signatures of unknown kinds are kept.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        let is_allowed = |c: char| c == '\n' || c >= ' ';
        if note.len() > MOST_BYTES || !note.chars().all(is_allowed) {
            return Err(NoteError::Malformed);
        }
        // The text may have empty lines of its own: the last one ends it.
        let end = note.rfind("\n\n").ok_or(NoteError::Malformed)?;
        let (text, below) = (&note[..=end], &note[end + 2..]);
        let below = below.strip_suffix('\n').ok_or(NoteError::Malformed)?;
        let signatures =
            below.split('\n').map(|line| Signature::parse(line).ok_or(NoteError::Malformed));
        Ok(Self { text: text.to_owned(), signatures: signatures.collect::<Result<_, _>>()? })
    }

    /// Returns the text if a key that is trusted signed it, and which one did. Signatures by other
    /// keys do not matter. Of several trusted keys that signed it, the last one is returned.
    pub fn verify<'k>(
        &self,
        trusted: impl IntoIterator<Item = &'k VerifierKey>,
    ) -> Result<(&str, &'k VerifierKey), NoteError> {
        let mut found = None;
        for key in trusted {
            let is_by_key =
                |signature: &&Signature| *signature.name == *key.name() && signature.id == key.id();
            for signature in self.signatures.iter().filter(is_by_key) {
                if !key.vouches(self.text.as_bytes(), &signature.bytes) {
                    return Err(NoteError::Forged);
                }
                // The search goes on: a bad signature of a trusted key behind a good one must be
                // found too.
                found = Some(key);
            }
        }
        found.map(|key| (&*self.text, key)).ok_or(NoteError::UnknownKey)
    }

    /// Returns the text, whoever signed it: nothing vouches for it.
    pub(in crate::audit) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the names of those who are said to have signed it. The names are claims.
    pub fn signers(&self) -> impl Iterator<Item = &str> {
        self.signatures.iter().map(|signature| &*signature.name)
    }
}

impl Signature {
    fn parse(line: &str) -> Option<Self> {
        let (name, signature) = line.strip_prefix(DASH)?.split_once(' ')?;
        let signature = STANDARD.decode(signature).ok()?;
        let (id, bytes) = signature.split_first_chunk::<4>()?;
        is_name(name).then(|| Self { name: name.into(), id: *id, bytes: bytes.to_vec() })
    }
}

impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for Signature { name, id, bytes } in &self.signatures {
            let signature = STANDARD.encode([&id[..], bytes].concat());
            writeln!(f, "{DASH}{name} {signature}")?;
        }
        Ok(())
    }
}
