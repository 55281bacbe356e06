//! `ideogate operator me`

use super::show::fields;
use crate::{
    admin::MeView,
    cli::{client::AdminClient, output::Output},
};
use std::process::ExitCode;

/// Tells who asks.
///
/// At the socket that is the user of this machine, who has no entry among the operators.
pub(super) async fn run(client: &AdminClient, screen: Output) -> anyhow::Result<ExitCode> {
    let me: MeView = client.get("/api/v1/operators/me").await?;
    if screen.is_json() {
        screen.json(&me)?;
        return Ok(ExitCode::SUCCESS);
    }
    screen.line(format!("{} at {}: {}", me.user_id, client.at(), me.role))?;
    if let Some(operator) = me.operator {
        screen.fields(&fields(operator))?;
    }
    Ok(ExitCode::SUCCESS)
}
