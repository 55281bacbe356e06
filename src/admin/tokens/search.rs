//! Which tokens are listed.

use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

/// Which tokens are listed; what is absent does not narrow it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TokenSearch {
    /// The environment, also one that is no longer set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
}
