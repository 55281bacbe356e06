//! The certificates that the settings name, as they are now.

use super::error::CliError;
use crate::{
    config::{Listen, TlsFiles},
    domain::Timestamp,
    web::{TlsDoubt, TlsPair},
};

/// A pair of files that the settings name.
pub(super) struct NamedPair<'l> {
    /// How its settings begin.
    pub(super) setting: &'static str,
    pub(super) files: &'l TlsFiles,
}

impl NamedPair<'_> {
    /// Reads the pair, or says what is wrong with which setting.
    pub(super) fn read(&self) -> Result<TlsPair, String> {
        TlsPair::read(self.files).map_err(|fault| {
            let setting = self.setting;
            format!("{setting}_cert and {setting}_key cannot be served: {}", fault.in_words())
        })
    }
}

/// Returns the pairs that the settings name.
pub(super) fn named(listen: &Listen) -> Vec<NamedPair<'_>> {
    let pairs = [("listen.tls", &listen.tls), ("listen.admin_tls", &listen.admin_tls)];
    pairs
        .into_iter()
        .filter_map(|(setting, files)| Some(NamedPair { setting, files: files.as_ref()? }))
        .collect()
}

/// Refuses certificates and keys that no gateway could serve.
pub(super) fn check(listen: &Listen) -> Result<(), CliError> {
    named(listen).iter().try_for_each(|named| named.read().map(drop).map_err(CliError::Usage))
}

/// Returns what deserves a look about the pairs that can be read.
pub(super) fn doubts(listen: &Listen, now: Timestamp) -> Vec<TlsDoubt> {
    named(listen)
        .iter()
        .filter_map(|named| named.read().ok())
        .flat_map(|pair| pair.doubts(now))
        .collect()
}
