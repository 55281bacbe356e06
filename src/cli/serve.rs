//! `ideogate serve`

use super::{
    console::Console, error::CliError, global::Global, locate, output::Output, runtime::wait,
};
use crate::{
    app::{
        HandedSockets, LeftOver, ServiceManager, SettingsSource, Signals, SocketsError,
        StartOptions, protect_memory, start,
    },
    config::{Checked, Doubts, OpenFiles, Secrets, Settings, process_variables},
    domain::{SystemClock, error_chain},
    keys::StartError,
    telemetry::{self, LogHandle},
};
use anyhow::Context;
use clap::Args;
use std::{process::ExitCode, sync::Arc};

/// How to run the gateway: everything about it is in the settings.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate serve
  ideogate serve --config /etc/ideogate.toml
  IDEOGRAM_API_KEY_FILE=/run/secrets/ideogram IDEOGATE__QUEUE__CAPACITY=2000 ideogate serve

When it can serve it prints one line on stdout:
  ready proxy=http://127.0.0.1:8080 admin=http://127.0.0.1:8081 socket=data/admin.sock

Logs go to stderr. Nobody waits for whoever reads either: what cannot be written is dropped and \
counted. `ideogate config default` explains every setting.

SIGTERM or SIGINT ends it when the calls at Ideogram have ended, with exit code 0; a second one \
at once, with 143 or 130: what had not ended is unknown at the next start. Until then it answers \
503 `draining`.

A service manager may hand over its sockets (LISTEN_FDS), named `proxy` and `admin` or in that \
order, and is told what the gateway does (NOTIFY_SOCKET, WATCHDOG_USEC); docs/operations.md \
tells more.")]
pub struct ServeArguments {}

/// Runs the gateway until it is told to stop.
///
/// The code is 0 if it ended as it was asked to, and 143 or 130 if a second signal cut calls off.
pub(super) fn run(
    global: &Global,
    screen: Output,
    _arguments: &ServeArguments,
) -> anyhow::Result<ExitCode> {
    // Before the first thread, since the variables that tell of the sockets are taken away.
    let handed_over = HandedSockets::take(&process_variables()).map_err(|error| usage(&error))?;
    let console = Console::open().context("stdout and stderr cannot be opened")?;
    let done = begin(global, screen.on(console), console, handed_over);
    console.flush();
    done
}

/// Looks at everything that can be wrong before anything is bound or written.
fn begin(
    global: &Global,
    screen: Output,
    console: &'static Console,
    handed_over: HandedSockets,
) -> anyhow::Result<ExitCode> {
    // Before anything is opened, so that the raised limit holds for all of it.
    let files = OpenFiles::raise();
    let (loaded, Checked { secrets, doubts }) = locate::settings_to_serve(global, screen)?;
    if !files.is_enough() {
        let told = format!(
            "this process may open {files} files only (ulimit -n), and needs 256 at least: raise the limit"
        );
        return Err(CliError::Usage(told).into());
    }
    handed_over.allowed_by(&loaded.settings.listen).map_err(|error| usage(&error))?;
    let log = telemetry::init(&loaded.settings.log, &console.err)?;
    protect_memory().context("the process cannot keep its memory to itself")?;
    for doubt in doubts.now() {
        tracing::warn!("{doubt}");
    }
    for name in secrets.unused() {
        tracing::warn!(variable = %name, "this variable looks like a key, but no environment has that name");
    }
    let settings = loaded.settings;
    // The variables may be keys, and nobody needs them from here on.
    drop(loaded.variables);
    let source = locate::source(global);
    let starting = Starting { settings, source, log, secrets, doubts, handed_over };
    wait(serve(starting, screen, console))
}

/// A socket that cannot be served is a fault in what was given.
fn usage(error: &SocketsError) -> CliError {
    CliError::Usage(error_chain(error))
}

/// A key that must not be used again is a fault in what was given, not in the gateway.
///
/// So it exits with 64, and whoever starts it again and again can tell that from a crash.
fn retired_is_usage(error: anyhow::Error) -> anyhow::Error {
    match error.downcast_ref::<StartError>() {
        Some(retired @ StartError::Retired { .. }) => CliError::Usage(retired.to_string()).into(),
        _ => error,
    }
}

/// What a gateway is started with.
///
/// The variables that keys came from are gone by then.
struct Starting {
    /// The settings.
    settings: Settings,
    /// Where they are read from again.
    source: SettingsSource,
    /// Changes what is logged.
    log: LogHandle,
    /// The keys.
    secrets: Secrets,
    /// What works and deserves a look.
    doubts: Doubts,
    /// The sockets that the service manager opened.
    handed_over: HandedSockets,
}

/// Prints the ready line once it serves, and waits for a signal.
async fn serve(
    Starting { settings, source, log, secrets, doubts, handed_over }: Starting,
    screen: Output,
    console: &'static Console,
) -> anyhow::Result<ExitCode> {
    // Before anything starts: a signal that comes meanwhile ends it in good order.
    let mut signals = Signals::listen()?;
    let deadline = settings.shutdown.deadline;
    let audit_lines = settings.audit.stdout.then(|| console.out.clone());
    let (clock, dropped) = (Arc::new(SystemClock), console.dropped.clone());
    let manager = ServiceManager::of_this_process()?;
    let options = StartOptions {
        settings,
        source,
        secrets,
        doubts,
        handed_over,
        manager: manager.clone(),
        log: Some(log),
        clock,
        audit_lines,
        dropped,
    };
    let started = start(options).await;
    let running = started.map_err(retired_is_usage)?;
    // Before the ready line, for SIGHUP ends a process that does not listen to it.
    running.reload_at_hang_ups()?;
    screen.line(running.ready_line())?;
    // Behind the ready line, which scripts take to be the first.
    running.let_audit_lines_out();
    running.announce(&manager);
    signals.next().await;
    manager.stopping();
    tracing::info!("shutting down; sent calls finish, a second signal ends now");
    let ended = running.shut_down(deadline, signals.next()).await;
    match ended.left {
        LeftOver::Nothing => tracing::info!("all calls ended"),
        LeftOver::Clients => {
            tracing::warn!("all sent calls ended; clients that were still connected were cut off");
        }
        LeftOver::Calls(calls) => tracing::warn!(
            calls,
            "some sent calls had not ended; they are unknown at the next start"
        ),
    }
    let forced = ended.forced.map(|signal| ExitCode::from(signal.exit_code()));
    Ok(forced.unwrap_or(ExitCode::SUCCESS))
}
