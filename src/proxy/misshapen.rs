//! What to say of a credential that cannot be a token, whoever made it.

use crate::{
    domain::{ErrorCode, SecretKind, SecretShapeError},
    web::ClientError,
};

/// Returns the problem of a credential that has not the shape of a token, which says nothing of any
/// token there is, and repeats nothing of what was presented.
///
/// A token whose checksum alone is wrong has the shape, and reads like one that is unknown.
pub(super) fn misshapen(presented: &str) -> Option<ClientError> {
    let error = SecretKind::Client.check(presented).err()?;
    (error != SecretShapeError::Checksum).then(|| problem(hint(presented, error)))
}

/// Returns the problem of a credential that is no text.
pub(super) fn no_text() -> ClientError {
    problem("it has characters beyond ASCII: leave out typographic quotes and ellipses")
}

fn problem(hint: &str) -> ClientError {
    let message = format!(
        "what was sent has not the shape of a token of this gateway, which is idg_, the environment, _ \
         and 49 letters and digits: {hint}"
    );
    ClientError::new(ErrorCode::TokenInvalid, message)
}

fn hint(presented: &str, error: SecretShapeError) -> &'static str {
    let small = presented.to_ascii_lowercase();
    let is_quote = |c: char| matches!(c, '"' | '\'' | '`');
    let ours = SecretKind::Client.prefix();
    match () {
        () if presented.starts_with(is_quote) || presented.ends_with(is_quote) => {
            "leave out the quotes around it"
        }
        () if is_prefixed(&small) => {
            "leave out what stands before it; a word like 'Bearer' belongs once into Authorization, \
             and never into Api-Key"
        }
        () if is_placeholder(&small) => {
            "it is a placeholder that was not filled in; put your token in its place"
        }
        () if small.starts_with("eyj") && small.contains('.') => {
            "it is a JWT; ask your operator for a token of this gateway"
        }
        () if !presented.starts_with(ours) && small.contains(ours) => {
            "send the token alone, with nothing before or behind it"
        }
        () if presented.starts_with(ours) && error != SecretShapeError::Environment => {
            "it is cut off, too long, or has characters that no token has; copy it once more"
        }
        () => {
            "an API key of Ideogram's or of another service opens nothing here; ask your operator for \
             a token"
        }
    }
}

fn is_prefixed(small: &str) -> bool {
    let schemes = ["bearer", "token", "basic", "api-key", "apikey", "authorization", "key"];
    let word = small.split([' ', ':', '=']).next().unwrap_or_default();
    word.len() < small.len() && schemes.contains(&word)
}

fn is_placeholder(small: &str) -> bool {
    let starts = ["<", "$", "{", "[", "%", "your", "my_", "my-", "process.env", "os.environ"];
    let words = ["api_key", "api-key", "apikey", "your_", "your-", "xxxx", "token_here", "..."];
    starts.iter().any(|start| small.starts_with(start))
        || words.iter().any(|word| small.contains(word))
}

#[cfg(test)]
mod tests {
    use super::{misshapen, no_text};
    use crate::tokens::PlainToken;

    /// Returns what is said of a text, behind the colon.
    fn said(presented: &str) -> String {
        let problem = misshapen(presented).expect(presented);
        let message = problem.message().to_owned();
        assert!(presented.len() < 3 || !message.contains(presented), "{message}");
        message.split_once(": ").unwrap().1.to_owned()
    }

    #[test]
    fn each_kind_of_mistake_is_told_what_to_do() {
        let token = PlainToken::mint(&"prod".parse().unwrap()).unwrap();
        let good = token.reveal();
        for (presented, hint) in [
            (format!("Bearer {good}"), "leave out what stands before it"),
            (format!("bearer:{good}"), "leave out what stands before it"),
            (format!("IDEOGRAM_API_KEY={good}"), "placeholder"),
            (format!("Api-Key: {good}"), "leave out what stands before it"),
            (format!("\"{good}\""), "quotes"),
            (format!("'{good}"), "quotes"),
            (format!("{good}\""), "quotes"),
            ("YOUR_API_KEY".into(), "placeholder"),
            ("<token>".into(), "placeholder"),
            ("$IDEOGRAM_API_KEY".into(), "placeholder"),
            ("${IDEOGRAM_API_KEY}".into(), "placeholder"),
            ("{{token}}".into(), "placeholder"),
            ("idg_prod_xxxxxxxx".into(), "placeholder"),
            ("idg_...".into(), "placeholder"),
            ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln".into(), "JWT"),
            (good[..good.len() - 1].to_owned(), "cut off"),
            (format!("{good}x"), "cut off"),
            (good.replace("idg_prod", "IDG_prod"), "send the token alone"),
            (format!("x{good}"), "send the token alone"),
            ("Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4".repeat(2), "API key of Ideogram's"),
            ("sk-abcdef".into(), "API key of Ideogram's"),
            ("x".into(), "API key of Ideogram's"),
        ] {
            assert!(said(&presented).contains(hint), "{presented}: {}", said(&presented));
        }
        assert!(no_text().message().contains("quotes"));
    }

    #[test]
    fn what_has_the_shape_is_not_told_apart() {
        let token = PlainToken::mint(&"prod".parse().unwrap()).unwrap();
        let good = token.reveal();
        assert!(misshapen(good).is_none());
        let last = if good.ends_with('A') { 'B' } else { 'A' };
        assert!(misshapen(&format!("{}{last}", &good[..good.len() - 1])).is_none());
    }
}
