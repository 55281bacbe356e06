//! `ideogate audit verify`

use crate::{
    audit::{VerifyError, verify_database},
    cli::{arguments::Global, fault::FINDING, locate, screen::Screen},
};
use clap::Args;
use serde_json::json;
use std::{path::PathBuf, process::ExitCode};

/// Where the record is.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate audit verify
  ideogate audit verify --data /backup/ideogate

Reads the data folder itself and needs no gateway; one may run meanwhile. Exits 0 and says how many
records were checked, or exits 2 and names the first bad one.")]
pub struct VerifyArguments {
    /// The data folder [default: the settings' data.dir]
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
}

/// Checks the record.
pub(super) fn run(
    global: &Global,
    screen: Screen,
    arguments: &VerifyArguments,
) -> anyhow::Result<ExitCode> {
    let dir = match &arguments.data {
        Some(dir) => dir.clone(),
        None => locate::settings(global)?.settings.data.dir,
    };
    match verify_database(&dir) {
        Ok(good) if screen.is_json() => {
            let head = hex::encode(good.head.hash);
            screen.json(&json!({ "ok": true, "records": good.records, "head": head }))?;
        }
        Ok(good) => screen.line(format!("good: {good}"))?,
        Err(VerifyError::Bad(bad)) => {
            if screen.is_json() {
                let problem = bad.problem.to_string();
                screen.json(&json!({ "ok": false, "first_bad": bad.seq, "problem": problem }))?;
            } else {
                screen.line(format!("BAD: {bad}"))?;
                screen.note("Compare with a backup: everything before this record is as written.");
            }
            return Ok(ExitCode::from(FINDING));
        }
        Err(VerifyError::Store(error)) => {
            let told = format!(
                "there is no record in {} that can be read: name the data folder with --data",
                dir.display()
            );
            return Err(anyhow::Error::new(error).context(told));
        }
    }
    Ok(ExitCode::SUCCESS)
}
