//! `[queue]`, `[tokens]`, `[bodies]` and `[door]`

use crate::config::{
    section::{InvalidValue, Notes, Section},
    settings::{Bodies, DoorSettings, QueueSettings, TokenSettings},
    tree::Node,
    values::{list, rate, size, span, whole, written},
};
use ipnet::IpNet;
use std::{net::IpAddr, time::Duration};

/// The shortest time that a client is given.
const SECOND: Duration = Duration::from_secs(1);

/// Reads `[queue]`.
///
/// A longest wait below the shipped usual one lowers that too; one below a usual wait that was given is a
/// mistake. A capacity of 0 means that nobody waits.
pub(super) fn queue(mut section: Section<'_>, notes: &Notes) -> Option<QueueSettings> {
    let capacity = section.read("capacity", whole(0, 1_000_000));
    let timeout = section.read("timeout", span(Duration::ZERO));
    let max_timeout = section.read("max_timeout", span(Duration::ZERO));
    section.end();
    let is_longer = timeout.zip(max_timeout).is_some_and(|(usual, most)| usual > most);
    // Whoever says the longest wait alone means the usual one, too.
    if is_longer && !notes.is_default("queue.timeout") {
        notes.complain("queue.timeout", "must not be longer than queue.max_timeout");
    }
    let max_timeout = max_timeout?;
    // The smaller one: where the longest wait alone was lowered, the shipped usual one would be above it.
    Some(QueueSettings { capacity: capacity?, timeout: timeout?.min(max_timeout), max_timeout })
}

/// Reads `[tokens]`.
///
/// Without a default rate, tokens that say none have none.
pub(super) fn tokens(mut section: Section<'_>) -> Option<TokenSettings> {
    let default_rate = section.optional("default_rate", rate);
    section.end();
    Some(TokenSettings { default_rate: default_rate? })
}

/// Reads `[bodies]`.
///
/// All are bytes. Memory is at least 1 MiB; the disk may be none.
pub(super) fn bodies(mut section: Section<'_>) -> Option<Bodies> {
    let memory = section.read("memory", size(1024 * 1024));
    let disk = section.read("disk", size(0));
    let per_token = section.read("per_token", size(1024));
    let min_free = section.read("min_free", size(0));
    let max_answer = section.read("max_answer", size(1024));
    section.end();
    Some(Bodies {
        memory: memory?,
        disk: disk?,
        per_token: per_token?,
        min_free: min_free?,
        max_answer: max_answer?,
    })
}

/// Reads `[door]`.
///
/// Each time is at least a second.
pub(super) fn door(mut section: Section<'_>) -> Option<DoorSettings> {
    let header_timeout = section.read("header_timeout", span(SECOND));
    let body_idle_timeout = section.read("body_idle_timeout", span(SECOND));
    let keep_alive = section.read("keep_alive", span(SECOND));
    let max_connections = section.read("max_connections", whole(1, 1_000_000));
    let max_per_address = section.read("max_connections_per_address", whole(1, 1_000_000));
    let trusted_proxies = section.read("trusted_proxies", list(network));
    section.end();
    Some(DoorSettings {
        header_timeout: header_timeout?,
        body_idle_timeout: body_idle_timeout?,
        keep_alive: keep_alive?,
        max_connections: max_connections?,
        max_connections_per_address: max_per_address?,
        trusted_proxies: trusted_proxies?,
    })
}

/// Reads a network, or a single address, which is the network of itself.
pub(super) fn network(node: &Node) -> Result<IpNet, InvalidValue> {
    let text = written(node).unwrap_or_default();
    let address = || text.parse::<IpAddr>().map(IpNet::from);
    let network = text.parse().or_else(|_| address());
    network.map_err(|_| node.reject("must be a network like \"10.0.0.0/8\""))
}
