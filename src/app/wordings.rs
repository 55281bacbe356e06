//! How each listener words the problems that it answers itself.

use crate::{
    admin,
    config::Listen,
    web::{ClientError, HelpLinks, Wording},
};

/// Returns where errors say that help is.
pub(super) fn help_links(listen: &Listen) -> HelpLinks {
    HelpLinks::new(listen.public_url.as_deref())
}

/// Returns the words of the listener for clients.
pub(super) fn for_clients(listen: &Listen) -> Wording {
    Wording::new(ClientError::to_response, help_links(listen))
}

/// Returns the words of the listeners for operators, where there are no pages for apps.
pub(super) fn for_operators() -> Wording {
    Wording::new(admin::to_response, HelpLinks::default())
}
