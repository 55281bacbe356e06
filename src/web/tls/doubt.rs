//! What is served all the same, and deserves a look.

use super::TlsPair;
use crate::domain::Timestamp;
use std::{fmt, path::PathBuf, time::Duration};

/// A certificate that expires sooner is told of: time enough to renew it by hand.
const SOON: Duration = Duration::from_hours(14 * 24);
const DAY: Duration = Duration::from_hours(24);

/// Something about a pair that clients or owners will not like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TlsDoubt {
    /// The chain is not valid any more.
    Expired(Timestamp),
    /// The chain is not valid yet.
    NotYetValid(Timestamp),
    /// The chain expires soon.
    ExpiresSoon {
        /// When.
        at: Timestamp,
        /// Whole days left.
        days: u64,
    },
    /// The certificate is good for no host.
    Nameless,
    /// Other users of the machine may read the key.
    OpenKey {
        /// The file.
        key: PathBuf,
        /// Its permissions.
        mode: u32,
    },
}

impl TlsDoubt {
    /// Says whether clients that look at certificates turn away now.
    pub fn keeps_clients_away(&self) -> bool {
        matches!(self, Self::Expired(_) | Self::NotYetValid(_) | Self::Nameless)
    }
}

impl TlsPair {
    /// Returns what is served all the same, and deserves a look.
    pub fn doubts(&self, now: Timestamp) -> Vec<TlsDoubt> {
        let about = self.about();
        let left = about.not_after.since(now);
        let time = if about.not_after < now {
            Some(TlsDoubt::Expired(about.not_after))
        } else if about.not_before > now {
            Some(TlsDoubt::NotYetValid(about.not_before))
        } else if left < SOON {
            let days = left.as_secs() / DAY.as_secs();
            Some(TlsDoubt::ExpiresSoon { at: about.not_after, days })
        } else {
            None
        };
        let nameless = about.names.is_empty().then_some(TlsDoubt::Nameless);
        let open =
            self.open_key().map(|mode| TlsDoubt::OpenKey { key: self.files().key.clone(), mode });
        [time, nameless, open].into_iter().flatten().collect()
    }
}

impl fmt::Display for TlsDoubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired(at) => {
                write!(f, "the certificate expired at {at}: clients refuse it; renew it now")
            }
            Self::NotYetValid(at) => {
                write!(f, "the certificate is not valid before {at}: clients refuse it until then")
            }
            Self::ExpiresSoon { at, days } => {
                let unit = if *days == 1 { "day" } else { "days" };
                write!(f, "the certificate expires in {days} {unit}, at {at}: renew it")
            }
            Self::Nameless => f.write_str(
                "the certificate names no host as a subject alternative name: clients refuse it",
            ),
            Self::OpenKey { key, mode } => {
                let key = key.display();
                write!(f, "{key} can be read by every user (mode {mode:03o}): chmod 600 {key}")
            }
        }
    }
}
