//! Whether a client is still at the other end of its connection.

use std::{fmt::Debug, sync::Arc};

/// How a client's connection stands at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientState {
    /// The client has not hung up, as far as this machine knows.
    Connected,
    /// The client hung up, whether or not anybody here has read that yet.
    Gone,
    /// The client sent something that was not read yet and that may be its goodbye. It can be told
    /// once whoever reads the connection has read on.
    Unclear,
}

/// A client's connection for whoever has to know whether somebody still waits there.
///
/// It is asked rather than awaited: the client may have hung up a moment ago, and those who read the
/// connection have not had their turn since. To look must be quick and must not wait: it is done
/// under locks.
pub trait ClientConnection: Debug + Send + Sync {
    /// Looks at the connection now.
    fn state(&self) -> ClientState;
}

/// A connection that several places look at.
pub type Client = Arc<dyn ClientConnection>;

/// A connection that cannot be looked at: whoever reads it will tell when its client is gone. It is
/// always taken for connected.
#[derive(Debug, Clone, Copy)]
pub struct Unwatched;

impl ClientConnection for Unwatched {
    fn state(&self) -> ClientState {
        ClientState::Connected
    }
}
