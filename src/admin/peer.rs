//! Who is at the other end.

use crate::domain::Origin;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The other end of a connection to the control plane; the listener puts it into each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdminPeer {
    /// A local process that could open the socket, which makes its user an admin.
    Unix {
        /// The user's id.
        uid: u32,
    },
    /// Anybody who can reach the TCP listener.
    Tcp {
        /// Where they connected from.
        addr: SocketAddr,
    },
}

impl AdminPeer {
    /// Returns where they come from, as the record has it.
    pub(super) fn origin(self) -> Origin {
        match self {
            Self::Unix { .. } => Origin::Socket,
            Self::Tcp { .. } => Origin::Tcp(self.ip()),
        }
    }

    /// Returns where they are; loopback for a local process.
    pub(super) fn ip(self) -> IpAddr {
        match self {
            Self::Unix { .. } => Ipv4Addr::LOCALHOST.into(),
            Self::Tcp { addr } => addr.ip().to_canonical(),
        }
    }
}
