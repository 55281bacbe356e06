//! Finds the gateway that runs, if one does.

use crate::{
    admin::SettingView,
    cli::{client::AdminClient, error::CliError, global::Global, locate, output::Output},
};

/// A gateway that runs, and the settings that it runs with.
///
/// It answered a moment ago.
pub(in crate::cli) struct RunningGateway {
    /// Asks it for more.
    pub(in crate::cli) client: AdminClient,
    /// Its settings, by key.
    pub(in crate::cli) settings: Vec<SettingView>,
}

/// Returns the gateway that runs; `None` where the caller's own file is to answer, which is said on stderr.
///
/// It is an error if one was named and does not answer, or if one refuses.
pub(in crate::cli) async fn find(
    global: &Global,
    screen: Output,
) -> anyhow::Result<Option<RunningGateway>> {
    let running = ask(global).await?;
    if running.is_none() {
        let (at, own) = (locate::place(global)?, locate::own_settings(global));
        screen.note(format!("no gateway runs at {at}; this is what {own} says"));
    }
    Ok(running)
}

/// Returns the gateway that runs. `None` means that nobody said where one is and that none answers where
/// it usually is; one that was named and does not answer is a failure.
pub(in crate::cli) async fn ask(global: &Global) -> anyhow::Result<Option<RunningGateway>> {
    let client = locate::client(global)?;
    match client.get("/api/v1/settings").await {
        Ok(settings) => Ok(Some(RunningGateway { client, settings })),
        Err(error) if global.admin.is_none() && is_unreachable(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Says whether nobody answers, as opposed to somebody who refuses.
///
/// A certificate that is not trusted, or a socket that may not be opened, is somebody who is there.
fn is_unreachable(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(CliError::Unreachable { .. }))
}
