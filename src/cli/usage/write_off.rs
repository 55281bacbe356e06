//! `ideogate usage write-off`

use crate::{
    admin::{WriteOffReason, WriteOffStep, WrittenOffView},
    cli::{client::AdminClient, named, output::Output},
};
use std::process::ExitCode;

/// Gives back the money that is reserved for a call, or takes that back.
///
/// It is an error if nothing is reserved, or if it is too late to undo. A missing reason is told, since the
/// record is kept for ever.
pub(super) async fn run(
    client: &AdminClient,
    screen: Output,
    (call, way): (&str, WriteOffStep),
    reason: Option<String>,
) -> anyhow::Result<ExitCode> {
    named::call_id(call)?;
    let undo = if way == WriteOffStep::Back { "/undo" } else { "" };
    let path = format!("/api/v1/usage/write-off/{call}{undo}");
    let is_silent = reason.is_none();
    let done: WrittenOffView = client.post_json(&path, &WriteOffReason { reason }).await?;
    if screen.is_json() {
        screen.json(&done)?;
        return Ok(ExitCode::SUCCESS);
    }
    let WrittenOffView { call, amount_usd } = done;
    match way {
        WriteOffStep::Off => screen.line(format!("the ${amount_usd} of {call} count no more"))?,
        WriteOffStep::Back => {
            screen.line(format!("the ${amount_usd} of {call} are reserved again"))?;
        }
    }
    if is_silent {
        screen.note("No reason is on record; say one with --reason TEXT.");
    }
    Ok(ExitCode::SUCCESS)
}
