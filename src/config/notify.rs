//! `[notify]`: who is told of what needs somebody.

use http::Uri;

/// `[notify]`
#[derive(Debug, Clone, Default)]
pub struct NotifySettings {
    /// Where to tell; `None` tells nobody.
    pub url: Option<NotifyUrl>,
}

/// An address that is told. Its path and query may be a secret, as with chat services: only scheme and host
/// are ever shown.
#[derive(Clone, PartialEq, Eq)]
pub struct NotifyUrl(Uri);

impl NotifyUrl {
    /// Accepts an address that was checked.
    pub(super) const fn new(url: Uri) -> Self {
        Self(url)
    }

    /// Returns the whole address.
    pub const fn as_uri(&self) -> &Uri {
        &self.0
    }

    /// Returns what may be shown of it.
    pub fn shown(&self) -> String {
        let scheme = self.0.scheme_str().unwrap_or_default();
        let authority = self.0.authority().map_or("", |authority| authority.as_str());
        format!("{scheme}://{authority}/…")
    }
}

impl std::fmt::Debug for NotifyUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NotifyUrl({})", self.shown())
    }
}
