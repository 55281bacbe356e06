//! Why a delivery does not count.

/// Keys are not to be had; the cause is in the log.
///
/// It is not the sender's fault: the delivery may come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the vendor's keys could not be fetched")]
pub struct FetchFailed;

/// A delivery does not count. Says nothing that the sender wrote, for the record is for ever.
///
/// A refused delivery has had no effect.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryRejection {
    /// It has no signature of either kind.
    #[error("no signature")]
    Unsigned,
    /// It has some of the vendor's headers, and not this one.
    #[error("header {0} is missing")]
    Missing(&'static str),
    /// A header came more than once.
    #[error("header {0} came more than once")]
    Twice(&'static str),
    /// A header is not what the vendor writes.
    #[error("header {0} is misshapen")]
    Misshapen(&'static str),
    /// Its time is too far from ours.
    #[error("time outside the window")]
    Window,
    /// No key of the vendor's made the signature.
    #[error("no key fits the signature")]
    Signature,
    /// It is signed with a shared secret, and there is none here.
    #[error("no secret to check the signature with")]
    NoSecret,
    /// No secret made the signature.
    #[error("no secret fits the signature")]
    Secret,
    /// Its body does not say what a signature without headers must find there.
    #[error("body does not name its generation and time")]
    Body,
    /// Its body names another generation than its headers.
    #[error("body names another generation")]
    OtherGeneration,
    /// The vendor's keys are not to be had now.
    #[error("no keys to check the signature with")]
    NoKeys(#[source] FetchFailed),
}

impl DeliveryRejection {
    /// Says whether the sender is at fault, and not we.
    pub fn is_senders_fault(&self) -> bool {
        !matches!(self, Self::NoKeys(_))
    }

    /// Returns the header at fault, where one is.
    pub fn header(&self) -> Option<&'static str> {
        match self {
            Self::Missing(name) | Self::Twice(name) | Self::Misshapen(name) => Some(name),
            _ => None,
        }
    }

    /// Returns the word that metrics tell it by.
    ///
    /// There are five words, so that metrics stay few.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Unsigned | Self::Missing(_) | Self::Twice(_) | Self::Misshapen(_) => "headers",
            Self::Window => "window",
            Self::Signature | Self::NoSecret | Self::Secret => "signature",
            Self::Body | Self::OtherGeneration => "body",
            Self::NoKeys(_) => "no_keys",
        }
    }
}
