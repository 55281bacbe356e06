//! What can be typed.
//!
//! The doc comments here are the help that users read: the first line is the short one.

use super::{
    audit::AuditCommand,
    backup::BackupArguments,
    completions::CompletionsArguments,
    config::ConfigCommand,
    demo::DemoArguments,
    doctor::DoctorArguments,
    environment::EnvironmentCommand,
    global::Global,
    healthcheck::HealthcheckArguments,
    key::KeyCommand,
    operator::OperatorCommand,
    pause::{PauseArguments, ResumeArguments},
    queue::QueueCommand,
    restore::RestoreArguments,
    review::ReviewArguments,
    route::RouteCommand,
    scan::ScanArguments,
    serve::ServeArguments,
    simulator::SimulatorArguments,
    token::TokenCommand,
    usage::UsageArguments,
    whoami::WhoAmIArguments,
};
use clap::{Parser, Subcommand};

/// What `--help` says of exit codes.
const CODES: &str = "\
Exit codes:
  0   done
  1   failed
  2   something was found: a bad record, a failed check
  64  a fault in the settings or in how the command was used
  69  the gateway cannot be reached
  130 a second SIGINT ended `serve` before its calls had ended; 143 for SIGTERM
  141 nobody read the output to its end";

/// Stands between your apps and the Ideogram image API: scoped tokens, a fair queue, no double
/// bills, a durable record.
#[derive(Debug, Parser)]
#[command(name = "ideogate", version, after_help = CODES)]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show it all in a minute: gateway, simulator and a token, one call made
    Demo(DemoArguments),
    /// Run the gateway
    Serve(ServeArguments),
    /// Run a stand-in for Ideogram on its own
    Simulator(SimulatorArguments),
    /// Give tokens to apps, and take them away
    #[command(subcommand)]
    Token(TokenCommand),
    /// See the environments
    #[command(subcommand)]
    Env(EnvironmentCommand),
    /// See the routes that can be called
    #[command(subcommand)]
    Route(RouteCommand),
    /// See Ideogram's keys, and exchange them while calls run
    #[command(subcommand)]
    Key(KeyCommand),
    /// See who did what, and prove it
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Write the database of this moment into a file, while the gateway serves
    Backup(BackupArguments),
    /// Make a data folder from a backup; nothing that was taken away since comes back
    Restore(RestoreArguments),
    /// See who waits, and free what is stuck
    #[command(subcommand)]
    Queue(QueueCommand),
    /// See what was spent and what is left
    Usage(UsageArguments),
    /// Ask the gateway what a token is, may do and has left
    Whoami(WhoAmIArguments),
    /// See who can do more than they do, and what would take it away
    Review(ReviewArguments),
    /// Let no new call through; calls already sent go on
    Pause(PauseArguments),
    /// Let calls through again
    Resume(ResumeArguments),
    /// See and check the settings
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Look for leaked tokens and keys in a tree or a commit
    Scan(ScanArguments),
    /// Look for what is wrong with this installation
    Doctor(DoctorArguments),
    /// Ask whether the gateway is alive; for a container's health check
    Healthcheck(HealthcheckArguments),
    /// Print the description of the admin API
    #[command(after_help = "Examples:\n  ideogate openapi > admin-api.json")]
    Openapi,
    /// Print completions for a shell
    Completions(CompletionsArguments),
    /// Say who may administer the gateway over the network
    #[command(subcommand)]
    Operator(OperatorCommand),
}
