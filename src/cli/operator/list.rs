//! `ideogate operator list`

use crate::{
    admin::OperatorView,
    cli::{client::AdminClient, output::Output, times},
    domain::{Clock, SystemClock},
};
use std::process::ExitCode;

/// Lists the operators.
///
/// Revoked and expired ones are among them.
pub(super) async fn run(client: &AdminClient, screen: Output) -> anyhow::Result<ExitCode> {
    let operators: Vec<OperatorView> = client.get("/api/v1/operators").await?;
    if screen.is_json() {
        screen.json(&operators)?;
        return Ok(ExitCode::SUCCESS);
    }
    let now = SystemClock.now();
    let row = |one: OperatorView| {
        let expires = times::from_now(one.expires_at, now);
        [one.id, one.name, one.role, one.state, expires]
    };
    let header = ["id", "name", "role", "state", "expires"];
    let rows = operators.into_iter().map(row).collect();
    screen.table(header, rows, "There are no operators; `ideogate operator create` makes one.")?;
    Ok(ExitCode::SUCCESS)
}
