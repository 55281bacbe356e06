//! Whether the record is the one that was signed.

use super::{Checkpoint, CheckpointError, EvidenceSource, VerifierKey};
use crate::{
    audit::HashChain,
    domain::Timestamp,
    store::{ChainHasher, ChainHead},
};
use std::{collections::BTreeMap, fmt};

/// Checkpoints to hold a record against, and whom to believe. It can hold checkpoints of several
/// places, and only those that are signed by a key that is believed count for anything.
#[derive(Debug, Default)]
pub struct SignedEvidence {
    keys: Vec<VerifierKey>,
    witnesses: Vec<Witness>,
    rejected: Vec<Rejected>,
}

/// A checkpoint whose signature is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// What it says.
    pub checkpoint: Checkpoint,
    /// Where it was found, for people.
    pub place: String,
    /// Whether it was kept where nobody who can write the record can write. It is what the caller
    /// says of the place: nothing in a note can tell it.
    pub is_outside: bool,
}

/// A note that proves nothing. It counts against the record: what an exchanged key signed looks
/// just like that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Where it was found, for people.
    pub place: String,
    /// Why it proves nothing.
    pub why: CheckpointError,
}

/// What a checkpoint says and the record denies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contradiction {
    /// Records that were signed are not there.
    EndsBefore {
        /// What was signed.
        signed: Witness,
        /// The number of the last record there is.
        ends: u64,
    },
    /// The record has another hash than was signed.
    Rewritten {
        /// What was signed.
        signed: Witness,
        /// The last record before that was signed and is there; 0 when there is none.
        agreed: u64,
    },
}

/// How much of the record is proven to be there. Without any evidence nothing is proven and nothing
/// contradicted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Completeness {
    /// The number of the last record there is.
    pub ends: u64,
    /// The last checkpoint from outside that agrees.
    pub proven: Option<Witness>,
    /// The last checkpoint of the data folder's own that agrees.
    pub proven_inside: Option<Witness>,
    /// Checkpoints that agree.
    pub agreeing: usize,
    /// Checkpoints about records that could not be looked at. They count neither for nor against
    /// it.
    pub unjudged: usize,
    /// What contradicts the record, earliest first. Of those that miss the end, only the one that
    /// misses most of it is kept.
    pub contradictions: Vec<Contradiction>,
    /// Notes that prove nothing.
    pub rejected: Vec<Rejected>,
}

impl SignedEvidence {
    /// Returns no evidence yet, and whom to believe.
    pub fn believing(keys: Vec<VerifierKey>) -> Self {
        Self { keys, ..Self::default() }
    }

    /// Returns what was kept elsewhere, each source with its name, and whom to believe.
    pub fn from_outside(keys: Vec<VerifierKey>, outside: &[(EvidenceSource, String)]) -> Self {
        let mut evidence = Self::believing(keys);
        for (source, name) in outside {
            evidence.add(source, name, true);
        }
        evidence
    }

    /// Returns who is believed.
    pub fn keys(&self) -> &[VerifierKey] {
        &self.keys
    }

    /// Adds what was found in `name`. A note that proves nothing is kept as rejected, with the line
    /// it begins in.
    pub fn add(&mut self, found: &EvidenceSource, name: &str, is_outside: bool) {
        for found in &found.notes {
            let place = format!("{name}, line {}", found.line);
            match Checkpoint::verified(&found.note, &self.keys) {
                Ok(checkpoint) => {
                    self.witnesses.push(Witness { checkpoint, place, is_outside });
                }
                Err(why) => self.rejected.push(Rejected { place, why }),
            }
        }
    }

    /// Returns the checkpoints whose signatures are good.
    pub fn witnesses(&self) -> &[Witness] {
        &self.witnesses
    }

    /// Returns the notes that prove nothing.
    pub fn rejected(&self) -> &[Rejected] {
        &self.rejected
    }

    /// Returns the hashes to look out for. The head of no records is found from the beginning.
    pub fn marks(&self) -> Marks {
        let wanted = self.witnesses.iter().map(|witness| (witness.checkpoint.seq(), None));
        let mut marks = Marks(wanted.collect());
        marks.see(ChainHead { seq: 0, hash: HashChain.genesis() });
        marks
    }
}

