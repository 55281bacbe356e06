//! What the data plane uses.

use super::webhook_door::WebhookDoor;
use crate::{
    accounts::Accounts,
    admission::Admission,
    audit::RefusalBook,
    calls::Calls,
    config::LiveSettings,
    domain::{AccountName, Clock},
    ledger::Ledger,
    persons::Persons,
    rate_limit::RateLimits,
    spool::SpoolBudget,
    store::{Journal, Reader},
    tasks::Tasks,
    telemetry::Metrics,
    tokens::Tokens,
    web::{Body, HelpLinks},
};
use futures_util::future::BoxFuture;
use http::Response;
use std::{fmt, sync::Arc};

/// Serves the simulator's pictures, when there is a simulator in this process.
pub trait PictureShelf: fmt::Debug + Send + Sync {
    /// Returns the answer for a path below `/_ideogate/simulator`, with its query.
    fn picture<'s>(
        &'s self,
        path: &'s str,
        query: Option<&'s str>,
    ) -> BoxFuture<'s, Response<Body>>;
}

/// The services and settings of the data plane.
#[derive(Debug)]
pub struct GatewayParts {
    /// Everything that is set.
    pub settings: LiveSettings,
    /// Knows the tokens.
    pub tokens: Tokens,
    /// Knows end users by what is kept of them.
    pub persons: Persons,
    /// Reaches the accounts.
    pub accounts: Accounts,
    /// Gives out places.
    pub admission: Admission,
    /// Counts requests a minute.
    pub rate_limits: RateLimits,
    /// Counts polls of what a token made itself.
    pub poll_limits: RateLimits,
    /// Holds money.
    pub ledger: Ledger,
    /// Bounds bodies.
    pub spool: Arc<SpoolBudget>,
    /// Sends calls.
    pub calls: Calls,
    /// Bounds how many refusals are written in full.
    pub refusals: Arc<RefusalBook>,
    /// Records refusals.
    pub journal: Journal,
    /// Reads entries for the tokens that made them.
    pub reader: Reader,
    /// Runs inspection of large bodies where it may block.
    pub tasks: Tasks,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Counts.
    pub metrics: Arc<Metrics>,
    /// Where errors say that help is.
    pub links: HelpLinks,
    /// The simulator's pictures.
    pub pictures: Option<Arc<dyn PictureShelf>>,
    /// Webhooks that come to the gateway.
    pub webhooks: WebhookDoor,
}

/// The data plane; clones share everything.
#[derive(Debug, Clone)]
pub struct Gateway(Arc<GatewayParts>);

impl Gateway {
    /// Returns the data plane over its services.
    pub fn new(parts: GatewayParts) -> Self {
        Self(Arc::new(parts))
    }

    /// Returns the cap of an account, as it is now.
    pub(super) fn cap(&self, account: &AccountName) -> u32 {
        let settings = self.settings.now();
        settings.accounts.get(account).map_or(0, |account| account.max_in_flight)
    }
}

impl std::ops::Deref for Gateway {
    type Target = GatewayParts;

    fn deref(&self) -> &GatewayParts {
        &self.0
    }
}
