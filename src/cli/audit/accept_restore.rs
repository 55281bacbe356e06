//! `ideogate audit accept-restore`
//!
//! It works on the data folder itself, so that the gateway must be stopped; who accepts is the user of the
//! process.

use crate::{
    app::{AcceptRestore, RestoreAccepted, accept_restore},
    cli::{error::CliError, global::Global, locate, output::Output, runtime::wait},
    domain::{Actor, HIDDEN_WORDS, Origin, Principal, SystemClock, hides},
};
use clap::Args;
use rustix::process::geteuid;
use serde_json::json;
use std::{process::ExitCode, sync::Arc};

/// The longest reason.
///
/// It is counted in bytes, as the record keeps it.
const MOST_BYTES: usize = 1000;

/// Why the record is not the one that was signed.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate audit accept-restore --reason \"disk of 3 May lost, backup put back, ticket 4711\"

For a gateway that refuses to start because its record is not the one it signed. It works on the \
data folder of the settings and needs the gateway stopped. The record then says who accepted \
what, and why, and goes on with a new key. What the old key signed is moved aside and stays \
valid for `ideogate audit verify`, which tells what was lost.")]
pub struct AcceptRestoreArguments {
    /// Why, for those who read the record
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Accepts it.
///
/// A reason must be given, without characters that do not show. A record that is the one that was signed is
/// left as it is, and the exit code is 0 then, too. The settings are held against the machine, as for a
/// start.
pub(super) fn run(
    global: &Global,
    screen: Output,
    arguments: &AcceptRestoreArguments,
) -> anyhow::Result<ExitCode> {
    let reason = arguments.reason.trim();
    if reason.is_empty() || reason.len() > MOST_BYTES {
        let told = format!("--reason is a text of 1 to {MOST_BYTES} bytes");
        return Err(CliError::Usage(told).into());
    }
    if reason.contains(hides) {
        return Err(CliError::Usage(format!("--reason {HIDDEN_WORDS}")).into());
    }
    let settings = locate::settings_to_serve(global, screen)?.0.settings;
    let principal = Principal::LocalUser(geteuid().as_raw());
    let by = Actor { principal, request: None, origin: Some(Origin::Command) };
    let clock = Arc::new(SystemClock);
    let asked = AcceptRestore { settings: &settings, by, reason, clock };
    let accepted = wait(async { Ok(accept_restore(asked).await?) })?;
    match accepted {
        RestoreAccepted::Nothing if screen.is_json() => {
            screen.json(&json!({ "accepted": false }))?;
        }
        RestoreAccepted::Nothing => {
            screen.line("The record is the one that was signed; nothing was changed.")?;
        }
        RestoreAccepted::GoesOn { problem, key } if screen.is_json() => {
            let key = key.to_string();
            screen.json(&json!({ "accepted": true, "problem": problem, "key": key }))?;
        }
        RestoreAccepted::GoesOn { problem, key } => {
            screen.line(format!("accepted: {problem}"))?;
            screen.line(format!("new key:  {key}"))?;
            screen.note(
                "Note the new key elsewhere, and keep the old one: its checkpoints are still true.",
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}
