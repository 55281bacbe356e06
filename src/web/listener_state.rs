//! The limits at the door, and what one listener keeps count of.

use super::{
    connection_counter::{ConnectionCounter, ConnectionGuard},
    header::API_KEY,
    listener::Peer,
    strict::Timeouts,
    wording::Wording,
};
use crate::{
    config::{self, OpenFiles},
    telemetry::Metrics,
};
use http::header::AUTHORIZATION;
use ipnet::IpNet;
use std::{os::fd::AsRawFd, sync::Arc, time::Duration};
use tower_http::sensitive_headers::SetSensitiveRequestHeadersLayer;

/// Limits for the connections of one listener.
#[derive(Debug, Clone)]
pub struct ConnectionLimits {
    /// How long a header may take to arrive.
    pub header_timeout: Duration,
    /// How long a connection is kept without a request.
    pub keep_alive: Duration,
    /// How long a client may take no bytes of its answer.
    pub answer_idle_timeout: Duration,
    /// Connections in all.
    pub max_connections: usize,
    /// Whom the connections belong to, and so how many files they must leave.
    pub files: LeavesFiles,
    /// Connections from one address; those of trusted proxies are not counted by address.
    pub max_connections_per_address: usize,
    /// Peers whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Arc<[IpNet]>,
}

/// How many of the files that the process may open a listener's connections must leave to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeavesFiles {
    /// Those of calls, of operators and of the record.
    Most,
    /// Those of operators on this machine and of the record.
    Some,
    /// None.
    None,
}

impl ConnectionLimits {
    /// Returns the limits of a listener, as far as the process may open files for it.
    pub fn new(door: &config::DoorSettings, files: LeavesFiles) -> Self {
        // The settings may allow more than the process has files for, and a client takes several once it calls.
        let most = door.max_connections.min(OpenFiles::now().connections());
        Self { max_connections: most, files, ..Self::from(door) }
    }
}

impl From<&config::DoorSettings> for ConnectionLimits {
    fn from(door: &config::DoorSettings) -> Self {
        Self {
            files: LeavesFiles::None,
            header_timeout: door.header_timeout,
            keep_alive: door.keep_alive,
            answer_idle_timeout: door.body_idle_timeout,
            max_connections: door.max_connections,
            max_connections_per_address: door.max_connections_per_address,
            trusted_proxies: door.trusted_proxies.clone().into(),
        }
    }
}

/// One listener's door: its limits, and who is inside.
#[derive(Debug)]
pub struct ListenerState {
    pub(super) name: &'static str,
    pub(super) limits: ConnectionLimits,
    pub(super) metrics: Arc<Metrics>,
    pub(super) wording: Wording,
    /// Marks header fields that hold secrets, so that no `Debug` shows them.
    pub(super) sensitive: SetSensitiveRequestHeadersLayer,
    crowd: Arc<ConnectionCounter>,
}

impl ListenerState {
    /// Returns a door; `name` is the listener's in metrics, as in `proxy`.
    pub fn new(name: &'static str, limits: ConnectionLimits, metrics: Arc<Metrics>) -> Arc<Self> {
        Self::worded(name, limits, metrics, Wording::default())
    }

    /// Returns a door that words its own answers in another way than the data plane.
    pub fn worded(
        name: &'static str,
        limits: ConnectionLimits,
        metrics: Arc<Metrics>,
        wording: Wording,
    ) -> Arc<Self> {
        let crowd =
            ConnectionCounter::new(limits.max_connections, limits.max_connections_per_address);
        let sensitive = SetSensitiveRequestHeadersLayer::new([AUTHORIZATION, API_KEY]);
        Arc::new(Self { name, limits, metrics, wording, sensitive, crowd })
    }

    /// Lets a connection in, unless there are too many.
    pub(super) fn enter(&self, peer: &Peer) -> Option<ConnectionGuard> {
        let trusted = |ip| self.limits.trusted_proxies.iter().any(|net| net.contains(&ip));
        self.crowd.enter(peer.ip().filter(|ip| !trusted(ip.to_canonical())))
    }

    /// Says whether a connection leaves enough files for others.
    pub(super) fn leaves_files(&self, stream: &impl AsRawFd) -> bool {
        match self.limits.files {
            LeavesFiles::Most => OpenFiles::now().allows_client(stream),
            LeavesFiles::Some => OpenFiles::now().allows_call(stream),
            LeavesFiles::None => true,
        }
    }

    pub(super) fn patience(&self) -> Timeouts {
        Timeouts {
            head: self.limits.header_timeout,
            keep_alive: self.limits.keep_alive,
            answer_idle: self.limits.answer_idle_timeout,
        }
    }
}
