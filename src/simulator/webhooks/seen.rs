//! What was delivered.

use serde::Serialize;

/// One try to deliver a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeenDelivery {
    /// The generation.
    pub generation: String,
    /// Where to.
    pub address: String,
    /// Which try it is, from 1.
    pub attempt: u32,
    /// Whether it is over.
    pub is_over: bool,
    /// What was answered; none when nothing was.
    pub status: Option<u16>,
}
