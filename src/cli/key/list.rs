//! `ideogate key list`

use super::grouped::{Grouped, grouped};
use crate::{
    cli::{client::AdminClient, output::Output, times::moment},
    domain::Timestamp,
    keys::KeyView,
};
use std::process::ExitCode;

/// Lists the keys.
///
/// What needs words goes to stderr, below the table.
pub(super) async fn run(client: &AdminClient, screen: Output) -> anyhow::Result<ExitCode> {
    let all: Vec<KeyView> = client.get("/api/v1/keys").await?;
    if screen.is_json() {
        screen.json(&all)?;
        return Ok(ExitCode::SUCCESS);
    }
    let header =
        ["key", "state", "environments", "account", "since", "last used", "in flight", "revoke"];
    let all = grouped(all);
    let rows = all.iter().map(|group| row(&group.key)).collect();
    screen.table(header, rows, "There are no keys: every environment uses the simulator.")?;
    for group in &all {
        for words in words(group) {
            screen.note(words);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns a key as a row.
fn row(view: &KeyView) -> [String; 8] {
    let time = |at: Option<Timestamp>| at.map_or("-".to_owned(), moment);
    let revoke = if view.safe_to_revoke { "safe" } else { "no" };
    [
        view.version.clone(),
        view.state.clone(),
        view.environments.join(" "),
        view.account.clone(),
        time(view.since),
        time(view.last_used),
        view.in_flight.to_string(),
        revoke.to_owned(),
    ]
}

/// Returns what is to be said of a key beside its row.
fn words(group: &Grouped) -> Vec<String> {
    let Grouped { key: view, sources } = group;
    let mut words = Vec::new();
    if sources.len() > 1 {
        words.push(format!("{} comes from {}.", view.version, sources.join(" and ")));
    }
    if let Some(note) = view.note.as_ref().filter(|_| view.state != "retired") {
        words.push(format!("{} {}: {note}.", view.version, view.state));
    }
    if !view.shared_with.is_empty() {
        let (version, others) = (&view.version, view.shared_with.join(", "));
        words.push(format!("{version} is also used by {others}, in another account."));
    }
    words
}

/// Returns words about keys that need somebody: rejected and refused ones.
///
/// `doctor` shows them as broken.
pub(in crate::cli) async fn doubts(client: &AdminClient) -> anyhow::Result<Vec<String>> {
    let all: Vec<KeyView> = client.get("/api/v1/keys").await?;
    let bad = all.iter().filter(|view| matches!(view.state.as_str(), "rejected" | "refused"));
    let told = |view: &KeyView| {
        let note = view.note.clone().unwrap_or_default();
        format!("{} of {} is {}: {note}", view.version, view.environments.join(", "), view.state)
    };
    Ok(bad.map(told).collect())
}
