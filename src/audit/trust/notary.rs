//! The only one who signs.

use super::{Checkpoint, SignedCheckpoint, SignedNote, SigningKey, VerifierKey};
use crate::{
    audit::HashChain,
    domain::{Clock, Timestamp},
    store::{ChainHasher, ChainHead, ChainLink, Reader, StoreError, replace_file},
};
use parking_lot::Mutex;
use std::{io, path::PathBuf, sync::Arc};

/// The file in the data folder that holds the last checkpoint, whatever became of its copies. It is
/// replaced whole, so it always holds exactly one note.
pub const LAST_SIGNED_FILE: &str = "audit-signing.last";

/// Links that are in memory at once while the past is proven.
const LINKS: usize = 2000;

/// Signs where the chain ends, and never one thing and then another.
///
/// Of two heads that it signs, the later is never older, and two of one number are the same. That
/// holds over restarts, since each new head is noted in the data folder before its signature is
/// given out.
#[derive(Debug)]
pub struct Notary {
    key: SigningKey,
    clock: Arc<dyn Clock>,
    last_file: PathBuf,
    highest: Mutex<Option<ChainHead>>,
}

/// A head was not signed. Nothing was given out.
#[derive(Debug, thiserror::Error)]
pub enum NotaryError {
    /// It contradicts what was signed before.
    #[error(
        "the record ends with {found}, but {signed} records were signed: it was exchanged while the \
         gateway runs"
    )]
    Contradicts {
        /// The number of the last record found.
        found: u64,
        /// The number of records that were signed.
        signed: u64,
    },
    /// The record could not be read.
    #[error("the record cannot be read")]
    Read(#[from] StoreError),
    /// It was not to go on.
    #[error("the gateway is stopping")]
    GivenUp,
    /// It could not be noted that it is signed, so it is not given out. The same head may be tried
    /// again.
    #[error("{} cannot be written", .0.display())]
    Unnoted(PathBuf, #[source] io::Error),
}

impl Notary {
    pub(in crate::audit) fn new(
        key: SigningKey,
        clock: Arc<dyn Clock>,
        last_file: PathBuf,
        highest: Option<ChainHead>,
    ) -> Self {
        Self { key, clock, last_file, highest: Mutex::new(highest) }
    }

    /// Returns what signatures are checked with.
    pub fn key(&self) -> &VerifierKey {
        self.key.verifier()
    }

    /// Returns the time by the clock that checkpoints are dated with.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Returns the number of the last record that was signed; 0 when none was. Waits for the disk
    /// while a head is being noted.
    pub fn signed(&self) -> u64 {
        self.highest.lock().map_or(0, |head| head.seq)
    }

    /// Signs a head, which must be durable. That it was signed is durable when this returns.
    /// Blocks. The same head can be signed again, at a later time, which writes nothing.
    pub fn sign(&self, head: ChainHead) -> Result<SignedCheckpoint, NotaryError> {
        // The database has zeros there. What is signed is what the first record will be chained to.
        let head =
            if head.seq == 0 { ChainHead { hash: HashChain.genesis(), ..head } } else { head };
        // Held until the head is noted: another one signed in between could contradict it.
        let mut highest = self.highest.lock();
        let is_older = |signed: &ChainHead| head.seq < signed.seq;
        let is_other = |signed: &ChainHead| head.seq == signed.seq && head.hash != signed.hash;
        if let Some(signed) = highest.filter(|signed| is_older(signed) || is_other(signed)) {
            return Err(NotaryError::Contradicts { found: head.seq, signed: signed.seq });
        }
        let origin = self.key().name().into();
        let checkpoint = Checkpoint { origin, head, at: self.clock.now() };
        let note = self.key.sign(checkpoint.to_string());
        // The same head at a later time says nothing new, so the disk is left alone.
        if *highest != Some(head) {
            let unnoted = |error| NotaryError::Unnoted(self.last_file.clone(), error);
            replace_file(&self.last_file, note.to_string().as_bytes(), 0o600).map_err(unnoted)?;
            // Not before it is on disk: a second try would take it for noted, and give out what is
            // not.
            *highest = Some(head);
        }
        Ok(SignedCheckpoint { checkpoint, note })
    }

    /// Signs a head of the past, from which the record must lead to what was signed last: a record that
    /// was written anew meanwhile is never signed as if it had been so before. Reads all links behind it,
    /// a few at a time, and asks before each read whether to go on. Blocks.
    ///
    /// It is no news, so it is not noted, and belongs into no file of checkpoints.
    pub fn sign_past(
        &self,
        reader: &Reader,
        head: ChainHead,
        goes_on: &dyn Fn() -> bool,
    ) -> Result<SignedCheckpoint, NotaryError> {
        let highest = *self.highest.lock();
        let Some(highest) = highest.filter(|highest| highest.seq > head.seq) else {
            return self.sign(head);
        };
        let mut reached = head;
        while reached.seq < highest.seq {
            if !goes_on() {
                return Err(NotaryError::GivenUp);
            }
            let before = reached.seq;
            for link in reader.links(before, LINKS)? {
                reached = follow(reached, &link).unwrap_or(reached);
                if reached.seq == highest.seq {
                    break;
                }
            }
            if reached.seq == before {
                break;
            }
        }
        if reached != highest {
            return Err(NotaryError::Contradicts { found: head.seq, signed: highest.seq });
        }
        let origin = self.key().name().into();
        let checkpoint = Checkpoint { origin, head, at: self.clock.now() };
        let note = self.key.sign(checkpoint.to_string());
        Ok(SignedCheckpoint { checkpoint, note })
    }

    /// Signs a text that no checkpoint can be mistaken for. It is not noted: a text about the
    /// record must come with a checkpoint that was.
    pub(in crate::audit) fn sign_text(&self, text: String) -> SignedNote {
        self.key.sign(text)
    }
}

/// Returns the head that a link leads to; `None` if it does not follow `head`.
fn follow(head: ChainHead, link: &ChainLink) -> Option<ChainHead> {
    let seq = head.seq + 1;
    let hash = HashChain.seal(seq, &head.hash, &link.bytes);
    let follows = link.seq == seq && link.prev_hash == head.hash && link.hash == hash;
    follows.then_some(ChainHead { seq, hash })
}
