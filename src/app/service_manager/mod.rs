//! What a service manager such as systemd hands over, and what it is told.
//!
//! | what | where |
//! | --- | --- |
//! | sockets that stay open while one process follows another | [`HandedSockets`], [`SocketsError`] |
//! | that the gateway serves, reads its files again, ends, lives | [`ServiceManager`] |

mod notices;
mod sockets;
mod watchdog;

pub use notices::ServiceManager;
pub use sockets::{HandedSockets, SocketsError};
