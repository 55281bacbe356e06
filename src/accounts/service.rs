//! All accounts, as other rooms hold them.

use super::{AccountLink, KeySlot};
use crate::domain::{AccountName, EnvironmentName, RouteName};
use parking_lot::Mutex;
use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

/// The accounts; clones share everything.
///
/// Which there are never changes while the gateway runs.
#[derive(Debug, Clone)]
pub struct Accounts {
    links: Arc<BTreeMap<AccountName, Arc<AccountLink>>>,
    closed_quotes: Arc<Mutex<HashSet<RouteName>>>,
}

impl Accounts {
    /// Returns the room with its links; quotes are open for all routes.
    pub fn new(links: BTreeMap<AccountName, Arc<AccountLink>>) -> Self {
        Self { links: Arc::new(links), closed_quotes: Arc::default() }
    }

    /// Returns the link to an account.
    pub fn link(&self, account: &AccountName) -> Option<&Arc<AccountLink>> {
        self.links.get(account)
    }

    /// Returns the keys of an environment; `None` where it has none, and so cannot be used.
    pub fn slot(
        &self,
        account: &AccountName,
        environment: &EnvironmentName,
    ) -> Option<Arc<KeySlot>> {
        self.link(account)?.slot(environment)
    }

    /// Says whether quotes may be asked for on a route.
    pub fn quotes_are_open(&self, route: &RouteName) -> bool {
        !self.closed_quotes.lock().contains(route)
    }

    /// Closes quotes for a route whose dry run answered without a quote.
    pub fn close_quotes(&self, route: &RouteName) {
        self.closed_quotes.lock().insert(route.clone());
    }
}
