//! What makes two requests the same.
//!
//! The fingerprint tells an identical retry from another call, so that one is answered from what is kept and
//! the other is sent.

use super::{InspectionError, Subject, query::Query};
use crate::{domain::Fingerprint, spool::Spool};
use sha2::{Digest as _, Sha256};
use std::io::Read;

/// A fingerprint in the making. Every piece goes in with its length, so that no two different
/// requests run together into the same bytes.
///
/// It is SHA-256, so that nobody can make two requests with one fingerprint.
#[derive(Debug)]
pub(super) struct Digest(Sha256);

/// The content of one part, hashed on its own since its length is known only at its end.
///
/// Its hash has a fixed length, so that it needs none in front.
#[derive(Debug, Default)]
pub(super) struct PartDigest(Sha256);

impl Digest {
    /// Starts with who asks for what: token, route, path, and the allowed query in order of name.
    ///
    /// The parameters are sorted, for their order means nothing. What the gateway adds to the query is not
    /// among them.
    pub(super) fn new(subject: &Subject<'_>, query: &Query<'_>) -> Self {
        let mut digest = Self(Sha256::new());
        // Fingerprints are stored: whoever changes what goes in changes this number, so that old ones never
        // meet new ones.
        digest.piece(b"ideogate.fingerprint.1");
        // Two tokens are two callers: neither must ever be given the answer that the other paid for.
        digest.piece(subject.token.as_str().as_bytes());
        digest.piece(subject.route.name.as_str().as_bytes());
        digest.piece(subject.path.as_bytes());
        let mut pairs: Vec<_> = query.pairs().collect();
        pairs.sort_unstable();
        // Their number, too, or the last parameters could be taken for the pieces behind them.
        digest.0.update((pairs.len() as u64).to_le_bytes());
        for (name, value) in pairs {
            digest.piece(name.as_bytes());
            digest.piece(value.as_bytes());
        }
        digest
    }

    /// Adds a piece with its length in front.
    pub(super) fn piece(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    /// Adds a piece that may be missing, which differs from an empty one.
    pub(super) fn optional(&mut self, bytes: Option<&[u8]>) {
        self.0.update([u8::from(bytes.is_some())]);
        self.piece(bytes.unwrap_or_default());
    }

    /// Adds the hash of a part's content.
    pub(super) fn part(&mut self, part: PartDigest) {
        self.0.update(part.0.finalize());
    }

    /// Adds a body as it is.
    ///
    /// A body on disk is read in chunks of 64 KiB. It is an error if it cannot be read back.
    pub(super) fn body(&mut self, body: &Spool) -> Result<(), InspectionError> {
        if let Some(content) = body.in_place() {
            self.piece(content);
            return Ok(());
        }
        // As `piece` writes it, so that a body has one fingerprint in memory and on disk.
        self.0.update(body.len().to_le_bytes());
        let (mut reader, mut chunk) = (body.reader(), vec![0; 64 << 10]);
        loop {
            match reader.read(&mut chunk).map_err(InspectionError::Unreadable)? {
                0 => return Ok(()),
                read => self.0.update(&chunk[..read]),
            }
        }
    }

    /// Returns the fingerprint.
    pub(super) fn finish(self) -> Fingerprint {
        Fingerprint::from_bytes(self.0.finalize().into())
    }
}

impl PartDigest {
    /// Adds the next bytes of the content.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
}
