//! The way to Ideogram: the key, the connections, one sending per warrant.
//!
//! | what became of it | [`SendOutcome`] | billed |
//! | --- | --- | --- |
//! | no byte was written: DNS, connect, TLS, a connection lost before | `NotSent` | no |
//! | 2xx | `Answered` | yes |
//! | 2xx, cut off, too large, or not storable | `Charged` | yes, in full |
//! | 429 | `RefusedForNow` | no |
//! | 401 | `RejectedKey` | no |
//! | other 4xx, 500, 503, any other 5xx that is JSON | `Answered` | no |
//! | one of these four rows, but its body could not be read | `Released` | no |
//! | 502, 504, 520 to 529, any other 5xx | `Unknown`, with the answer | perhaps |
//! | 3xx, 101, no HTTP at all, reset, our timeout | `Unknown`, without an answer | perhaps |
//!
//! Nothing is ever sent twice. What may be billed goes out on a connection of its own: one that was
//! used before can be closed by the other side just as it is written to, and then nobody could say
//! whether the call arrived. Free reads share connections ([`Reuse`]). A pooled connection that died while
//! it was idle is replaced by a new one, once, where it is certain that no byte of the request was
//! written to the first.
//!
//! | room | what it knows |
//! | --- | --- |
//! | [`Credential`], [`KeyVersion`] | the real key, the only origin it may go to, its connections |
//! | `origin`, `connector`, `connection`, `pool`, `counting_stream` | how bytes go out, and whether any did |
//! | `key_injector` | the moment at which the key is written, and the only buffer it is ever in |
//! | `request`, `answer`, `receive` | what is said and what is kept of the reply |
//! | `verdict`, [`SendOutcome`] | what the reply means for money |
//! | `redaction` | the key inside an answer |
//! | [`SideClient`], [`SidePost`] | what is read and sent without any key |

mod answer;
mod client;
mod connection;
mod connector;
mod counting_stream;
mod credential;
mod exchange;
mod key_injector;
mod key_version;
mod origin;
mod outcome;
mod pool;
mod receive;
mod redaction;
mod request;
mod request_body;
mod reuse;
mod side;
mod tls;
mod verdict;

#[cfg(test)]
mod tests;

pub use answer::UpstreamAnswer;
pub use client::{Upstream, UpstreamError, UpstreamOptions};
pub use credential::{Credential, CredentialError};
pub use key_version::KeyVersion;
pub use origin::OriginError;
pub use outcome::{NotSent, ReadError, SendOutcome, UnknownReason, Unreadable};
pub use request::UpstreamRequest;
pub use reuse::Reuse;
pub use side::{SideAnswer, SideClient, SideError, SidePost};
