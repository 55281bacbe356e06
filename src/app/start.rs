//! Starting, step by step.

use super::{Running, prepared::Prepared};
use crate::{
    config::{Secrets, Settings},
    domain::Clock,
};
use std::{fmt, io::Write, sync::Arc};

/// What a gateway is started with.
pub struct StartOptions {
    /// Everything that can be set.
    pub settings: Settings,
    /// The keys.
    pub secrets: Secrets,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Where `[AUDIT]` lines go; `None` means nowhere.
    pub audit_lines: Option<Box<dyn Write + Send>>,
}

impl fmt::Debug for StartOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StartOptions").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// Starts a gateway and returns once it serves.
pub async fn start(options: StartOptions) -> anyhow::Result<Running> {
    let prepared = Prepared::of(options).await?;
    prepared.settle().await?;
    prepared.serve()
}
