//! From what was typed to an exit code.
//!
//! Every command is reached from here, and each failure becomes an exit code here.

use super::{
    arguments::{Cli, Command},
    audit, backup, bearer, completions, config, demo, doctor, environment,
    error::{self, CliError},
    healthcheck, key, locate, openapi, operator,
    output::{self, Output},
    pause, queue, restore, review, route,
    runtime::wait,
    scan, serve, simulator, token, usage, whoami,
};
use crate::config::process_variables;
use clap::{CommandFactory, FromArgMatches};
use std::{ffi::OsStr, process::ExitCode};

/// Returns what was typed; prints help or what is wrong with it otherwise, and the exit code.
///
/// Help and version are no failure; a mistake is 64.
pub fn parse() -> Result<Cli, ExitCode> {
    read().map_err(|error| {
        // What is left to do when even this cannot be printed is to end.
        if error.use_stderr() {
            output::last_words(move || drop(error.print()));
            ExitCode::from(error::USAGE)
        } else {
            // Help that is not read to its end, as by `| head`, is no failure.
            error.print().ok();
            ExitCode::SUCCESS
        }
    })
}

/// A variable that is empty counts as not set; an argument that is empty is a mistake.
fn read() -> Result<Cli, clap::Error> {
    let mut command = Cli::command();
    let variables = process_variables();
    let is_empty = |name: &OsStr| variables.iter().any(|(set, to)| **set == *name && to.is_empty());
    let empty = command.get_arguments().filter(|one| one.get_env().is_some_and(is_empty));
    let ids: Vec<_> = empty.map(|argument| argument.get_id().clone()).collect();
    for id in ids {
        command = command.mut_arg(id, |argument| argument.env(None::<&str>));
    }
    let mut matches = command.try_get_matches()?;
    Cli::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut Cli::command()))
}

/// Does what was typed.
///
/// `csv` is refused for all but `usage`, before anything is done.
pub fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let Cli { global, command } = cli;
    let screen = Output::new(global.output);
    if screen.is_csv() && !matches!(command, Command::Usage(_)) {
        return Err(CliError::Usage("only `usage` answers in csv".to_owned()).into());
    }
    // Before the command, so that it is told even if that fails.
    bearer::warn(&global, screen);
    match command {
        Command::Demo(arguments) => demo::run(screen, &arguments),
        Command::Serve(arguments) => serve::run(&global, screen, &arguments),
        Command::Simulator(arguments) => simulator::run(screen, arguments),
        Command::Token(command) => wait(token::run(&locate::client(&global)?, screen, command)),
        Command::Env(command) => environment::run(&global, screen, &command),
        Command::Route(command) => route::run(&global, screen, &command),
        Command::Key(command) => wait(key::run(&locate::client(&global)?, screen, command)),
        Command::Audit(command) => audit::run(&global, screen, command),
        Command::Backup(asked) => wait(backup::run(&locate::client(&global)?, screen, asked)),
        Command::Queue(command) => wait(queue::run(&locate::client(&global)?, screen, command)),
        Command::Usage(command) => wait(usage::run(&locate::client(&global)?, screen, command)),
        Command::Review(asked) => wait(review::run(&locate::client(&global)?, screen, asked)),
        Command::Whoami(arguments) => whoami::run(&global, screen, &arguments),
        Command::Pause(asked) => wait(pause::pause(&locate::client(&global)?, screen, asked)),
        Command::Resume(asked) => wait(pause::resume(&locate::client(&global)?, screen, asked)),
        Command::Config(command) => config::run(&global, screen, &command),
        Command::Restore(arguments) => restore::run(&global, screen, &arguments),
        Command::Scan(arguments) => scan::run(screen, &arguments),
        Command::Doctor(_) => doctor::run(&global, screen),
        Command::Healthcheck(arguments) => healthcheck::run(&global, screen, &arguments),
        Command::Openapi => openapi::run(screen),
        Command::Completions(arguments) => completions::run(screen, &arguments, Cli::command()),
        Command::Operator(command) => {
            wait(operator::run(&locate::client(&global)?, screen, command))
        }
    }
}

/// Prints what went wrong as one chain, and returns the exit code that goes with it.
///
/// It is 1 for a failure that scripts need not tell apart.
pub fn complain(error: &anyhow::Error) -> ExitCode {
    if error::is_broken_pipe(error) {
        // As the shell tells of a program that a closed pipe ended: whoever waits for a verdict must
        // not take silence for a good one.
        return ExitCode::from(141);
    }
    output::complain(error);
    let fault = error.downcast_ref::<CliError>();
    fault.map_or(ExitCode::FAILURE, |fault| ExitCode::from(fault.exit_code()))
}
