//! What holds for every command.

use super::file::file;
use clap::{Args, ValueEnum, builder::NonEmptyStringValueParser};
use std::path::PathBuf;

/// What holds for every command.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Where the gateway is: its socket, or the URL of its admin listener [default:
    /// <data.dir>/admin.sock]
    #[arg(
        long,
        global = true,
        value_name = "PATH|URL",
        env = "IDEOGATE_ADMIN",
        value_parser = NonEmptyStringValueParser::new(),
        hide_env_values = true,
        help_heading = "Everywhere"
    )]
    pub admin: Option<String>,
    /// A PEM file with the authority that vouches for the gateway's certificate, beside the
    /// well-known ones
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "IDEOGATE_ADMIN_CA",
        value_parser = file(),
        hide_env_values = true,
        help_heading = "Everywhere"
    )]
    pub admin_ca: Option<PathBuf>,
    /// The settings file
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "IDEOGATE_CONFIG",
        value_parser = file(),
        hide_env_values = true,
        help_heading = "Everywhere"
    )]
    pub config: Option<PathBuf>,
    /// How to answer: text or json, and `usage` in csv too
    #[arg(
        long, global = true, value_enum, default_value_t = OutputFormat::Text,
        value_name = "FORMAT", hide_possible_values = true, help_heading = "Everywhere"
    )]
    pub output: OutputFormat,
}

/// How a command answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// For people.
    Text,
    /// For scripts.
    Json,
    /// For spreadsheets; only `usage` has it.
    Csv,
}
