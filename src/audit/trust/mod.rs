//! What holds against whoever can write the database: heads of the chain, signed and kept elsewhere.
//!
//! | word | type |
//! | --- | --- |
//! | a text with signatures, as c2sp.org/signed-note has it | [`SignedNote`] |
//! | who signs, and how that is checked | [`SigningKey`], [`VerifierKey`] |
//! | keys of before a restore | [`FormerKey`] |
//! | what is signed | [`Checkpoint`] |
//! | the only one who signs, and never against what was signed before | [`Notary`] |
//! | whether the record is the one that was signed | [`judge`], [`Completeness`] |

mod checkpoint;
mod checkpoint_file;
mod former_keys;
mod found;
mod judgement;
mod key_file;
mod new_log;
mod notary;
mod note;
mod resume;
mod signing_key;
mod verifier_key;

pub(super) use checkpoint::moment;
pub use checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
pub use checkpoint_file::CheckpointFile;
pub use former_keys::{FORMER_FILE, FormerKey};
pub use found::{EvidenceSource, FoundNote, notes_in};
pub use judgement::{Completeness, Contradiction, Marks, Rejected, SignedEvidence, Witness, judge};
pub use key_file::{PUBLIC_FILE, SIGNING_FILE, SigningFileError};
pub use new_log::NewLog;
pub use notary::{LAST_SIGNED_FILE, Notary, NotaryError};
pub use note::{NoteError, SignedNote};
pub use resume::{LogResumption, ResumeError};
pub use signing_key::SigningKey;
pub use verifier_key::{VerifierKey, VerifierKeyError};
