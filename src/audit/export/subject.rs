//! What an export is of.

use super::Format;
use crate::{
    audit::trust::{SignedCheckpoint, VerifierKey},
    store::ChainHead,
};
use serde_json::Value;

/// What an export is of.
#[derive(Debug)]
pub struct ExportSubject {
    /// What its signature is checked with.
    pub key: VerifierKey,
    /// How it is written.
    pub format: Format,
    /// What narrows it; an empty object when nothing does.
    pub filter: Value,
    /// Where the record ended when it began; also dates it. Nothing beyond it belongs into the
    /// export, however long that takes to write.
    pub up_to: SignedCheckpoint,
    /// The record that it begins behind; number 0 for the beginning of everything.
    pub base: ChainHead,
}

/// A record is not what JSON lines can hold: its bytes are not JSON.
#[derive(Debug, thiserror::Error)]
#[error("record {0} is not JSON")]
pub struct Unwritable(pub u64);
