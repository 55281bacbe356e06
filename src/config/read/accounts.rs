//! `[accounts.NAME]`
//!
//! An account is an organization at Ideogram, or the simulator.

use crate::{
    config::{
        address::has_good_port,
        names::name,
        section::{InvalidValue, Notes, Section},
        settings::{AccountSettings, CountBy},
        tree::{Node, join},
        values::{choice, money, span, whole, written},
        webhooks::WebhookMode,
    },
    domain::AccountName,
};
use http::Uri;
use std::{collections::BTreeMap, net::IpAddr, time::Duration};

/// The accounts by name; `None` where mistakes were noted.
///
/// Those with mistakes stay listed, so that an environment that refers to one is not blamed for it.
pub(super) type ReadAccounts = BTreeMap<Box<str>, Option<(AccountName, AccountSettings)>>;

/// Reads all of `[accounts]`.
///
/// Whether those who receive webhooks can be reached is asked elsewhere, once the addresses are known.
pub(super) fn accounts(sections: Vec<(Box<str>, Section<'_>)>, notes: &Notes) -> ReadAccounts {
    let one = |(key, section): (Box<str>, Section<'_>)| {
        let name = name(&join("accounts", &key), &key, notes);
        let account = account(section);
        (key, name.zip(account))
    };
    sections.into_iter().map(one).collect()
}

/// Returns the accounts if there was no mistake in any.
pub(super) fn complete(accounts: ReadAccounts) -> Option<BTreeMap<AccountName, AccountSettings>> {
    accounts.into_values().collect()
}

/// Reads one account. Times are at least a second, but for `place_ttl`, which may be zero; the cap is 1 to
/// 10,000 places.
fn account(mut section: Section<'_>) -> Option<AccountSettings> {
    let base_url = section.optional("base_url", origin);
    let max_in_flight = section.read("max_in_flight", whole(1, 10_000));
    let count = section
        .read("count", choice(&[("images", CountBy::Images), ("requests", CountBy::Requests)]));
    let timeout = section.read("timeout", span(Duration::from_secs(1)));
    let place_ttl = section.read("place_ttl", span(Duration::ZERO));
    let top_up_threshold = section.read("top_up_threshold", money);
    let top_up_balance = section.read("top_up_balance", money);
    let daily_budget = section.optional("daily_budget", money);
    let monthly_budget = section.optional("monthly_budget", money);
    let modes = choice(&[("pass", WebhookMode::Pass), ("receive", WebhookMode::Receive)]);
    let webhooks = section.read("webhooks", modes);
    let user_id = section.optional("user_id", user_id);
    section.end();
    // No `?` above: each value must be read, or a mistake in one would hide those in others.
    Some(AccountSettings {
        base_url: base_url?,
        max_in_flight: max_in_flight?,
        count: count?,
        timeout: timeout?,
        place_ttl: place_ttl?,
        top_up_threshold: top_up_threshold?,
        top_up_balance: top_up_balance?,
        daily_budget: daily_budget?,
        monthly_budget: monthly_budget?,
        webhooks: webhooks?,
        user_id: user_id?,
    })
}

/// Reads the origin of the API: https, or plain http to loopback, with neither path, query, user nor
/// password. One with a user or a password is refused without being shown.
fn origin(node: &Node) -> Result<Uri, InvalidValue> {
    let allowed = "must be an origin like \"https://api.ideogram.ai\", without path or query";
    let text = written(node).ok_or_else(|| node.reject(allowed))?;
    // Looked at before anything else is refused, for every other refusal shows the text, password and all.
    if text.contains('@') {
        return Err(node.reject_unseen("must not hold a user or a password"));
    }
    let uri: Uri = text.parse().map_err(|_| node.reject(allowed))?;
    if !has_good_port(&uri) {
        return Err(node.reject("names a port that cannot be"));
    }
    // The text is asked for a fragment, since `Uri` passes over it in silence.
    let is_bare = uri.path() == "/" && uri.query().is_none() && !text.contains('#');
    match (uri.scheme_str(), uri.host()) {
        (Some("https"), Some(_)) if is_bare => Ok(uri),
        (Some("http"), Some(host)) if is_bare && is_loopback(host) => Ok(uri),
        (Some("http"), Some(_)) if is_bare => {
            Err(node.reject("must be https://, for plain http:// goes to loopback only"))
        }
        _ => Err(node.reject(allowed)),
    }
}

/// Says whether a host is `localhost` or an address of loopback. No name is looked up.
fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// Reads the vendor's name of a user, as it stands in a header.
///
/// At most 128 visible ASCII characters.
fn user_id(node: &Node) -> Result<Box<str>, InvalidValue> {
    let is_name = |text: &&str| text.len() <= 128 && text.bytes().all(|b| b.is_ascii_graphic());
    let name = written(node).filter(is_name);
    name.map(Into::into).ok_or_else(|| node.reject("must be the id of a user at Ideogram"))
}
