//! Which operation a request is for.

use super::{legacy, operation::Operation, v1, v2, v4};

/// All operations. Where two cover a path, the first counts.
const TABLES: [&[Operation]; 4] =
    [legacy::OPERATIONS, v1::OPERATIONS, v4::OPERATIONS, v2::OPERATIONS];

/// Returns every operation there is.
pub fn all() -> impl Iterator<Item = &'static Operation> {
    TABLES.into_iter().flatten()
}

/// Returns the operation for a method and a path.
///
/// `None` where there is none; a path that is there for another method is none either.
pub fn find(method: &str, path: &str) -> Option<&'static Operation> {
    all().find(|operation| operation.method == method && operation.covers(path))
}
