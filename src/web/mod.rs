//! What every HTTP face shares: the listener, problems, request ids, client addresses.
//!
//! | what | where |
//! | --- | --- |
//! | accepting, limits, strict HTTP/1.1 | [`serve`], [`Serving`], [`Port`], [`ListenerState`], [`ProtocolFault`] |
//! | TLS | [`TlsIdentity`], [`TlsPair`] |
//! | whether a client is still there | [`ClientSocket`], [`SocketWatch`] |
//! | a request at the door | [`RequestInfo`], [`ClientAddress`], [`receive`] |
//! | answers | [`Body`], [`to_axum`], [`DeliveryEnd`], [`header`], [`ServerTiming`](header::ServerTiming) |
//! | answers that the gateway makes itself | [`ClientError`], [`Wording`], [`HelpLinks`], [`ErrorGuide`], [`error_page`], [`apps_page`] |

mod abbreviate;
mod access_log;
mod apps_page;
mod body;
mod client_address;
mod connection;
mod connection_counter;
mod delivery;
mod error_guide;
mod error_page;
mod face;
mod guide_row;
pub mod header;
mod help;
mod listener;
mod listener_state;
mod operator_guide;
mod page;
mod port;
mod problem;
mod receive;
mod request_info;
mod serve;
mod serving;
mod socket;
mod socket_path;
mod strict;
mod tls;
mod wording;

#[cfg(test)]
mod tests;

pub use abbreviate::abbreviate;
pub use apps_page::apps_page;
pub use body::Body;
pub use client_address::ClientAddress;
pub use delivery::{DeliveryEnd, DeliveryWatch};
pub use error_guide::ERROR_GUIDE;
pub use error_page::error_page;
pub use face::to_axum;
pub use guide_row::ErrorGuide;
pub use help::{APPS_PATH, ERRORS_PATH, HelpLinks};
pub use listener::{Listener, Peer};
pub use listener_state::{ConnectionLimits, LeavesFiles, ListenerState};
pub use port::{Port, PortStream};
pub use problem::{ClientError, RejectReason, WaitTold};
pub use receive::{ReceiveError, receive};
pub use request_info::{RequestInfo, is_probe};
pub use serve::serve;
pub use serving::Serving;
pub use socket::{ClientSocket, SocketWatch};
pub use socket_path::SocketPath;
pub use strict::ProtocolFault;
pub use tls::{CertificateAbout, PairRenewal, TlsDoubt, TlsFault, TlsIdentity, TlsPair};
pub use wording::{ProblemWriter, Wording};
