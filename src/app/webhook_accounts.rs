//! The accounts that receive webhooks.

use crate::{
    config::{Account, WebhookMode},
    domain::AccountName,
};

/// Returns the accounts that receive webhooks.
pub(super) fn receiving<'a>(
    accounts: impl IntoIterator<Item = (&'a AccountName, &'a Account)>,
) -> impl Iterator<Item = (&'a AccountName, &'a Account)> {
    accounts.into_iter().filter(|(_, account)| account.webhooks == WebhookMode::Receive)
}
