//! `ideogate simulator`

use super::{
    console::Console,
    number::{address, images},
    output::Output,
    runtime::wait,
};
use crate::{
    app::Signals,
    simulator::{Delivers, Simulator, SimulatorOptions},
    tasks::Tasks,
};
use anyhow::Context;
use clap::{Args, ValueEnum};
use std::{net::SocketAddr, process::ExitCode};
use tokio::net::TcpListener;

/// How the stand-in behaves.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  ideogate simulator
  ideogate simulator --listen 127.0.0.1:9090 --cap 10 --pace 0.1
  ideogate simulator --webhooks loopback
  ideogate simulator --public-url https://ideogram.ai   # behind something that speaks TLS
  curl -H 'Api-Key: simulator' -d '{\"image_request\":{\"prompt\":\"a fox\"}}' \\
       -H 'Content-Type: application/json' http://127.0.0.1:8090/generate

To have the gateway use it as Ideogram:
  IDEOGATE__ACCOUNTS__IDEOGRAM__BASE_URL=http://127.0.0.1:8090 \\
      IDEOGRAM_API_KEY=simulator ideogate serve")]
pub struct SimulatorArguments {
    /// Where to listen; port 0 picks a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8090", value_parser = address)]
    pub listen: SocketAddr,
    /// Images in flight at most, as Ideogram counts
    #[arg(long, value_name = "IMAGES", default_value_t = 10, value_parser = images)]
    pub cap: u32,
    /// How long things take: 1 as long as at Ideogram, 0 no time at all
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = pace)]
    pub pace: f64,
    /// The key to ask for
    #[arg(long, value_name = "KEY", default_value = "simulator")]
    pub key: String,
    /// Where to deliver webhooks; addresses on this machine may be plain http then
    #[arg(long, value_enum, default_value_t = DeliverTo::Nowhere)]
    pub webhooks: DeliverTo,
    /// How clients reach it, for the links to pictures, as in <https://ideogram.ai>
    #[arg(long, value_name = "URL", value_parser = url)]
    pub public_url: Option<String>,
    /// Obey scripts at /_simulator/, which need no key
    #[arg(long)]
    pub control: bool,
}

/// Where webhooks are delivered to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DeliverTo {
    /// Accept addresses as Ideogram does, and send nothing
    Nowhere,
    /// Send to this machine alone
    Loopback,
    /// Send to this machine and to public addresses
    Anywhere,
}

impl From<DeliverTo> for Delivers {
    /// Returns the same in the stand-in's words.
    fn from(to: DeliverTo) -> Self {
        match to {
            DeliverTo::Nowhere => Self::Nowhere,
            DeliverTo::Loopback => Self::Loopback,
            DeliverTo::Anywhere => Self::Anywhere,
        }
    }
}

/// Reads a factor from 0 to 100.
fn pace(text: &str) -> Result<f64, String> {
    let factor: f64 = text.parse().map_err(|_| "is a number like 0.5".to_owned())?;
    if (0.0..=100.0).contains(&factor) { Ok(factor) } else { Err("is from 0 to 100".to_owned()) }
}

/// Reads an address of http or https; it loses its last slashes.
fn url(text: &str) -> Result<String, String> {
    let is_url = |uri: &http::Uri| {
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some()
    };
    let read = text.parse().ok().filter(is_url);
    let text = text.trim_end_matches('/').to_owned();
    read.map(|_| text).ok_or_else(|| "is a URL like https://ideogram.ai".to_owned())
}

/// Runs the stand-in until it is told to stop.
///
/// It keeps nothing: what happened is forgotten when it ends.
pub(super) fn run(screen: Output, arguments: SimulatorArguments) -> anyhow::Result<ExitCode> {
    let console = Console::open().context("stdout and stderr cannot be opened")?;
    let done = wait(simulate(screen.on(console), arguments));
    console.flush();
    done
}

/// Prints the ready line before it accepts the first connection; those that come earlier wait.
async fn simulate(screen: Output, arguments: SimulatorArguments) -> anyhow::Result<ExitCode> {
    let mut signals = Signals::listen()?;
    let listener = TcpListener::bind(arguments.listen).await;
    let listener = listener.with_context(|| format!("cannot listen on {}", arguments.listen))?;
    let address = listener.local_addr()?;
    let options = SimulatorOptions {
        keys: vec![arguments.key],
        cap: arguments.cap,
        pace: arguments.pace,
        link_base: arguments.public_url.unwrap_or_else(|| format!("http://{address}")),
        control: arguments.control,
        webhooks: arguments.webhooks.into(),
        ..SimulatorOptions::default()
    };
    let tasks = Tasks::default();
    let simulator = Simulator::new(options, &tasks);
    screen.line(format!("ready simulator=http://{address}"))?;
    simulator
        .serve(listener, async move {
            signals.next().await;
        })
        .await;
    tasks.stop().await;
    Ok(ExitCode::SUCCESS)
}
