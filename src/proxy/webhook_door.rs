//! Where deliveries of webhooks come in.

use crate::{domain::AccountName, webhooks::Verifier};
use std::collections::BTreeMap;

/// Where deliveries come in, and how they are verified.
#[derive(Debug, Clone)]
pub struct WebhookDoor {
    /// Verifies them.
    pub verifier: Verifier,
    /// The address that Ideogram is told, for each account that receives.
    pub addresses: BTreeMap<AccountName, Box<str>>,
}
