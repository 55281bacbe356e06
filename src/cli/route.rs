//! `ideogate route …`

use super::{
    error::CliError,
    global::Global,
    locate,
    output::Output,
    running::{self, Difference, Source, Sourced},
    runtime::wait,
};
use crate::{
    admin::RouteView,
    config::{SettingOrigin, Settings, no_such},
};
use clap::Subcommand;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    process::ExitCode,
};

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

/// Shows them as the gateway that runs has them; as the caller's file has them where none runs.
///
/// Where both are there and differ, the gateway counts and the difference is told on stderr.
pub(super) fn run(
    global: &Global,
    screen: Output,
    command: &RouteCommand,
) -> anyhow::Result<ExitCode> {
    let (all, source, differing) = wait(found(global, screen))?;
    let sourced = |view| Sourced::new(view, source, &differing, &prefix(view));
    match command {
        RouteCommand::List => {
            running::tell(global, screen, &differing);
            if screen.is_json() {
                screen.json(&all.iter().map(sourced).collect::<Vec<_>>())?;
            } else {
                let header = ["name", "method", "path", "scope", "places", "notes"];
                screen.table(header, all.iter().map(row).collect(), "There are no routes.")?;
            }
        }
        RouteCommand::Show { name } => {
            let found = all.iter().find(|view| view.name == *name);
            let view = found.ok_or_else(|| unknown(name, &all))?;
            let own = prefix(view);
            running::tell(global, screen, differing.iter().filter(|one| one.key.starts_with(&own)));
            if screen.is_json() {
                screen.json(&sourced(view))?;
            } else {
                screen.fields(&fields(view))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the routes, whose they are, and where the caller's own differ.
async fn found(
    global: &Global,
    screen: Output,
) -> anyhow::Result<(Vec<RouteView>, Source, Vec<Difference>)> {
    let Some(running) = running::find(global, screen).await? else {
        return Ok((own(&locate::settings(global)?.settings), Source::File, Vec::new()));
    };
    let all: Vec<RouteView> = running.client.get("/api/v1/routes").await?;
    let differing = match locate::settings(global) {
        Ok(loaded) if says_routes(global, &loaded.settings) => differing(&all, &loaded.settings),
        _ => Vec::new(),
    };
    Ok((all, Source::Gateway, differing))
}

/// Says whether the caller's settings mean to say anything about routes.
///
/// Where neither a settings file nor a route file was named, the shipped table is nobody's word.
fn says_routes(global: &Global, settings: &Settings) -> bool {
    let file = settings.shown.get("routes.file");
    global.config.is_some() || file.is_some_and(|file| file.origin != SettingOrigin::Default)
}

/// Returns the routes of the caller's settings.
fn own(settings: &Settings) -> Vec<RouteView> {
    settings.routes.routes().iter().map(|route| RouteView::from_route(route)).collect()
}

/// Returns how the columns of a route begin.
fn prefix(view: &RouteView) -> String {
    format!("routes.{}.", view.name)
}

/// Returns where the caller's route table is another than the one in force, column by column.
///
/// Routes that only one side has differ in every column that is set.
fn differing(all: &[RouteView], settings: &Settings) -> Vec<Difference> {
    let columns = |views: &[RouteView]| -> BTreeMap<String, Option<String>> {
        views.iter().flat_map(columns_of).collect()
    };
    let (theirs, mine) = (columns(all), columns(&own(settings)));
    let keys: BTreeSet<_> = theirs.keys().chain(mine.keys()).collect();
    let difference = |key: &String| {
        let value =
            |columns: &BTreeMap<String, Option<String>>| columns.get(key).cloned().flatten();
        let (gateway, file) = (value(&theirs), value(&mine));
        let origin = "your route table".to_owned();
        (gateway != file).then(|| Difference { key: key.clone(), gateway, file, origin })
    };
    keys.into_iter().filter_map(difference).collect()
}

/// Returns the columns of a route, each as text.
fn columns_of(view: &RouteView) -> Vec<(String, Option<String>)> {
    let Ok(Value::Object(columns)) = serde_json::to_value(view) else { return Vec::new() };
    let shown = |value: Value| (!value.is_null()).then(|| value.to_string());
    let key = |column: String| format!("{}{column}", prefix(view));
    columns.into_iter().map(|(column, value)| (key(column), shown(value))).collect()
}

/// Returns the mistake of naming one that is not there.
fn unknown(name: &str, all: &[RouteView]) -> CliError {
    let known: Vec<_> = all.iter().map(|view| view.name.as_str()).collect();
    CliError::Usage(format!("{}; see `ideogate route list`", no_such("route", name, &known)))
}

/// Returns a route as a row.
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

/// Returns what is special about a route, in words.
fn notes(view: &RouteView) -> String {
    let notes = [
        (!view.enabled, "off"),
        (view.cost == "free", "free"),
        (view.own_with_write, "its own with any write: scope"),
        (view.deprecated, "deprecated"),
        (!view.verified, "unverified"),
    ];
    let notes: Vec<_> = notes.iter().filter(|(is, _)| *is).map(|(_, note)| *note).collect();
    notes.join(", ")
}

/// Returns a route field by field; what it does not have is left out.
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
