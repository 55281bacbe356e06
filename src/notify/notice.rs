//! Something to tell.

use super::NoticeKind;
use crate::domain::OnceKey;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Something that somebody should hear of. It holds ids and words of the gateway's own, never a key, a prompt
/// or the name of a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    pub(super) kind: NoticeKind,
    /// What is told; a JSON object.
    pub(super) data: Value,
    /// What it is told of once, whatever is restarted; `None` for what happens again and again.
    pub(super) once: Option<OnceKey>,
}

impl Notice {
    /// Returns what is told each time that it happens.
    pub(super) fn each_time(kind: NoticeKind, data: Value) -> Self {
        Self { kind, data, once: None }
    }

    /// Returns what is told once for these words.
    pub(super) fn once(kind: NoticeKind, of: &[&str], data: Value) -> Self {
        Self { kind, data, once: Some(once_key(kind, of)) }
    }
}

/// Returns the digest of a kind and words. Their lengths are in it, so that no two lists are taken for one.
pub(super) fn once_key(kind: NoticeKind, of: &[&str]) -> OnceKey {
    let mut digest = Sha256::new();
    for word in [kind.as_str()].iter().chain(of) {
        digest.update(word.len().to_be_bytes());
        digest.update(word);
    }
    OnceKey::from_bytes(digest.finalize().into())
}
