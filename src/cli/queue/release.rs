//! `ideogate queue release`

use crate::{
    admin::ReleasedView,
    cli::{client::Client, fault::Fault, screen::Screen},
};
use std::process::ExitCode;

/// Frees the places of a call.
pub(super) async fn run(client: &Client, screen: Screen, call: &str) -> anyhow::Result<ExitCode> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if !call.starts_with("call_") || !call.bytes().all(is_plain) {
        let told = format!("'{call}' is not the id of a call, which starts with call_");
        return Err(Fault::Usage(told).into());
    }
    let released: ReleasedView = client.post(&format!("/api/v1/queue/release/{call}")).await?;
    if screen.is_json() {
        screen.json(&released)?;
    } else {
        screen.line(format!("the places of {} are free", released.call))?;
    }
    Ok(ExitCode::SUCCESS)
}
