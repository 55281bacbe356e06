//! The certificates that the settings name, as they are now.

use super::error::CliError;
use crate::{
    config::{Listen, TlsFiles},
    domain::Timestamp,
    web::{TlsDoubt, TlsPair},
};

/// A pair of files that the settings name.
///
/// What is read is what a gateway would serve if it started now.
pub(super) struct NamedPair<'l> {
    /// How its settings begin.
    pub(super) setting: &'static str,
    /// The files.
    pub(super) files: &'l TlsFiles,
}

impl NamedPair<'_> {
    /// Reads the pair, or says what is wrong with which setting.
    ///
    /// It is an error if a file cannot be read, or the two do not belong together.
    pub(super) fn read(&self) -> Result<TlsPair, String> {
        TlsPair::read(self.files).map_err(|fault| {
            let setting = self.setting;
            format!("{setting}_cert and {setting}_key cannot be served: {}", fault.describe())
        })
    }
}

/// Returns the pairs that the settings name.
///
/// The admin listener's own pair is among them only if it has one.
pub(super) fn named(listen: &Listen) -> Vec<NamedPair<'_>> {
    let pairs = [("listen.tls", &listen.tls), ("listen.admin_tls", &listen.admin_tls)];
    pairs
        .into_iter()
        .filter_map(|(setting, files)| Some(NamedPair { setting, files: files.as_ref()? }))
        .collect()
}

/// Refuses certificates and keys that no gateway could serve.
///
/// The first that is wrong is told. Certificates that are only doubtful pass.
pub(super) fn check(listen: &Listen) -> Result<(), CliError> {
    named(listen).iter().try_for_each(|named| named.read().map(drop).map_err(CliError::Usage))
}

/// Returns what deserves a look about the pairs that can be read.
///
/// Pairs that cannot be read are told elsewhere.
pub(super) fn doubts(listen: &Listen, now: Timestamp) -> Vec<TlsDoubt> {
    named(listen)
        .iter()
        .filter_map(|named| named.read().ok())
        .flat_map(|pair| pair.doubts(now))
        .collect()
}
