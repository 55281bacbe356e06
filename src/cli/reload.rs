//! `ideogate config reload`

use super::{error::FINDING, global::Global, locate, output::Output, runtime::wait};
use crate::admin::{ReloadRequest, ReloadedView, SettingChangeView};
use clap::Args;
use std::process::ExitCode;

/// How to put the settings in force.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate config reload --dry-run
  ideogate config reload
  ideogate config reload && echo everything is in force

The gateway that runs reads its own file and variables again, as at its start, and checks them \
whole: a mistake changes nothing. What can be changed while it runs is in force at once, also \
for calls that wait. The rest keeps its values and is named. SIGHUP does the same. \
docs/settings.md lists what is live.

Exit code: 0 everything is in force, 2 some keys need a restart and the rest is in force, 64 the \
settings hold mistakes, 69 no gateway answers.")]
pub struct ReloadArguments {
    /// Only say what would change
    #[arg(long)]
    dry_run: bool,
    /// Leave tokens of production without a budget, where the last one is taken away
    #[arg(long)]
    no_budget: bool,
}

/// Does it.
///
/// The code is 2 if anything waits for a restart.
pub(super) fn run(
    global: &Global,
    screen: Output,
    arguments: &ReloadArguments,
) -> anyhow::Result<ExitCode> {
    let ReloadArguments { dry_run, no_budget } = *arguments;
    let asked = ReloadRequest { dry_run, no_budget };
    let client = locate::client(global)?;
    let done: ReloadedView = wait(client.post_json("/api/v1/config/reload", &asked))?;
    if screen.is_json() {
        screen.json(&done)?;
    } else {
        tell(screen, &done, asked)?;
    }
    let waits = !done.needs_restart.is_empty();
    Ok(if waits { ExitCode::from(FINDING) } else { ExitCode::SUCCESS })
}

/// Prints what changed, and to stderr what waits.
fn tell(screen: Output, done: &ReloadedView, asked: ReloadRequest) -> anyhow::Result<()> {
    for SettingChangeView { key, before, after } in &done.changed {
        let [before, after] = [before, after].map(|text| text.as_deref().unwrap_or("not set"));
        screen.line(format!("{key}: {before} → {after}"))?;
    }
    let words = match (done.changed.is_empty(), asked.dry_run) {
        (true, _) => "nothing changes",
        (false, true) => "would be in force",
        (false, false) => "in force",
    };
    screen.line(words)?;
    for key in &done.needs_restart {
        screen.note(format!("needs a restart: {key}"));
    }
    Ok(())
}
