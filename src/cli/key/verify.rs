//! `ideogate key verify`

use crate::{
    cli::{client::AdminClient, error::FINDING, output::Output},
    keys::VerifiedView,
};
use std::process::ExitCode;

/// Asks Ideogram about the keys.
///
/// The code is 2 if any key is rejected, and 1 if no clear answer came for one.
pub(super) async fn run(client: &AdminClient, screen: Output) -> anyhow::Result<ExitCode> {
    let all: Vec<VerifiedView> = client.post("/api/v1/keys/verify").await?;
    if screen.is_json() {
        screen.json(&all)?;
    } else {
        let header = ["key", "state", "environments", "account", "ideogram says"];
        let rows = all.iter().map(row).collect();
        screen.table(header, rows, "There are no keys: every environment uses the simulator.")?;
    }
    let code = match all.iter().map(|one| one.verdict.as_str()).max_by_key(|one| rank(one)) {
        Some("rejected") => ExitCode::from(FINDING),
        Some("unclear") => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    };
    Ok(code)
}

/// Returns how bad a verdict is.
fn rank(verdict: &str) -> u8 {
    match verdict {
        "rejected" => 2,
        "unclear" => 1,
        _ => 0,
    }
}

/// Returns a key as a row.
fn row(one: &VerifiedView) -> [String; 5] {
    let said = match &one.note {
        Some(note) => format!("{}: {note}", one.verdict),
        None => one.verdict.clone(),
    };
    let (version, state) = (one.version.clone(), one.state.clone());
    [version, state, one.environments.join(" "), one.account.clone(), said]
}
