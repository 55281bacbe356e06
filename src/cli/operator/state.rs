//! `ideogate operator disable`, `enable` and `revoke`

use crate::{
    admin::OperatorView,
    cli::{client::Client, fault::Fault, screen::Screen},
    domain::SecretKind,
};
use clap::Args;
use std::process::ExitCode;

/// Which operators.
#[derive(Debug, Args)]
pub struct StateArguments {
    /// The operators' ids; never their tokens
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
}

/// Changes the operators, one after the other.
pub(super) async fn run(
    client: &Client,
    screen: Screen,
    arguments: &StateArguments,
    change: &str,
) -> anyhow::Result<ExitCode> {
    let ids = arguments.ids.iter().map(|text| id(text)).collect::<Result<Vec<_>, _>>()?;
    for id in ids {
        let path = format!("/api/v1/operators/{id}/{change}");
        tell(screen, &client.post(&path).await?)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Tells what an operator is now.
pub(super) fn tell(screen: Screen, operator: &OperatorView) -> anyhow::Result<()> {
    if screen.is_json() {
        return screen.json(operator);
    }
    let OperatorView { id, name, role, state, .. } = operator;
    Ok(screen.line(format!("{id} ({name}, {role}) is {state}"))?)
}

/// Reads an id, and refuses a token given for one before it goes anywhere.
pub(super) fn id(text: &str) -> Result<&str, Fault> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if text.starts_with("op_") && text.bytes().all(is_plain) {
        return Ok(text);
    }
    Err(Fault::Usage(if SecretKind::claimed_by(text).is_some() {
        "that is a token itself: others may have seen it now, so give its holder a new one; \
         `ideogate operator list` shows the ids"
            .to_owned()
    } else {
        format!("'{text}' is not the id of an operator; `ideogate operator list` shows the ids")
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_given_for_an_id_is_refused_and_not_repeated() {
        let told = id("ido_secret").unwrap_err().to_string();
        assert!(!told.contains("ido_"));
        assert!(id("op_1/../x").is_err());
        assert!(id("anna").unwrap_err().to_string().contains("anna"));
        assert_eq!(id("op_01kaxyz").unwrap(), "op_01kaxyz");
    }
}
