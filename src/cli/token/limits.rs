//! The limits of a token, as they are given on the command line.

use crate::cli::number::images;
use clap::{Arg, Args};

/// The limits that `token create` sets and `token reduce` narrows.
#[derive(Debug, Args)]
pub struct LimitArguments {
    /// The most spend in a UTC day, in dollars
    #[arg(long, value_name = "USD")]
    pub(super) daily_budget: Option<String>,
    /// The most spend in a UTC month, in dollars
    #[arg(long, value_name = "USD")]
    pub(super) monthly_budget: Option<String>,
    /// The most images one call may ask for, 1 to 8
    #[arg(long, value_name = "IMAGES", value_parser = images)]
    pub(super) max_images: Option<u32>,
    /// The most images it may have in flight at once
    #[arg(long, value_name = "IMAGES", value_parser = images)]
    pub(super) max_places: Option<u32>,
    /// The most requests, as in 60/min
    #[arg(long)]
    pub(super) rate: Option<String>,
    /// A model it may name; may be repeated [default: all]
    #[arg(long = "model", value_name = "MODEL")]
    pub(super) models: Vec<String>,
    /// A rendering speed it may name; may be repeated [default: all]
    #[arg(long = "speed", value_name = "SPEED")]
    pub(super) speeds: Vec<String>,
    /// A host that may receive webhooks; may be repeated [default: none]
    #[arg(long = "webhook-host", value_name = "HOST")]
    pub(super) webhook_hosts: Vec<String>,
    /// A host to fetch pictures from; may be repeated [default: all]
    #[arg(long = "image-host", value_name = "HOST")]
    pub(super) image_hosts: Vec<String>,
    /// A network it may be used from; may be repeated [default: all]
    #[arg(long = "cidr", value_name = "CIDR")]
    pub(super) cidrs: Vec<String>,
}

/// Returns an argument without the default that its help tells: where limits are narrowed, what is not
/// named stays as it is.
pub(super) fn without_default(argument: Arg) -> Arg {
    let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
    match help.split_once(" [default: ") {
        Some((help, _)) => argument.help(help.to_owned()),
        None => argument,
    }
}
