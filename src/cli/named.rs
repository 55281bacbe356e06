//! Ids and names as they are typed, before they go anywhere.

use super::error::CliError;
use crate::domain::{IdOrName, MisplacedSecret};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What has a meaning of its own in a path, or might.
const SPECIAL: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'-').remove(b'.');

/// Returns an id or a name as a part of a path; refuses a secret that is given for one.
///
/// Every sign that could end the part or begin another is percent-encoded. It is an error if it is empty or
/// means a folder.
pub(super) fn segment(what: &str, text: &str) -> Result<String, CliError> {
    let text = parse(what, text)?.as_str();
    // Encoding is no help against dots: to whoever reads URLs `%2e%2e` is the folder above as well.
    if text.is_empty() || text == "." || text == ".." {
        let told = format!("'{text}' is not the id or name of {what}; the list shows them");
        return Err(CliError::Usage(told));
    }
    Ok(utf8_percent_encode(text, SPECIAL).to_string())
}

/// Refuses a secret that is given where the id or name of its holder is wanted; never repeats it.
///
/// A text that only begins like one is refused as well.
pub(super) fn not_a_secret(what: &str, text: Option<&str>) -> Result<(), CliError> {
    text.map_or(Ok(()), |text| parse(what, text).map(drop))
}

/// Refuses what is not the id of a call.
pub(super) fn call_id(text: &str) -> Result<(), CliError> {
    let call = parse("a call", text)?.as_str();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if call.starts_with("call_") && call.bytes().all(is_plain) {
        return Ok(());
    }
    let told = format!("'{call}' is not the id of a call, which starts with call_");
    Err(CliError::Usage(told))
}

fn parse<'t>(what: &str, text: &'t str) -> Result<IdOrName<'t>, CliError> {
    IdOrName::parse(text).map_err(|MisplacedSecret| {
        CliError::Usage(format!(
            "that is a token itself, where the id or name of {what} is wanted: if others may have \
             seen it, give its holder a new one; `ideogate token list` and `ideogate operator list` \
             show the ids"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_given_for_an_id_is_refused_and_not_repeated() {
        for secret in ["idg_prod_secret", "ido_secret"] {
            for refused in [segment("a token", secret).map(drop), call_id(secret)] {
                let told = refused.unwrap_err().to_string();
                assert!(
                    !told.contains("idg_") && !told.contains("ido_") && !told.contains("secret"),
                    "{told}"
                );
            }
        }
    }

    #[test]
    fn a_name_stays_one_part_of_the_path() {
        let segment = |text| segment("a token", text).unwrap();
        assert_eq!(segment("tok_01kaxyz"), "tok_01kaxyz");
        assert_eq!(segment("tok_1/../x"), "tok_1%2F..%2Fx");
        assert_eq!(segment("Poster Bot?"), "Poster%20Bot%3F");
        assert!(super::segment("a token", "..").is_err() && super::segment("a token", "").is_err());
    }
}
