//! A key, bound to where it may go.

use super::{
    Credential, Reuse, connection::UpstreamConnection, connector::Connector, outcome::NotSent,
    pool::Pool, redaction::Redaction,
};
use crate::domain::AccountName;
use http::HeaderValue;
use std::{fmt, sync::Arc};
use tokio::time::Instant;

/// One version of an account's key with its own connections, which close when it is dropped.
/// Made by [`Upstream::key`](super::Upstream::key); it can go to that origin only.
///
/// Once it is dropped and its last call has ended, the key is wiped. It cannot be serialized, and
/// debugging it shows the version alone.
pub struct KeyVersion {
    pub(super) account: AccountName,
    pub(super) credential: Arc<Credential>,
    pub(super) redaction: Redaction,
    pub(super) connector: Connector,
    pub(super) pool: Arc<Pool>,
}

impl KeyVersion {
    /// Returns what may be said of the key, as in `…abcd`. It may stand in logs and on record.
    pub fn version(&self) -> &str {
        self.credential.version()
    }

    /// Returns the account it belongs to.
    pub fn account(&self) -> &AccountName {
        &self.account
    }

    /// Returns an idle connection where that will do, or else a new one. Whether anything was ever
    /// sent on it is told by its age.
    pub(super) async fn connection(
        &self,
        reuse: Reuse,
        deadline: Instant,
    ) -> Result<UpstreamConnection, NotSent> {
        let idle = match reuse {
            Reuse::Allowed => self.pool.take(),
            Reuse::Never => None,
        };
        match idle {
            Some(connection) => Ok(connection),
            None => self.connector.connect(deadline).await,
        }
    }

    /// Returns the value of the `Host` header. It is that of the settings and never one that a
    /// client gave.
    pub(super) fn host(&self) -> HeaderValue {
        self.connector.origin.header()
    }
}

impl fmt::Debug for KeyVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("KeyVersion").field(&self.version()).finish()
    }
}
