//! What a stand-in is told at its start.

use super::webhooks::Delivers;
use crate::domain::{Clock, SystemClock};
use std::{sync::Arc, time::Duration};

/// What a stand-in is told at its start.
///
/// Keys, cap and balance can be changed later through the handle; all else stays.
#[derive(Debug, Clone)]
pub struct SimulatorOptions {
    /// The values of `Api-Key` that it accepts.
    /// A request with another key, or with none, is refused.
    pub keys: Vec<String>,
    /// How many images may be in flight at once.
    pub cap: u32,
    /// How long things take: 1.0 as long as at Ideogram, 0.0 no time at all.
    /// Below zero counts as zero.
    pub pace: f64,
    /// What it can be paid in millionths of a dollar; none is without end.
    pub balance: Option<u64>,
    /// Where links to pictures lead, without `/images/…`.
    pub link_base: String,
    /// How long links to pictures are good.
    pub link_lifetime: Duration,
    /// Whether it obeys `/_simulator/…`, which needs no key.
    /// Whoever reaches the port can command it then, so it is for loopback only.
    pub control: bool,
    /// How many of the last calls it remembers; a stand-in that nobody questions needs none.
    pub kept_calls: usize,
    /// Where webhooks are delivered to.
    pub webhooks: Delivers,
    /// Where time comes from.
    pub clock: Arc<dyn Clock>,
}

impl Default for SimulatorOptions {
    /// Accepts the key `simulator`, has ten places, and takes as long as Ideogram.
    fn default() -> Self {
        Self {
            keys: vec!["simulator".to_owned()],
            cap: 10,
            pace: 1.0,
            balance: None,
            link_base: "http://127.0.0.1:8080/_ideogate/simulator".to_owned(),
            link_lifetime: Duration::from_hours(24),
            control: false,
            kept_calls: 10_000,
            webhooks: Delivers::default(),
            clock: Arc::new(SystemClock),
        }
    }
}
