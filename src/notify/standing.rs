//! How telling is going.

use crate::domain::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How telling is going just now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NotifyStanding {
    /// Notifications that wait to be delivered.
    pub waiting: usize,
    /// When one was last delivered, as far as this run knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub delivered_at: Option<Timestamp>,
    /// Since when no try succeeds; `None` when the last one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub failing_since: Option<Timestamp>,
}
