//! `ideogate env …`

use super::{arguments::Global, fault::Fault, locate, run::wait, screen::Screen};
use crate::{
    admin::{EnvironmentView, KeyState},
    config::{LoadedSettings, Secrets},
    domain::EnvironmentName,
};
use clap::Subcommand;
use std::process::ExitCode;

/// Shows the environments, as the settings and the variables of this shell have them.
#[derive(Debug, Subcommand)]
pub enum EnvironmentCommand {
    /// List the environments with their ceilings
    #[command(after_help = "Examples:\n  ideogate env list\n  ideogate env list --output json")]
    List,
    /// Show one environment
    #[command(after_help = "Examples:\n  ideogate env show prod")]
    Show {
        /// The environment
        #[arg(value_name = "ENV")]
        name: String,
    },
}

/// Shows them; a gateway that runs is asked about their keys.
pub(super) fn run(
    global: &Global,
    screen: Screen,
    command: &EnvironmentCommand,
) -> anyhow::Result<ExitCode> {
    let mut all = views(&locate::settings(global)?)?;
    ask_gateway(global, &mut all);
    match command {
        EnvironmentCommand::List if screen.is_json() => screen.json(&all)?,
        EnvironmentCommand::List => list(screen, all)?,
        EnvironmentCommand::Show { name } => {
            let found = all.iter().find(|view| view.name == *name);
            let view = found.ok_or_else(|| unknown(name, &all))?;
            if screen.is_json() { screen.json(view)? } else { screen.fields(&fields(view))? }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A gateway that runs knows more of the keys: their versions, and whether Ideogram takes them.
fn ask_gateway(global: &Global, all: &mut [EnvironmentView]) {
    let ask = async { locate::client(global)?.get("/api/v1/environments").await };
    let Ok(known): anyhow::Result<Vec<EnvironmentView>> = wait(ask) else { return };
    for view in all {
        if let Some(told) = known.iter().find(|told| told.name == view.name) {
            view.key = told.key.clone();
        }
    }
}

fn unknown(name: &str, all: &[EnvironmentView]) -> Fault {
    let known: Vec<_> = all.iter().map(|view| view.name.as_str()).collect();
    Fault::Usage(format!("there is no environment '{name}'; there are: {}", known.join(", ")))
}

/// Returns the environments with what is known of their keys here.
fn views(loaded: &LoadedSettings) -> Result<Vec<EnvironmentView>, Fault> {
    let settings = &loaded.settings;
    let secrets = Secrets::load(settings, &loaded.variables).map_err(Fault::Settings)?;
    let view =
        |(name, environment)| EnvironmentView::of(name, environment, settings, key(name, &secrets));
    Ok(settings.environments.iter().map(view).collect())
}

/// Returns what is known of an environment's key, never the key.
fn key(name: &EnvironmentName, secrets: &Secrets) -> KeyState {
    if let Some(missing) = secrets.missing().iter().find(|one| one.environment == *name) {
        return KeyState::Missing { how: missing.how.clone() };
    }
    if secrets.key(name).is_none() {
        return KeyState::Unneeded;
    }
    let group = secrets.shared().into_iter().find(|names| names.contains(name));
    let others = group.unwrap_or_default().into_iter().filter(|other| other != name);
    KeyState::Present { version: None, shared_with: others.collect() }
}

fn list(screen: Screen, all: Vec<EnvironmentView>) -> anyhow::Result<()> {
    let hints: Vec<_> = all.iter().filter_map(|view| view.key.hint.clone()).collect();
    let row = |view: EnvironmentView| {
        let (scopes, weight) = (view.scopes.join(" "), view.weight.to_string());
        [view.name, view.account, scopes, weight, view.key.status]
    };
    let header = ["name", "account", "ceiling", "weight", "key"];
    screen.table(header, all.into_iter().map(row).collect(), "There are no environments.")?;
    for hint in hints {
        screen.note(hint);
    }
    Ok(())
}

fn fields(view: &EnvironmentView) -> Vec<(&'static str, String)> {
    let mut key = view.key.status.clone();
    if !view.key.shared_with.is_empty() {
        key = format!("{key}, shared with {}", view.key.shared_with.join(", "));
    }
    let mut fields = vec![
        ("name", view.name.clone()),
        ("account", view.account.clone()),
        ("ceiling", view.scopes.join(" ")),
        ("weight", view.weight.to_string()),
        ("reserved places", view.reserved_places.to_string()),
        ("queue timeout", view.queue_timeout.clone()),
        ("token lifetime", view.token_lifetime.clone()),
        ("key", key),
    ];
    let budget = view.daily_budget.as_ref().map(|amount| ("daily budget", format!("${amount}")));
    let hint = view.key.hint.as_ref().map(|hint| ("what to do", hint.clone()));
    fields.extend(budget.into_iter().chain(hint));
    fields
}
