//! TLS for the network listeners, and nothing but TLS: a port that speaks it never serves plain HTTP.
//!
//! | what | where |
//! | --- | --- |
//! | certificate and key, read and checked | [`TlsPair`], [`TlsFault`], [`TlsDoubt`] |
//! | what a listener shows, exchanged while it is shown | [`TlsIdentity`] |
//! | connections, secured when they are first read | [`TlsStream`] |

mod about;
mod doubt;
mod failure;
mod fault;
mod files;
mod identity;
mod pair;
mod stream;

pub use about::CertificateAbout;
pub use doubt::TlsDoubt;
pub use fault::TlsFault;
pub use identity::{PairRenewal, TlsIdentity};
pub use pair::TlsPair;
pub(super) use stream::{Guard, TlsStream};
