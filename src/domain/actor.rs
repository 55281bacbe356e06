//! Who asks for a change, in which request, and by which way they came.

use super::{Principal, RequestId};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Whoever makes a change, as the record tells of them. It tells of a change and gives no right to
/// make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who acts.
    pub principal: Principal,
    /// The request that asked for it; `None` where nothing came over a connection.
    pub request: Option<RequestId>,
    /// How they came; `None` for the gateway itself.
    pub origin: Option<Origin>,
}

/// Where a request for a change came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The admin socket.
    Socket,
    /// The admin listener, from this address.
    Tcp(IpAddr),
    /// A command that works on the data folder itself.
    Command,
}

/// The kinds of [`Origin`], as they stand on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// The admin socket.
    Socket,
    /// The admin listener.
    Tcp,
    /// A command that works on the data folder itself.
    Command,
}

impl Actor {
    /// The gateway itself.
    pub const GATEWAY: Self = Self { principal: Principal::Gateway, request: None, origin: None };
}

impl Origin {
    /// Returns the way.
    pub const fn way(self) -> Way {
        match self {
            Self::Socket => Way::Socket,
            Self::Tcp(_) => Way::Tcp,
            Self::Command => Way::Command,
        }
    }

    /// Returns the address as records hold it; nothing for a command, which has none.
    pub fn address(self) -> Option<Box<str>> {
        match self {
            Self::Socket => Some("socket".into()),
            Self::Tcp(address) => Some(address.to_string().into()),
            Self::Command => None,
        }
    }
}

/// Somebody of whom no more is known than who they are.
impl From<Principal> for Actor {
    fn from(principal: Principal) -> Self {
        Self { principal, request: None, origin: None }
    }
}

impl From<&Principal> for Actor {
    fn from(principal: &Principal) -> Self {
        principal.clone().into()
    }
}

impl From<&Self> for Actor {
    fn from(actor: &Self) -> Self {
        actor.clone()
    }
}
