//! What every HTTP face shares: the listener, problems, request ids, client addresses.
//!
//! | what | where |
//! | --- | --- |
//! | accepting, limits, strict HTTP/1.1 | [`serve`], [`Port`], [`Door`], [`Fault`] |
//! | TLS | [`TlsIdentity`], [`TlsPair`] |
//! | whether a client is still there | [`ClientSocket`], [`SocketWatch`] |
//! | a request at the door | [`Visit`], [`ClientAddress`], [`receive`] |
//! | answers | [`Body`], [`Delivery`], [`header`], [`ServerTiming`](header::ServerTiming) |
//! | answers that the gateway makes itself | [`Problem`], [`Wording`], [`ErrorGuide`], [`error_page`] |

mod body;
mod client_address;
mod connection;
mod crowd;
mod delivery;
mod door;
mod error_guide;
mod error_page;
mod farewell;
mod guide_row;
pub mod header;
mod listener;
mod operator_guide;
mod port;
mod problem;
mod receive;
mod serve;
mod shown;
mod socket;
mod socket_path;
mod strict;
mod tls;
mod visit;
mod wording;

#[cfg(test)]
mod tests;

pub use body::Body;
pub use client_address::ClientAddress;
pub use delivery::{Delivery, Watch};
pub use door::{Door, DoorLimits, LeavesFiles};
pub use error_guide::ERROR_GUIDE;
pub use error_page::error_page;
pub use guide_row::ErrorGuide;
pub use listener::{Listener, Peer};
pub use port::{Port, PortStream};
pub use problem::{ERRORS_PATH, Problem, RejectReason, WaitTold};
pub use receive::{ReceiveError, receive};
pub use serve::serve;
pub use shown::shown;
pub use socket::{ClientSocket, SocketWatch};
pub use socket_path::SocketPath;
pub use strict::Fault;
pub use tls::{CertificateAbout, Renewal, TlsDoubt, TlsFault, TlsIdentity, TlsPair};
pub use visit::{Visit, is_probe};
pub use wording::Wording;
