//! `ideogate token disable`, `enable` and `revoke`

use crate::{
    admin::TokenView,
    cli::{client::Client, fault::Fault, screen::Screen},
    domain::SecretKind,
};
use clap::Args;
use std::process::ExitCode;

/// Which tokens.
#[derive(Debug, Args)]
pub struct StateArguments {
    /// The tokens' ids; never the tokens themselves
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
}

/// Changes the tokens, one after the other.
pub(super) async fn run(
    client: &Client,
    screen: Screen,
    arguments: &StateArguments,
    change: &str,
) -> anyhow::Result<ExitCode> {
    let ids = arguments.ids.iter().map(|text| id(text)).collect::<Result<Vec<_>, _>>()?;
    for id in ids {
        let token: TokenView = client.post(&format!("/api/v1/tokens/{id}/{change}")).await?;
        if screen.is_json() {
            screen.json(&token)?;
        } else {
            screen.line(format!("{} ({}) is {}", token.id, token.name, token.state))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads an id, and refuses a token given for one before it goes anywhere.
pub(super) fn id(text: &str) -> Result<&str, Fault> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if text.starts_with("tok_") && text.bytes().all(is_plain) {
        return Ok(text);
    }
    Err(Fault::Usage(if SecretKind::claimed_by(text).is_some() {
        "that is a token itself, which belongs to nobody but its app: if others may have seen it, \
         revoke it by its id; `ideogate token list` shows the ids"
            .to_owned()
    } else {
        format!("'{text}' is not the id of a token; `ideogate token list` shows the ids")
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_given_for_an_id_is_refused_and_not_repeated() {
        let told = id("idg_prod_secret").unwrap_err().to_string();
        assert!(!told.contains("idg_"));
        assert!(!id("ido_secret").unwrap_err().to_string().contains("ido_"));
        assert!(id("tok_1/../x").is_err());
        assert_eq!(id("tok_01kaxyz").unwrap(), "tok_01kaxyz");
    }
}
