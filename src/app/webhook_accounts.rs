//! The accounts that receive webhooks.

use crate::{
    config::{AccountSettings, WebhookMode},
    domain::AccountName,
};

/// Returns the accounts that receive webhooks.
///
/// All others pass the app's own address on.
pub(super) fn receiving<'a>(
    accounts: impl IntoIterator<Item = (&'a AccountName, &'a AccountSettings)>,
) -> impl Iterator<Item = (&'a AccountName, &'a AccountSettings)> {
    accounts.into_iter().filter(|(_, account)| account.webhooks == WebhookMode::Receive)
}
