//! The limits of a token, as they are given on the command line.

use crate::{
    cli::number::images,
    tokens::{Asked, AskedLimits},
};
use clap::{Arg, Args};

/// The limits that `token create` and `token update` set, and `token reduce` narrows.
#[derive(Debug, Args)]
pub struct LimitArguments {
    /// The most spend in a UTC day, in dollars
    #[arg(long, value_name = "USD")]
    daily_budget: Option<String>,
    /// The most spend in a UTC month, in dollars
    #[arg(long, value_name = "USD")]
    monthly_budget: Option<String>,
    /// The most images one call may ask for, 1 to 8
    #[arg(long, value_name = "IMAGES", value_parser = images)]
    max_images: Option<u32>,
    /// The most images it may have in flight at once
    #[arg(long, value_name = "IMAGES", value_parser = images)]
    max_places: Option<u32>,
    /// The most requests, as in 60/min
    #[arg(long)]
    rate: Option<String>,
    /// The longest wait in the queue, as in 60s
    #[arg(long, value_name = "DURATION")]
    queue_timeout: Option<String>,
    /// A model it may name; may be repeated [default: all]
    #[arg(long = "model", value_name = "MODEL")]
    models: Vec<String>,
    /// A rendering speed it may name; may be repeated [default: all]
    #[arg(long = "speed", value_name = "SPEED")]
    speeds: Vec<String>,
    /// A host that may receive webhooks; may be repeated [default: none]
    #[arg(long = "webhook-host", value_name = "HOST")]
    webhook_hosts: Vec<String>,
    /// A host to fetch pictures from; may be repeated [default: all]
    #[arg(long = "image-host", value_name = "HOST")]
    image_hosts: Vec<String>,
    /// A network it may be used from; may be repeated [default: all]
    #[arg(long = "cidr", value_name = "CIDR")]
    cidrs: Vec<String>,
}

impl From<LimitArguments> for AskedLimits {
    /// Texts go as they were typed: the gateway reads them and names all mistakes at once.
    fn from(typed: LimitArguments) -> Self {
        Self {
            daily_budget: typed.daily_budget.into(),
            monthly_budget: typed.monthly_budget.into(),
            max_images: typed.max_images.into(),
            max_places: typed.max_places.into(),
            rate: typed.rate.into(),
            queue_timeout: typed.queue_timeout.into(),
            models: typed.models.into(),
            speeds: typed.speeds.into(),
            webhook_hosts: typed.webhook_hosts.into(),
            image_hosts: typed.image_hosts.into(),
            cidrs: typed.cidrs.into(),
        }
    }
}

/// The limits that `token update` takes away.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that people give")]
pub struct LiftedLimits {
    /// Spend of any size in a day
    #[arg(long, conflicts_with = "daily_budget")]
    no_daily_budget: bool,
    /// Spend of any size in a month
    #[arg(long, conflicts_with = "monthly_budget")]
    no_monthly_budget: bool,
    /// As many images a call as Ideogram makes
    #[arg(long, conflicts_with = "max_images")]
    no_max_images: bool,
    /// As many images in flight as the account has places
    #[arg(long, conflicts_with = "max_places")]
    no_max_places: bool,
    /// No rate of its own
    #[arg(long, conflicts_with = "rate")]
    no_rate: bool,
    /// Waits as long as its environment lets it
    #[arg(long, conflicts_with = "queue_timeout")]
    no_queue_timeout: bool,
    /// Any model
    #[arg(long, alias = "no-models", conflicts_with = "models")]
    no_model: bool,
    /// Any rendering speed
    #[arg(long, alias = "no-speeds", conflicts_with = "speeds")]
    no_speed: bool,
    /// No host receives webhooks
    #[arg(long, aliases = ["no-webhook-hosts", "no-webhooks"], conflicts_with = "webhook_hosts")]
    no_webhook_host: bool,
    /// Pictures from any host
    #[arg(long, alias = "no-image-hosts", conflicts_with = "image_hosts")]
    no_image_host: bool,
    /// Used from anywhere
    #[arg(long, alias = "no-cidrs", conflicts_with = "cidrs")]
    no_cidr: bool,
}

impl LiftedLimits {
    /// Returns what is asked for, without the limits that shall go.
    pub(super) fn out_of(&self, asked: AskedLimits) -> AskedLimits {
        AskedLimits {
            daily_budget: lifted(self.no_daily_budget, asked.daily_budget),
            monthly_budget: lifted(self.no_monthly_budget, asked.monthly_budget),
            max_images: lifted(self.no_max_images, asked.max_images),
            max_places: lifted(self.no_max_places, asked.max_places),
            rate: lifted(self.no_rate, asked.rate),
            queue_timeout: lifted(self.no_queue_timeout, asked.queue_timeout),
            models: lifted(self.no_model, asked.models),
            speeds: lifted(self.no_speed, asked.speeds),
            webhook_hosts: lifted(self.no_webhook_host, asked.webhook_hosts),
            image_hosts: lifted(self.no_image_host, asked.image_hosts),
            cidrs: lifted(self.no_cidr, asked.cidrs),
        }
    }
}

fn lifted<T>(goes: bool, asked: Asked<T>) -> Asked<T> {
    if goes { Asked::Nothing } else { asked }
}

/// Returns an argument without the default that its help tells: where a token exists, what is not named stays
/// as it is.
pub(super) fn without_default(argument: Arg) -> Arg {
    let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
    match help.split_once(" [default: ") {
        Some((help, _)) => argument.help(help.to_owned()),
        None => argument,
    }
}
