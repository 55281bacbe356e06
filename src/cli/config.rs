//! `ideogate config …`

use super::{
    global::Global,
    locate,
    output::Output,
    reload::{self, ReloadArguments},
    running::{self, Difference, Source, Sourced},
    runtime::wait,
    tls,
};
use crate::admin::SettingView;
use crate::config::{Checked, default_text};
use crate::domain::{Clock, RouteName, SystemClock};
use clap::Subcommand;
use serde_json::json;
use std::process::ExitCode;

/// Shows and checks the settings.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Check your own settings, before a gateway runs with them, and name all mistakes
    #[command(after_help = "Examples:
  ideogate config check
  ideogate config check --config /etc/ideogate.toml && systemctl restart ideogate")]
    Check,
    /// Show each setting that is in force and where it comes from; no secret is among them
    #[command(after_help = "Examples:
  ideogate config show
  ideogate config show | grep queue
  ideogate config show --config /etc/ideogate.toml

Asks the gateway that runs, and tells where your own file and variables differ from it. Where \
none runs and none was named with --admin, your own file answers, and says so.")]
    Show,
    /// Put the settings in force that can be changed while the gateway runs, and name the rest
    Reload(ReloadArguments),
    /// Print every setting with its default and what it means
    #[command(after_help = "Examples:\n  ideogate config default > ideogate.toml")]
    Default,
}

/// Does it.
///
/// Mistakes in the settings are an error with exit code 64.
pub(super) fn run(
    global: &Global,
    screen: Output,
    command: &ConfigCommand,
) -> anyhow::Result<ExitCode> {
    match command {
        ConfigCommand::Check => check(global, screen)?,
        ConfigCommand::Show => show(global, screen)?,
        ConfigCommand::Reload(arguments) => return reload::run(global, screen, arguments),
        ConfigCommand::Default => screen.raw(default_text().as_bytes())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// What is shown.
///
/// No secret is among it.
struct Shown {
    /// The settings.
    all: Vec<SettingView>,
    /// Whose they are.
    source: Source,
    /// Where the caller's own differ from those in force.
    differing: Vec<Difference>,
}

/// Returns the settings that are in force, or those of the caller's file where no gateway runs.
///
/// A gateway that was named and does not answer is an error, never a reason to show the file instead.
fn fetch(global: &Global, screen: Output) -> anyhow::Result<Shown> {
    let Some(running) = wait(running::find(global, screen))? else {
        let shown = locate::settings(global)?.settings.shown;
        let all = shown.settings().iter().map(SettingView::from_setting).collect();
        return Ok(Shown { all, source: Source::File, differing: Vec::new() });
    };
    let differing = running::differences(global, screen, &running.settings);
    let mut all = running.settings;
    // What only the caller's file has is not set at the gateway.
    let is_new = |one: &&Difference| all.iter().all(|set| set.key != one.key);
    let unset: Vec<_> =
        differing.iter().filter(is_new).map(|one| SettingView::unset(&one.key)).collect();
    all.extend(unset);
    Ok(Shown { all, source: Source::Gateway, differing })
}

/// Shows each setting, and where the caller's own differ.
///
/// JSON has the differences beside each setting; for people they follow on stderr.
fn show(global: &Global, screen: Output) -> anyhow::Result<()> {
    let Shown { all, source, differing } = fetch(global, screen)?;
    if screen.is_json() {
        let sourced = all.iter().map(|one| Sourced::exactly(one, source, &differing, &one.key));
        screen.json(&sourced.collect::<Vec<_>>())?;
    } else {
        all.iter().try_for_each(|setting| screen.line(setting.to_string()))?;
    }
    running::tell(global, screen, &differing);
    Ok(())
}

/// Goes as far as `serve` does before it changes anything. What works and deserves a look goes to stderr.
fn check(global: &Global, screen: Output) -> anyhow::Result<()> {
    let (loaded, Checked { secrets, doubts }) = locate::settings_to_serve(global, screen)?;
    for doubt in doubts.now() {
        screen.note(format!("warning: {doubt}"));
    }
    for missing in secrets.missing() {
        screen.note(&*missing.how);
    }
    for name in secrets.unused() {
        screen.note(format!("{name} belongs to no environment"));
    }
    for doubt in tls::doubts(&loaded.settings.listen, SystemClock.now()) {
        screen.note(doubt.to_string());
    }
    // A budget cannot cover what has no price, so such calls are refused where one covers: better told now.
    let unpriced = loaded.settings.prices.unpriced(&loaded.settings.routes);
    if !unpriced.is_empty() {
        let names: Vec<_> = unpriced.iter().map(RouteName::as_str).collect();
        let names = names.join(", ");
        screen
            .note(format!("billed routes without a price, closed where a budget covers: {names}"));
    }
    if screen.is_json() {
        screen.json(&json!({ "ok": true, "unpriced": unpriced }))
    } else {
        Ok(screen.line("the settings are good")?)
    }
}
