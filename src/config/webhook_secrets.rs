//! `IDEOGRAM_SECRET`: the secrets that webhooks may be signed with, several while they are rotated.
//!
//! They are second best, for set-ups that sign with a shared secret: Ideogram itself signs with Ed25519.

use super::{
    field_error::FieldError, key_text, secret::WebhookSecret, secret_list::SecretList,
    variables::Variables,
};

/// Holds them.
pub(super) const VARIABLE: &str = "IDEOGRAM_SECRET";
/// Names the file that holds them.
pub(super) const FILE_VARIABLE: &str = "IDEOGRAM_SECRET_FILE";

/// The shortest secret, in characters: one delivery that somebody else saw is enough to try out short ones.
const SHORTEST: usize = 16;

const LIST: SecretList<WebhookSecret> =
    SecretList { variable: VARIABLE, file_variable: FILE_VARIABLE, most: 16, one };

/// Reads the secrets; what is wrong with them is noted without repeating them.
pub(super) fn read(variables: &Variables, mistakes: &mut Vec<FieldError>) -> Vec<WebhookSecret> {
    LIST.read(variables, mistakes)
}

fn one(text: &str) -> Result<WebhookSecret, String> {
    if text.len() < SHORTEST {
        return Err(format!(
            "holds a secret of less than {SHORTEST} characters: it can be guessed"
        ));
    }
    key_text::checked_secret(text).map(WebhookSecret::new)
}
