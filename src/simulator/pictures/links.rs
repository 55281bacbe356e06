//! Links to pictures: signed, and good for a while.
//!
//! They end as Ideogram's do, in `?exp=SECONDS&sig=HEX`, and are good for 24 hours unless told otherwise.

use super::recipe::Recipe;
use crate::{
    domain::{Clock, Timestamp},
    simulator::orders::Order,
};
use aws_lc_rs::hmac;
use std::{sync::Arc, time::Duration};
use ulid::Ulid;

/// Makes and tests links; clones make the same ones.
///
/// Nothing is stored: the name is the recipe, and the signature says that the stand-in gave it.
#[derive(Debug, Clone)]
pub struct Links(Arc<LinksInner>);

/// What clones share.
#[derive(Debug)]
struct LinksInner {
    /// What links begin with, without a slash at its end.
    base: String,
    /// How long they are good.
    lifetime: Duration,
    /// Where time comes from.
    clock: Arc<dyn Clock>,
    /// What they are signed with.
    secret: hmac::Key,
}

/// A link leads nowhere.
///
/// Each has a status of its own: 404, 403, 410.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dead {
    /// There is no such picture.
    Unknown,
    /// The signature is missing or wrong.
    Forged,
    /// It was good once.
    Expired,
}

impl Links {
    /// Returns links below `base` that are good for `lifetime`; every process signs differently.
    pub(crate) fn new(base: &str, lifetime: Duration, clock: Arc<dyn Clock>) -> Self {
        let secret = [Ulid::generate().to_bytes(), Ulid::generate().to_bytes()].concat();
        let secret = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        let base = base.trim_end_matches('/').to_owned();
        Self(Arc::new(LinksInner { base, lifetime, clock, secret }))
    }

    /// Returns the link to the picture of an order at `index`.
    ///
    /// Two links to one picture differ in their end alone, in whole seconds of Unix time.
    pub fn link(&self, order: &Order, index: u32) -> String {
        let name = Recipe::new(order, index).name();
        let expires = seconds(self.0.clock.now().plus(self.0.lifetime));
        let tag = hmac::sign(&self.0.secret, signed(&name, expires).as_bytes());
        let tag = hex::encode(tag);
        format!("{}/images/{name}.png?exp={expires}&sig={tag}", self.0.base)
    }

    /// Follows a link.
    ///
    /// The signature is tested before the time, so that a forged link never tells whether it would have
    /// expired.
    pub(super) fn follow(&self, path: &str, query: Option<&str>) -> Result<Recipe, Dead> {
        let name = path.strip_prefix("/images/").and_then(|name| name.strip_suffix(".png"));
        let name = name.ok_or(Dead::Unknown)?;
        let recipe = Recipe::from_name(name).ok_or(Dead::Unknown)?;
        let parameter = |wanted| {
            let mut pairs = query.unwrap_or("").split('&').filter_map(|pair| pair.split_once('='));
            pairs.find_map(|(key, value)| (key == wanted).then_some(value)).ok_or(Dead::Forged)
        };
        let expires: i64 = parameter("exp")?.parse().map_err(|_| Dead::Forged)?;
        let tag = hex::decode(parameter("sig")?).map_err(|_| Dead::Forged)?;
        // In constant time, and before the time is looked at.
        hmac::verify(&self.0.secret, signed(name, expires).as_bytes(), &tag)
            .map_err(|_| Dead::Forged)?;
        if seconds(self.0.clock.now()) >= expires { Err(Dead::Expired) } else { Ok(recipe) }
    }
}

/// Returns what a signature is of.
fn signed(name: &str, expires: i64) -> String {
    format!("{name}\n{expires}")
}

/// Returns whole seconds since 1970.
fn seconds(time: Timestamp) -> i64 {
    time.as_micros() / 1_000_000
}
