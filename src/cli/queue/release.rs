//! `ideogate queue release`

use crate::{
    admin::ReleasedView,
    cli::{client::AdminClient, named, output::Output},
};
use std::process::ExitCode;

/// Frees the places of a call.
///
/// It is an error if the call holds no places any more. Its money stays reserved.
pub(super) async fn run(
    client: &AdminClient,
    screen: Output,
    call: &str,
) -> anyhow::Result<ExitCode> {
    named::call_id(call)?;
    let released: ReleasedView = client.post(&format!("/api/v1/queue/release/{call}")).await?;
    if screen.is_json() {
        screen.json(&released)?;
    } else {
        screen.line(format!("the places of {} are free", released.call))?;
    }
    Ok(ExitCode::SUCCESS)
}
