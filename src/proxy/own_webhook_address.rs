//! Accounts whose webhooks come to the gateway: Ideogram is told its address instead of the app's.

use super::{Gateway, rejection::Rejection};
use crate::{
    domain::{AccountName, ErrorCode, Route, WebhookRule},
    inspection::{self, Inspected},
};

/// The gateway's address, on its way past the policy for addresses of apps.
#[derive(Debug)]
pub(super) struct OwnAddress<'g> {
    address: &'g str,
    /// Whether the app itself wrote it.
    is_asked: bool,
}

impl<'g> OwnAddress<'g> {
    /// Takes the gateway's own address out of a demand; refuses any other where the account receives.
    /// `None` means that the account does not.
    pub(super) fn take(
        gateway: &'g Gateway,
        account: &AccountName,
        inspected: &mut Inspected,
    ) -> Result<Option<Self>, Rejection> {
        let Some(address) = gateway.webhooks.addresses.get(account) else { return Ok(None) };
        match inspected.demand.webhook_url.take() {
            Some(asked) if asked != *address => Err(refused(account, address)),
            asked => Ok(Some(Self { address, is_asked: asked.is_some() })),
        }
    }

    /// Puts the address where Ideogram looks for it: in the query, where the route has it there. A body
    /// is never changed. The fingerprint was taken before and does not see it.
    pub(super) fn give(self, route: &Route, inspected: &mut Inspected) {
        let name = match &route.webhook {
            WebhookRule::Query(name) if !inspected.demand.is_quote => Some(name),
            _ => None,
        };
        if let Some(name) = name
            // One that the app wrote is this very address, or `take` had refused it.
            && !has_parameter(inspected.query.as_deref(), name)
        {
            let query = inspection::with_parameter(inspected.query.take(), name, self.address);
            inspected.query = Some(query);
        }
        if self.is_asked || name.is_some() {
            inspected.demand.webhook_url = Some(self.address.into());
        }
    }
}

fn has_parameter(query: Option<&str>, name: &str) -> bool {
    let names = query.into_iter().flat_map(|query| query.split('&'));
    names.filter_map(|pair| pair.split_once('=')).any(|(known, _)| known == name)
}

fn refused(account: &AccountName, address: &str) -> Rejection {
    let message = format!(
        "webhooks of account {account} come to the gateway: leave webhook_url out, or make it \
         {address}, and ask for the generation at GET /v1/generations/ID"
    );
    Rejection::new(ErrorCode::PolicyDenied, message)
        .because("webhook_url of its own where the gateway receives")
        .rule(format!("accounts.{account}.webhooks"))
        .field("webhook_url")
}
