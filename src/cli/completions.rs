//! `ideogate completions`

use super::{arguments::Cli, screen::Screen};
use clap::{Args, CommandFactory};
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

/// Prints the completions.
pub(super) fn run(screen: Screen, arguments: &CompletionsArguments) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "ideogate", &mut script);
    screen.raw(&script)?;
    Ok(ExitCode::SUCCESS)
}
