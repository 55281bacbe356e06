//! Starting, step by step.

use super::{Running, StartOptions, prepared::Prepared};

/// Starts a gateway and returns once it serves.
///
/// An error leaves nobody served.
pub async fn start(options: StartOptions) -> anyhow::Result<Running> {
    let prepared = Prepared::load(options).await?;
    prepared.settle().await?;
    prepared.serve()
}
