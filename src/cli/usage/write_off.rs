//! `ideogate usage write-off`

use crate::{
    admin::WrittenOffView,
    cli::{client::Client, fault, screen::Screen},
};
use std::process::ExitCode;

/// Gives back the money that is reserved for a call.
pub(super) async fn run(client: &Client, screen: Screen, call: &str) -> anyhow::Result<ExitCode> {
    fault::check_call_id(call)?;
    let done: WrittenOffView = client.post(&format!("/api/v1/usage/write-off/{call}")).await?;
    if screen.is_json() {
        screen.json(&done)?;
    } else {
        screen.line(format!("the ${} of {} count no more", done.amount_usd, done.call))?;
    }
    Ok(ExitCode::SUCCESS)
}
