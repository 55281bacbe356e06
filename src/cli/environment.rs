//! `ideogate env …`

use super::{
    error::CliError,
    global::Global,
    locate,
    output::Output,
    running::{self, Difference, Source, Sourced},
    runtime::wait,
};
use crate::{
    admin::{EnvironmentView, PolicyView},
    config::{self, EnvironmentSettings, LoadedSettings, Secrets, no_such},
    domain::EnvironmentName,
    keys::KeyState,
};
use clap::Subcommand;
use std::{process::ExitCode, sync::Arc};

/// Shows the environments, as the gateway that runs has them.
#[derive(Debug, Subcommand)]
pub enum EnvironmentCommand {
    /// List the environments with the scopes they allow
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

/// Shows them as the gateway that runs has them; as the caller's file has them where none runs.
///
/// Where both are there and differ, the gateway counts and the difference is told on stderr.
pub(super) fn run(
    global: &Global,
    screen: Output,
    command: &EnvironmentCommand,
) -> anyhow::Result<ExitCode> {
    let (all, source, differing) = wait(found(global, screen))?;
    match command {
        EnvironmentCommand::List => {
            running::tell(global, screen, &differing);
            if screen.is_json() {
                let all: Vec<_> =
                    all.iter().map(|view| sourced(view, source, &differing)).collect();
                screen.json(&all)?;
            } else {
                list(screen, all)?;
            }
        }
        EnvironmentCommand::Show { name } => {
            let found = all.iter().find(|view| view.name == *name);
            let own = prefix(name);
            running::tell(global, screen, differing.iter().filter(|one| one.key.starts_with(&own)));
            let view = found.ok_or_else(|| unknown(name, &all))?;
            if screen.is_json() {
                screen.json(&sourced(view, source, &differing))?;
            } else {
                screen.fields(&fields(view))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the environments, whose they are, and where the caller's own differ.
async fn found(
    global: &Global,
    screen: Output,
) -> anyhow::Result<(Vec<EnvironmentView>, Source, Vec<Difference>)> {
    let Some(running) = running::find(global, screen).await? else {
        return Ok((views(&locate::settings(global)?)?, Source::File, Vec::new()));
    };
    let all = running.client.get("/api/v1/environments").await?;
    let mut differing = running::differences(global, screen, &running.settings);
    differing.retain(|one| one.key.starts_with("environments."));
    Ok((all, Source::Gateway, differing))
}

/// Returns how the keys of an environment's settings begin.
fn prefix(name: &str) -> String {
    format!("environments.{}.", config::join("", name))
}

/// Returns an environment with where it comes from.
fn sourced<'v>(
    view: &'v EnvironmentView,
    source: Source,
    differing: &'v [Difference],
) -> Sourced<'v, EnvironmentView> {
    Sourced::new(view, source, differing, &prefix(&view.name))
}

/// Returns the mistake of naming one that is not there.
fn unknown(name: &str, all: &[EnvironmentView]) -> CliError {
    let known: Vec<_> = all.iter().map(|view| view.name.as_str()).collect();
    CliError::Usage(no_such("environment", name, &known))
}

/// Returns the environments with what is known of their keys here.
///
/// It is an error if a key that was given is none.
fn views(loaded: &LoadedSettings) -> Result<Vec<EnvironmentView>, CliError> {
    let settings = &loaded.settings;
    let secrets = Secrets::load(settings, &loaded.variables).map_err(CliError::Settings)?;
    let view = |(name, environment): (_, &Arc<EnvironmentSettings>)| {
        EnvironmentView::new(name, environment, settings, key(name, &secrets))
    };
    Ok(settings.environments.iter().map(view).collect())
}

/// Returns what is known of an environment's key, never the key.
///
/// Whether Ideogram takes it is not known here.
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

/// Prints a table, and hints to stderr.
fn list(screen: Output, all: Vec<EnvironmentView>) -> anyhow::Result<()> {
    let hints: Vec<_> = all.iter().filter_map(|view| view.key.hint.clone()).collect();
    let row = |view: EnvironmentView| {
        let (scopes, weight) = (view.scopes.join(" "), view.weight.to_string());
        [view.name, view.state, view.account, scopes, weight, view.key.status]
    };
    let header = ["name", "state", "account", "scopes", "weight", "key"];
    screen.table(header, all.into_iter().map(row).collect(), "There are no environments.")?;
    for hint in hints {
        screen.note(hint);
    }
    Ok(())
}

/// Returns an environment field by field.
fn fields(view: &EnvironmentView) -> Vec<(&'static str, String)> {
    let mut key = view.key.status.clone();
    if !view.key.shared_with.is_empty() {
        key = format!("{key}, shared with {}", view.key.shared_with.join(", "));
    }
    let mut fields = vec![
        ("name", view.name.clone()),
        ("state", view.state.clone()),
        ("account", view.account.clone()),
        ("scopes", view.scopes.join(" ")),
        ("weight", view.weight.to_string()),
        ("reserved places", view.reserved_places.to_string()),
        ("queue timeout", view.queue_timeout.clone()),
        ("token lifetime", view.token_lifetime.clone()),
        ("key", key),
    ];
    fields.extend(view.limited.words.as_ref().map(|words| ("write:limited", words.clone())));
    let budgets = [("daily budget", &view.daily_budget), ("monthly budget", &view.monthly_budget)];
    let budget = |(name, amount): (_, &Option<String>)| {
        amount.as_ref().map(|amount| (name, format!("${amount}")))
    };
    fields.extend(budgets.into_iter().filter_map(budget));
    fields.extend(policy(&view.policy));
    fields.extend(view.key.hint.as_ref().map(|hint| ("what to do", hint.clone())));
    fields
}

/// Returns what is ruled, if anything is.
fn policy(policy: &PolicyView) -> Option<(&'static str, String)> {
    let count = |name: &str, most: Option<u32>| most.map(|most| format!("{name} {most}"));
    let list = |name: &str, words: &[String]| {
        (!words.is_empty()).then(|| format!("{name} {}", words.join(" ")))
    };
    let rules = [
        count("max_images", policy.max_images),
        count("max_places", policy.max_places),
        count("requests_per_minute", policy.requests_per_minute),
        list("models", &policy.models),
        list("speeds", &policy.speeds),
        list("webhook_hosts", &policy.webhook_hosts),
        list("image_hosts", &policy.image_hosts),
        list("cidrs", &policy.cidrs),
    ];
    let rules: Vec<_> = rules.into_iter().flatten().collect();
    (!rules.is_empty()).then(|| ("policy", rules.join(", ")))
}
