//! The settings as a whole.
//!
//! The order matters only where a table refers to another: environments come after accounts, queue and
//! routes.

use super::{accounts, environments, limits, listen, notify, operators, review, service, webhooks};
use crate::config::{
    prices, routes,
    section::{Notes, Section},
    settings::Settings,
    tree::SettingTable,
};
use std::{path::Path, sync::Arc};

/// Reads the settings out of the merged layers. `None` means that mistakes were noted.
///
/// Every table is read even if one before it holds mistakes, so that all are told at once.
pub(in crate::config) fn settings(
    tree: SettingTable,
    working_dir: &Path,
    notes: &Notes,
) -> Option<Settings> {
    let mut root = Section::root(tree, notes);
    let listen = listen::listen(root.table("listen"), notes);
    let data = service::data(root.table("data"));
    let accounts = accounts::accounts(root.tables("accounts"), notes);
    let queue = limits::queue(root.table("queue"), notes);
    let tokens = limits::tokens(root.table("tokens"));
    let bodies = limits::bodies(root.table("bodies"));
    let door = limits::door(root.table("door"));
    let audit = service::audit(root.table("audit"), notes);
    let log = service::log(root.table("log"));
    let shutdown = service::shutdown(root.table("shutdown"));
    let operators = operators::operators(root.table("operators"));
    let keys = service::keys(root.table("keys"));
    let sections = root.tables("environments");
    let names: Vec<Box<str>> = sections.iter().map(|(name, _)| name.clone()).collect();
    let review = review::read(root.table("review"), &names);
    let routes = routes::read(root.table("routes"), working_dir, notes);
    let prices = prices::read(root.table("prices"), working_dir, routes.as_ref(), notes);
    let notify = notify::notify(root.table("notify"));
    let own_webhooks = webhooks::webhooks(root.table("webhooks"));
    webhooks::complain(&accounts, listen.as_ref(), notes);
    let around = environments::Around {
        accounts: &accounts,
        queue: queue.as_ref(),
        routes: routes.as_ref(),
        notes,
    };
    let environments = environments::environments(sections, &around);
    root.end();
    // Only from here on does a missing part end the reading: all mistakes are noted by now.
    let (environments, key_variables) = environments?;
    Some(Settings {
        listen: listen?,
        data: data?,
        accounts: accounts::complete(accounts)?,
        environments,
        key_variables,
        queue: queue?,
        tokens: tokens?,
        bodies: bodies?,
        door: door?,
        audit: audit?,
        log: log?,
        shutdown: shutdown?,
        operators: operators?,
        keys: keys?,
        review: review?,
        routes: Arc::new(routes?),
        prices: Arc::new(prices?),
        webhooks: own_webhooks?,
        notify: notify?,
        // Only whoever has seen all that was read knows it.
        shown: Arc::default(),
    })
}
