//! End users as they are typed.

use super::client::AdminClient;
use crate::admin::{PersonAsked, PersonFound};
use anyhow::Context;
use std::io;

/// How the ids of end users begin.
const ID: &str = "usr_";

/// Returns a name or an id as it was typed, or the first line of stdin for `-`.
pub(super) fn typed(text: &str) -> anyhow::Result<String> {
    if text != "-" {
        return Ok(text.to_owned());
    }
    let mut line = String::new();
    io::stdin().read_line(&mut line).context("stdin cannot be read")?;
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}

/// Returns the id that stands for somebody, by that id or by a name; it is an error if nobody is known by it.
///
/// A name goes into a body, since addresses end up in the logs of whatever lies between.
pub(super) async fn id(client: &AdminClient, text: Option<&str>) -> anyhow::Result<Option<String>> {
    let Some(text) = text else { return Ok(None) };
    let user = typed(text)?;
    if user.starts_with(ID) {
        return Ok(Some(user));
    }
    let found: PersonFound =
        client.post_json("/api/v1/audit/persons/find", &PersonAsked { user }).await?;
    Ok(Some(found.user))
}
