//! Where a command that asks or serves runs.

use anyhow::Context;
use std::future::Future;
use tokio::runtime;

/// Runs a client's work to its end on this thread.
///
/// One thread serves a whole gateway, too; what blocks runs beside it. It is an error if no runtime can be
/// started.
pub(super) fn wait<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let mut builder = runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().build().context("cannot start a runtime")?;
    runtime.block_on(work)
}