/// The hashes that were found at the numbers that checkpoints name.
#[derive(Debug, Default)]
pub struct Marks(BTreeMap<u64, Option<[u8; 32]>>);

impl Marks {
    /// Notes a hash, if a checkpoint names its number.
    pub fn see(&mut self, head: ChainHead) {
        if let Some(hash) = self.0.get_mut(&head.seq) {
            *hash = Some(head.hash);
        }
    }
}

/// Holds the evidence against what was found.
///
/// `ends` is the number of the last record, when all of them could be looked at; what was `taken` at a
/// known time, as an export, need not hold what was signed later.
pub fn judge(
    evidence: SignedEvidence,
    marks: &Marks,
    reached: u64,
    ends: Option<u64>,
    taken: Option<Timestamp>,
) -> Completeness {
    let SignedEvidence { mut witnesses, rejected, .. } = evidence;
    witnesses.sort_by_key(|witness| (witness.checkpoint.seq(), witness.is_outside));
    let mut judged = Completeness { ends: reached, rejected, ..Completeness::default() };
    let mut agreed = 0;
    for signed in witnesses {
        let ChainHead { seq, hash } = signed.checkpoint.head;
        match marks.0.get(&seq).copied().flatten() {
            Some(found) if found == hash => {
                agreed = seq;
                judged.agree(signed);
            }
            Some(_) => judged.contradictions.push(Contradiction::Rewritten { signed, agreed }),
            None if ends.is_some_and(|ends| seq > ends)
                && taken.is_none_or(|taken| signed.checkpoint.at <= taken) =>
            {
                judged.end_before(signed);
            }
            None => judged.unjudged += 1,
        }
    }
    judged
}

impl Completeness {
    fn agree(&mut self, witness: Witness) {
        self.agreeing += 1;
        let last = if witness.is_outside { &mut self.proven } else { &mut self.proven_inside };
        *last = Some(witness);
    }

    /// Of all that say that the end is missing, the last one tells how much of it.
    fn end_before(&mut self, signed: Witness) {
        if matches!(self.contradictions.last(), Some(Contradiction::EndsBefore { .. })) {
            self.contradictions.pop();
        }
        self.contradictions.push(Contradiction::EndsBefore { signed, ends: self.ends });
    }

    /// Says whether nothing speaks against the record. A record without any checkpoint is good too;
    /// how much of it is proven is told apart from that.
    pub fn is_good(&self) -> bool {
        self.contradictions.is_empty() && self.rejected.is_empty()
    }

    /// Returns the number of the last record that a checkpoint from outside vouches for. It is 0
    /// when none does. Those of the data folder do not count: whoever can write the record can
    /// write them too.
    pub fn proven_up_to(&self) -> u64 {
        self.proven.as_ref().map_or(0, |witness| witness.checkpoint.seq())
    }
}

impl Contradiction {
    /// Returns the number of the first record that is known to be wrong or missing, or the first of
    /// those among which it is.
    pub fn first_bad(&self) -> u64 {
        match self {
            Self::EndsBefore { ends, .. } => ends + 1,
            Self::Rewritten { agreed, .. } => agreed + 1,
        }
    }

    /// Returns what was signed.
    pub fn signed(&self) -> &Witness {
        match self {
            Self::EndsBefore { signed, .. } | Self::Rewritten { signed, .. } => signed,
        }
    }
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Witness { checkpoint, place, .. } = self.signed();
        let (signed, at) = (checkpoint.seq(), checkpoint.at);
        match self {
            Self::EndsBefore { ends, .. } => write!(
                f,
                "the record ends with {ends}, but {signed} records were signed at {at} ({place}): its end was \
                 cut off, or an older copy was put back"
            ),
            Self::Rewritten { agreed, .. } if agreed + 1 == signed => write!(
                f,
                "record {signed} is not the one that was signed at {at} ({place}): it was rewritten"
            ),
            Self::Rewritten { agreed, .. } => write!(
                f,
                "record {signed} is not the one that was signed at {at} ({place}): the record was rewritten, \
                 from some record between {} and {signed} on",
                agreed + 1
            ),
        }
    }
}
