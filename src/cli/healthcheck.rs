//! `ideogate healthcheck`

use super::{
    client::AdminClient, endpoint::AdminEndpoint, error::CliError, global::Global, locate,
    number::duration, output::Output, runtime::wait, trust::Trust,
};
use crate::admin::HealthView;
use clap::Args;
use std::{iter, process::ExitCode, time::Duration};
use tokio::time::{Instant, timeout_at};

/// What to ask.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate healthcheck
  ideogate healthcheck --ready
  HEALTHCHECK CMD [\"ideogate\", \"healthcheck\"]

Asks the admin socket, and the proxy's port too if it is set; over TLS without looking at its \
certificate. Exits 0 when all is well, 1 when the gateway says that it is not, 69 when nobody \
answers in time or the certificate is not trusted, 64 for a fault in the settings.")]
pub struct HealthcheckArguments {
    /// Ask whether calls can be served, not only whether the gateway is alive
    #[arg(long)]
    ready: bool,
    /// How long to wait
    #[arg(long, value_name = "DURATION", default_value = "3s", value_parser = duration)]
    timeout: Duration,
}

/// Asks.
///
/// Prints `ok` if all is well. It asks nothing that needs a token.
pub(super) fn run(
    global: &Global,
    screen: Output,
    arguments: &HealthcheckArguments,
) -> anyhow::Result<ExitCode> {
    let places = places(global)?;
    wait(ask_all(places, arguments))?;
    if screen.is_json() {
        screen.json(&HealthView { status: "ok".to_owned(), obstacles: Vec::new() })?;
    } else {
        screen.line("ok")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns where to ask, and whom to believe there. Where `--admin` is given, it is asked alone.
fn places(global: &Global) -> anyhow::Result<Vec<(AdminEndpoint, Trust)>> {
    if global.admin.is_some() {
        return Ok(vec![(locate::place(global)?, Trust::new(global))]);
    }
    let settings = locate::settings(global)?.settings;
    let socket = AdminEndpoint::Socket(locate::socket(&settings));
    // A free port is known to the gateway alone: then the socket has to do.
    let proxy = locate::proxy_url(&settings).ok().map(AdminEndpoint::Url);
    // The certificate is for the name that clients use, and it may be an older one than in the
    // files. Nothing secret is asked, and an answer says no more than that somebody is there.
    Ok(iter::once(socket).chain(proxy).map(|place| (place, Trust::Anyone)).collect())
}

/// Asks one after the other; the time is for all together. The first failure ends it.
///
/// Where nothing comes in time, that is told as a gateway that cannot be reached.
async fn ask_all(
    places: Vec<(AdminEndpoint, Trust)>,
    arguments: &HealthcheckArguments,
) -> anyhow::Result<()> {
    let path = if arguments.ready { "/readyz" } else { "/healthz" };
    // One end for all places: a container's check has one time limit, too.
    let until = Instant::now() + arguments.timeout;
    for (place, trust) in places {
        let client = AdminClient::new(place, &trust)?;
        let asked = timeout_at(until, client.ask(path)).await;
        asked.unwrap_or_else(|_| {
            let within = humantime::format_duration(arguments.timeout);
            let said = format!("nothing came within {within}");
            Err(CliError::Unreachable { at: client.at().to_owned(), said }.into())
        })?;
    }
    Ok(())
}
