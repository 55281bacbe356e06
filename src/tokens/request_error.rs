//! What is wrong with a request, field by field.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RequestError {
    /// The field it is about.
    #[schema(value_type = String)]
    pub field: Box<str>,
    /// What is wrong, and what would be right.
    #[schema(value_type = String)]
    pub problem: Box<str>,
}
