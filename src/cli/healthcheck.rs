//! `ideogate healthcheck`

use super::{
    arguments::Global,
    client::Client,
    locate::{self, Place},
    run::wait,
    screen::{self, Screen},
    trust::Trust,
};
use crate::admin::HealthView;
use anyhow::Context;
use clap::Args;
use std::{iter, process::ExitCode, time::Duration};
use tokio::time::timeout;

/// What to ask.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate healthcheck
  ideogate healthcheck --ready
  HEALTHCHECK CMD [\"ideogate\", \"healthcheck\"]

Asks the admin socket, and the proxy's port too if it is set; over TLS without looking at its
certificate. Exits 0 or 1.")]
pub struct HealthcheckArguments {
    /// Ask whether calls can be served, not only whether the gateway lives
    #[arg(long)]
    ready: bool,
    /// How long to wait
    #[arg(long, value_name = "DURATION", default_value = "3s", value_parser = duration)]
    timeout: Duration,
}

fn duration(text: &str) -> Result<Duration, humantime::DurationError> {
    humantime::parse_duration(text)
}

/// Asks.
pub(super) fn run(
    global: &Global,
    screen: Screen,
    arguments: &HealthcheckArguments,
) -> anyhow::Result<ExitCode> {
    let asked = places(global).and_then(|places| {
        wait(async {
            let all = ask_all(places, arguments.ready);
            timeout(arguments.timeout, all).await.context("no answer in time")?
        })
    });
    // A container's health check knows 0 and 1 only.
    if let Err(error) = asked {
        screen::complain(&error);
        return Ok(ExitCode::FAILURE);
    }
    if screen.is_json() {
        screen.json(&HealthView { status: "ok".to_owned(), obstacles: Vec::new() })?;
    } else {
        screen.line("ok")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn places(global: &Global) -> anyhow::Result<Vec<(Place, Trust)>> {
    if global.admin.is_some() {
        return Ok(vec![(locate::place(global)?, Trust::of(global))]);
    }
    let settings = locate::settings(global)?.settings;
    let socket = Place::Socket(locate::socket(&settings));
    let proxy = locate::proxy_url(&settings).ok().map(Place::Url);
    // The certificate is for the name that clients use, and it may be an older one than in the
    // files. Nothing secret is asked, and an answer says no more than that somebody is there.
    Ok(iter::once(socket).chain(proxy).map(|place| (place, Trust::Anyone)).collect())
}

async fn ask_all(places: Vec<(Place, Trust)>, ready: bool) -> anyhow::Result<()> {
    let path = if ready { "/readyz" } else { "/healthz" };
    for (place, trust) in places {
        let client = Client::of(place, &trust)?;
        client.ask(path).await?;
    }
    Ok(())
}
