//! The demo from start to end.
//!
//! Nothing reaches Ideogram: the token is of the sandbox, whose account is the simulator.

use super::{
    arguments::DemoArguments,
    call::{self, DemoCall},
    snippets,
};
use crate::{
    app::{HandedSockets, Running, ServiceManager, SettingsSource, Signals, StartOptions, start},
    cli::{console::Console, error::CliError, output::Output, runtime::wait},
    config::{Doubts, LoadOptions, Secrets, Settings},
    domain::{Principal, SystemClock},
    telemetry,
    tokens::NewToken,
};
use anyhow::Context;
use std::{path::Path, process::ExitCode, sync::Arc, time::Duration};

/// Runs gateway and simulator together with a throw-away data folder, and makes a call.
///
/// The folder is thrown away at the end; the picture stays.
pub(in crate::cli) fn run(screen: Output, arguments: &DemoArguments) -> anyhow::Result<ExitCode> {
    let console = Console::open().context("stdout and stderr cannot be opened")?;
    let done = wait(show(screen.on(console), arguments, console));
    console.flush();
    done
}

/// Starts, calls, tells, and waits for a signal unless it is to be done once.
async fn show(
    screen: Output,
    arguments: &DemoArguments,
    console: &Console,
) -> anyhow::Result<ExitCode> {
    // Before the folder is made: an end by Ctrl-C without it would leave that behind.
    let mut signals = Signals::listen()?;
    let folder = tempfile::tempdir().context("no folder for throw-away data")?;
    let running = begin(folder.path(), arguments, console).await?;
    let token = token(&running).await?;
    let made = call::make(&running, &token, arguments).await?;
    tell(screen, &running, &token, &made)?;
    if !arguments.once {
        screen.line("\nIt keeps running; stop it with Ctrl-C.")?;
        signals.next().await;
    }
    running.shut_down(Duration::from_secs(5), signals.next()).await;
    Ok(ExitCode::SUCCESS)
}

/// Settings are the defaults: nothing of the user's own is read or touched.
///
/// Ports of 0 become free ones. The log shows errors only, so that what is printed stays in view.
async fn begin(
    folder: &Path,
    arguments: &DemoArguments,
    console: &Console,
) -> anyhow::Result<Running> {
    let data = folder.join("data");
    let variables = [
        ("IDEOGATE__LISTEN__PROXY", format!("127.0.0.1:{}", arguments.port)),
        ("IDEOGATE__LISTEN__ADMIN", format!("127.0.0.1:{}", arguments.admin_port)),
        ("IDEOGATE__DATA__DIR", data.display().to_string()),
        ("IDEOGATE__LOG__FILTER", "error".to_owned()),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value)).to_vec();
    let source = SettingsSource {
        file: None,
        working_dir: folder.to_path_buf(),
        variables: Some(variables.clone()),
    };
    let options = LoadOptions { file: None, variables, working_dir: folder.to_path_buf() };
    let loaded = Settings::load(options).map_err(CliError::Settings)?;
    let secrets = Secrets::load(&loaded.settings, &loaded.variables).map_err(CliError::Settings)?;
    let log = telemetry::init(&loaded.settings.log, &console.err)?;
    let (settings, clock) = (loaded.settings, Arc::new(SystemClock));
    let options = StartOptions {
        settings,
        source,
        secrets,
        doubts: Doubts::default(),
        handed_over: HandedSockets::default(),
        manager: ServiceManager::default(),
        log: Some(log),
        clock,
        audit_lines: None,
        dropped: console.dropped.clone(),
    };
    start(options).await
}

/// Makes a token of the sandbox that lives a day.
async fn token(running: &Running) -> anyhow::Result<String> {
    let new = NewToken {
        environment: "sandbox".to_owned(),
        name: "demo".to_owned(),
        scopes: vec!["read:*".to_owned(), "write:*".to_owned()],
        expires_in: Some("1d".to_owned()),
        ..NewToken::default()
    };
    let (plain, _) = running.tokens().create(new, &Principal::Gateway).await?;
    Ok(plain.reveal().to_owned())
}

/// Prints what happened, and how to do it again.
fn tell(screen: Output, running: &Running, token: &str, made: &DemoCall) -> anyhow::Result<()> {
    let url = running.public_url();
    screen.line("One call went through the gateway to the simulator and back.\n")?;
    screen.fields(&made.facts)?;
    screen.line("\nThe same with curl:\n")?;
    screen.line(snippets::curl(url, token))?;
    screen.line("\nPython:\n")?;
    screen.line(snippets::python(url, token))?;
    screen.line("\nTypeScript:\n")?;
    screen.line(snippets::typescript(url, token))?;
    let socket = running.socket().display();
    screen.line(format!("\nAdmin socket: {socket}"))?;
    screen.line(format!("  ideogate --admin {socket} audit search --since 1h"))?;
    screen.line(format!("  ideogate --admin {socket} token list"))?;
    Ok(())
}
