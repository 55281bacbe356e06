//! Keys that signed the record before it was restored.

use super::finding::DoctorCheck;
use crate::{
    audit::trust::{FormerKey, PUBLIC_FILE},
    cli::output::chain,
};
use std::{fs, path::Path};

/// What is said of them.
const WHAT: &str = "record";

/// Names the keys of before a restore beside the one that signs now; nothing where the record was never
/// restored.
///
/// It reads two small files of the data folder, and changes nothing.
pub(super) fn in_folder(dir: &Path) -> Vec<DoctorCheck> {
    let former = match FormerKey::in_folder(dir) {
        Ok(former) => former,
        Err(error) => return vec![DoctorCheck::broken(WHAT, chain(&error.into()))],
    };
    let own = fs::read_to_string(dir.join(PUBLIC_FILE)).unwrap_or_default();
    let told = |FormerKey { key, ends }: &FormerKey| {
        let own = own.trim();
        let words = format!("restored: {key} signed it up to record {ends}, and {own} since");
        DoctorCheck::good(WHAT, words)
    };
    former.iter().map(told).collect()
}
