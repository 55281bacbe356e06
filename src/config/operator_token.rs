//! The operator token of whoever uses the command line: from the environment, or from a file that it
//! names; never from arguments, which every user of the machine can read.
//!
//! The token is for the command line alone; the gateway itself never reads these variables.

use super::{key_text, machine::open_to_others, paths};
use crate::domain::{PlainSecret, SecretKind};
use std::{fs::File, io::Read, path::Path};
use zeroize::Zeroizing;

/// Holds the token.
const VARIABLE: &str = "IDEOGATE_OPERATOR_TOKEN";
/// Names the file that holds it.
const FILE_VARIABLE: &str = "IDEOGATE_OPERATOR_TOKEN_FILE";

/// Longer than any token.
const LONGEST: u64 = 4096;

/// The environment gives an operator token that cannot be used; what it gives is not repeated.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{variable} {problem}")]
pub struct OperatorTokenError {
    variable: &'static str,
    problem: String,
}

/// Returns the operator token that these variables give, if they give one.
///
/// An empty variable counts as not set. It is an error when both are set, when the file cannot be read, and
/// when the text is no whole operator token with a right checksum. White space around the token does not
/// count.
pub fn operator_token(
    variables: &[(String, String)],
) -> Result<Option<PlainSecret>, OperatorTokenError> {
    let of = |wanted: &str| {
        let found = variables.iter().find(|(name, value)| name == wanted && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    };
    let fault = |variable, problem: &str| OperatorTokenError { variable, problem: problem.into() };
    match (of(VARIABLE), of(FILE_VARIABLE)) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => {
            Err(fault(FILE_VARIABLE, "is given beside IDEOGATE_OPERATOR_TOKEN: one is enough"))
        }
        (Some(text), None) => token(text).map(Some).map_err(|problem| fault(VARIABLE, problem)),
        (None, Some(path)) => {
            let line = read(path).map_err(|problem| fault(FILE_VARIABLE, &problem))?;
            let read = token(&line);
            read.map(Some)
                .map_err(|problem| fault(FILE_VARIABLE, &format!("names {path}, which {problem}")))
        }
    }
}

/// Returns what to tell of the file that these variables name, if other users can read it.
///
/// `None` where no file is named, or where only its owner and group can read it.
pub fn operator_token_doubt(variables: &[(String, String)]) -> Option<String> {
    let (_, path) =
        variables.iter().find(|(name, path)| name == FILE_VARIABLE && !path.is_empty())?;
    open_to_others(FILE_VARIABLE, Path::new(path))
}

/// Understands a token, or says what the text is instead.
fn token(text: &str) -> Result<PlainSecret, &'static str> {
    // Files end in a line break, and some in two characters for it.
    let text = text.trim_ascii();
    PlainSecret::parse(SecretKind::Operator, text).map_err(|_| match SecretKind::claimed_by(text) {
        Some(SecretKind::Client) => {
            "holds the token of an app (idg_…), which opens the data plane only"
        }
        Some(SecretKind::Operator) => "holds an operator token that is cut off or mistyped",
        None if text.is_empty() => "is empty",
        None if text.starts_with(['"', '\'']) => "has quotes around it: take them away",
        None if text.starts_with(VARIABLE) => "has NAME= in front: give the token alone",
        None if text.starts_with("Bearer ") => "has Bearer in front: give the token alone",
        None => "holds no operator token (ido_…)",
    })
}

/// Reads the file, up to 4096 bytes; the copy is wiped when it is dropped.
fn read(path: &str) -> Result<Zeroizing<String>, String> {
    if let Some(problem) = paths::problem(path) {
        return Err(problem.to_owned());
    }
    let unreadable = |error| key_text::unreadable(path, &error);
    let mut text = Zeroizing::new(String::with_capacity(256));
    let file = File::open(path).map_err(unreadable)?;
    // Bounded, for the file may be a device or a pipe without an end.
    file.take(LONGEST).read_to_string(&mut text).map_err(unreadable)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(pairs: &[(&str, &str)]) -> Result<Option<String>, String> {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let variables: Vec<_> = pairs.iter().map(own).collect();
        let token = operator_token(&variables).map_err(|error| error.to_string())?;
        Ok(token.map(|token| token.reveal().to_owned()))
    }

    #[test]
    fn a_token_comes_from_a_variable_or_a_file_and_a_wrong_one_is_not_repeated() {
        let good = PlainSecret::from_bits("ido_", &[7; 32]);
        let client = PlainSecret::from_bits("idg_prod_", &[7; 32]);
        let (good, client) = (good.reveal(), client.reveal());
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().to_str().unwrap();
        assert_eq!(given(&[("OTHER", good)]), Ok(None));
        assert_eq!(given(&[(VARIABLE, ""), (FILE_VARIABLE, "")]), Ok(None));
        assert_eq!(given(&[(VARIABLE, good), (FILE_VARIABLE, "")]), Ok(Some(good.to_owned())));
        assert!(given(&[(FILE_VARIABLE, "~/token")]).unwrap_err().contains("shell"));
        assert_eq!(given(&[(VARIABLE, good)]), Ok(Some(good.to_owned())));
        std::fs::write(path, format!("{good}\r\n")).unwrap();
        assert_eq!(given(&[(FILE_VARIABLE, path)]), Ok(Some(good.to_owned())));
        let both = given(&[(VARIABLE, good), (FILE_VARIABLE, path)]).unwrap_err();
        assert!(both.contains("one is enough"), "{both}");
        for (wrong, told) in [
            (" ", "is empty"),
            ("\"quoted-secret\"", "quotes"),
            ("IDEOGATE_OPERATOR_TOKEN=named-secret", "NAME="),
            ("Bearer borne-secret", "Bearer"),
            (client, "the token of an app"),
            (&good[..20], "cut off or mistyped"),
            ("secret-of-another-kind", "holds no operator token"),
        ] {
            let said = given(&[(VARIABLE, wrong)]).unwrap_err();
            assert!(said.starts_with(VARIABLE) && said.contains(told), "{said}");
            std::fs::write(path, wrong).unwrap();
            let said_of_file = given(&[(FILE_VARIABLE, path)]).unwrap_err();
            assert!(said_of_file.contains(told) && said_of_file.contains(path), "{said_of_file}");
            for text in [&said, &said_of_file] {
                assert!(wrong == " " || !text.contains(wrong), "{text}");
            }
        }
        assert!(given(&[(FILE_VARIABLE, "/nowhere")]).unwrap_err().contains("cannot be read"));
    }
}
