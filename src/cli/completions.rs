//! `ideogate completions`

use super::output::Output;
use clap::{Args, Command};
use clap_complete::Shell;
use std::process::ExitCode;

/// For which shell.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ideogate completions bash > /etc/bash_completion.d/ideogate
  ideogate completions zsh > ~/.zfunc/_ideogate")]
pub struct CompletionsArguments {
    /// The shell
    pub shell: Shell,
}

/// Prints the completions of what can be typed.
///
/// It is made from what can be typed, so that it never lags behind.
pub(super) fn run(
    screen: Output,
    arguments: &CompletionsArguments,
    mut typed: Command,
) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut typed, "ideogate", &mut script);
    screen.raw(&script)?;
    Ok(ExitCode::SUCCESS)
}
