//! `ideogate audit show`

use crate::{
    admin::AuditShow,
    cli::{client::AdminClient, error::CliError, named, output::Output},
};
use serde_json::Value;
use std::process::ExitCode;

/// Shows an entry.
///
/// A request that was only counted is answered with the summary that may count it, which is said on stderr. A
/// token in place of the id is refused and not repeated.
pub(super) async fn run(
    client: &AdminClient,
    screen: Output,
    id: &str,
    archived: bool,
) -> anyhow::Result<ExitCode> {
    named::not_a_secret("a call or request", Some(id))?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    // It becomes a part of a path, and is an id in any case, so it is looked at here.
    if !(id.starts_with("call_") || id.starts_with("req_")) || !id.bytes().all(is_plain) {
        let told = format!(
            "'{id}' is not the id of a call or request, which start with call_ and req_; \
             `ideogate audit search` finds entries by other names"
        );
        return Err(CliError::Usage(told).into());
    }
    let asked = AuditShow { archived: archived.then_some(true) };
    let entry: Value = client.search(&format!("/api/v1/audit/{id}"), &asked).await?;
    if entry["metadata"]["may_count"].is_string() {
        let count = &entry["metadata"]["count"];
        screen.note(format!(
            "{id} is not on record by itself. It may be one of the {count} requests that this summary counts; \
             nobody can say more than that the time fits."
        ));
    }
    if screen.is_json() {
        screen.json(&entry)?;
    } else {
        screen.line(serde_json::to_string_pretty(&entry)?)?;
    }
    Ok(ExitCode::SUCCESS)
}
