//! How records are chained, exactly, so that anybody can check it with a few lines of their own.

use crate::store::ChainHasher;
use sha2::{Digest, Sha256};

/// Separates these hashes from all others.
// In every hash on record: with another text, every record of before would look changed.
const RECORD_TAG: &[u8] = b"ideogate audit record v1\n";

/// Hashed alone, it stands for the record before the first.
const GENESIS_TAG: &[u8] = b"ideogate audit genesis v1\n";

/// The chain of version 1.
///
/// ```text
/// hash(0) = SHA-256("ideogate audit genesis v1\n")
/// hash(n) = SHA-256("ideogate audit record v1\n" ‖ n ‖ hash(n − 1) ‖ bytes(n))
/// ```
///
/// `n` counts from 1 and is written as 8 bytes, big-endian; hashes are their 32 bytes; `bytes(n)` are the
/// record's JSON exactly as stored in column `bytes`. Everything before `bytes` has a fixed length, so
/// no two inputs run together.
///
/// A hash says that nothing before it was changed, removed or reordered since it was noted. Whoever can
/// write the database can also compute a new chain: only a hash kept elsewhere, as in the `[AUDIT]`
/// lines, holds against that.
#[derive(Debug, Clone, Copy, Default)]
pub struct HashChain;

impl ChainHasher for HashChain {
    fn seal(&self, seq: u64, prev: &[u8; 32], bytes: &[u8]) -> [u8; 32] {
        let hash = Sha256::new().chain_update(RECORD_TAG).chain_update(seq.to_be_bytes());
        hash.chain_update(prev).chain_update(bytes).finalize().into()
    }

    fn genesis(&self) -> [u8; 32] {
        Sha256::digest(GENESIS_TAG).into()
    }
}
