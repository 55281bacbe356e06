//! `IDEOGATE_NOTIFY_SECRET`: what notifications are signed with, two while one is exchanged for the other.

use super::{
    field_error::FieldError, secret::NotifySecret, secret_list::SecretList, variables::Variables,
};

/// Holds them.
pub(super) const VARIABLE: &str = "IDEOGATE_NOTIFY_SECRET";
/// Names the file that holds them.
pub(super) const FILE_VARIABLE: &str = "IDEOGATE_NOTIFY_SECRET_FILE";

const LIST: SecretList<NotifySecret> = SecretList {
    variable: VARIABLE,
    file_variable: FILE_VARIABLE,
    most: 2,
    one: NotifySecret::parse,
};

/// Reads the secrets; what is wrong with them is noted without repeating them.
pub(super) fn read(variables: &Variables, mistakes: &mut Vec<FieldError>) -> Vec<NotifySecret> {
    LIST.read(variables, mistakes)
}

/// Returns the mistake of an address that is told without anything to sign with.
pub(super) fn missing() -> FieldError {
    let problem = format!(
        "needs a secret to sign with: set {VARIABLE} or {FILE_VARIABLE} to `whsec_` and the base64 of 24 to 64 bytes"
    );
    FieldError::about("notify.url", problem)
}
