//! `ideogate route …`

use super::{arguments::Global, fault::Fault, locate, screen::Screen};
use crate::admin::RouteView;
use clap::Subcommand;
use std::process::ExitCode;

/// Shows the route table: what is not in it is refused.
#[derive(Debug, Subcommand)]
pub enum RouteCommand {
    /// List the routes with the scope each needs
    #[command(after_help = "Examples:
  ideogate route list
  ideogate route list --output json | jq -r '.[] | select(.enabled | not) | .name'")]
    List,
    /// Show one route
    #[command(after_help = "Examples:\n  ideogate route show v3.generate")]
    Show {
        /// The route's name
        #[arg(value_name = "ROUTE")]
        name: String,
    },
}

/// Shows them; needs no gateway.
pub(super) fn run(
    global: &Global,
    screen: Screen,
    command: &RouteCommand,
) -> anyhow::Result<ExitCode> {
    let settings = locate::settings(global)?.settings;
    let all: Vec<_> = settings.routes.routes().iter().map(|route| RouteView::of(route)).collect();
    match command {
        RouteCommand::List if screen.is_json() => screen.json(&all)?,
        RouteCommand::List => {
            let header = ["name", "method", "path", "scope", "places", "notes"];
            screen.table(header, all.iter().map(row).collect(), "There are no routes.")?;
        }
        RouteCommand::Show { name } => {
            let found = all.iter().find(|view| view.name == *name);
            let view = found.ok_or_else(|| {
                Fault::Usage(format!("there is no route '{name}'; see `ideogate route list`"))
            })?;
            if screen.is_json() { screen.json(view)? } else { screen.fields(&fields(view))? }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn row(view: &RouteView) -> [String; 6] {
    [
        view.name.clone(),
        view.method.clone(),
        view.path.clone(),
        view.scope.clone().unwrap_or_else(|| "none".to_owned()),
        view.places.clone(),
        notes(view),
    ]
}

fn notes(view: &RouteView) -> String {
    let notes = [
        (!view.enabled, "off"),
        (view.cost == "free", "free"),
        (view.deprecated, "deprecated"),
        (!view.verified, "unverified"),
    ];
    let notes: Vec<_> = notes.iter().filter(|(is, _)| *is).map(|(_, note)| *note).collect();
    notes.join(" ")
}

fn fields(view: &RouteView) -> Vec<(&'static str, String)> {
    let mut fields = vec![
        ("name", view.name.clone()),
        ("request", format!("{} {}", view.method, view.path)),
        ("scope", view.scope.clone().unwrap_or_else(|| "none".to_owned())),
        ("body", view.bodies.join(" or ")),
        ("largest body", bytesize::ByteSize(view.body_cap).to_string()),
        ("places", view.places.clone()),
        ("cost", view.cost.clone()),
        ("asynchronous", view.asynchronous.clone()),
        ("query", view.query.join(" ")),
        ("model", view.model.clone().unwrap_or_default()),
        ("notes", notes(view)),
    ];
    fields.retain(|(_, value)| !value.is_empty());
    fields
}
