//! `[webhooks]`, and what an account does about them.

use std::time::Duration;

/// `[accounts.NAME] webhooks`: who hears of it when a generation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookMode {
    /// The app, at its own `webhook_url`, which goes through as it is.
    ///
    /// The gateway learns of the end by polling.
    Pass,
    /// The gateway, at its own address.
    ///
    /// It polls all the same, since Ideogram does not promise delivery.
    Receive,
}

/// `[webhooks]`: limits for what is received.
#[derive(Debug, Clone)]
pub struct Webhooks {
    /// How far a delivery's time may be from ours, both ways.
    pub window: Duration,
    /// How long a delivery waits for the call that submitted its generation.
    pub wait: Duration,
    /// The largest body, in bytes.
    pub max_body: u64,
    /// Deliveries that may fail their verification, from one address in a minute.
    pub failures_per_minute: u32,
}
