//! What a token could do after a change that it could not do before.

use super::{request_error::RequestError, scopes_asked::list};
use crate::domain::{Token, written_span};
use std::fmt::Display;

/// What is more, field by field.
#[derive(Default)]
struct Gains(Vec<RequestError>);

/// Returns in which ways `new` is more than `old`; none means that it can do nothing that it could not.
pub fn wider(old: &Token, new: &Token) -> Vec<RequestError> {
    let mut gains = Gains::default();
    gains.scopes(old, new);
    let (was, is) = (&old.limits, &new.limits);
    gains.more("max_images", was.max_images, is.max_images);
    gains.more("max_places", was.max_places, is.max_places);
    gains.more("rate", was.requests_per_minute, is.requests_per_minute);
    if was.queue_timeout.is_some_and(|was| is.queue_timeout.is_none_or(|is| is > was)) {
        let [is, was] = [is.queue_timeout, was.queue_timeout].map(|span| span.map(written_span));
        gains.told_more("queue_timeout", was.unwrap_or_default(), is);
    }
    gains.more("daily_budget", was.daily_budget, is.daily_budget);
    if let Some(extra) = new.extra.filter(|extra| old.extra != Some(*extra)) {
        let problem = format!("{} is more than the daily budget that the token has", extra.amount);
        gains.note("extra_today", problem);
    }
    gains.more("monthly_budget", was.monthly_budget, is.monthly_budget);
    gains.others("models", &was.models, &is.models, PartialEq::eq);
    gains.others("speeds", &was.speeds, &is.speeds, PartialEq::eq);
    gains.webhooks(&was.webhook_hosts, &is.webhook_hosts);
    gains.others("image_hosts", &was.image_hosts, &is.image_hosts, PartialEq::eq);
    gains.others("cidrs", &was.cidrs, &is.cidrs, |net, all| all.contains(net));
    if new.expires_at > old.expires_at {
        let end = old.expires_at;
        gains.note("expires_in", format!("the token ends at {end} already"));
    }
    gains.0
}

impl Gains {
    fn note(&mut self, field: &str, problem: String) {
        self.0.push(RequestError { field: field.into(), problem: problem.into() });
    }

    fn scopes(&mut self, old: &Token, new: &Token) {
        let more = new.scopes.above(&old.scopes);
        let has = list(old.scopes.grants());
        let told = list(more.iter().map(|grant| format!("'{grant}'")));
        match more.len() {
            0 => {}
            1 => self.note("scopes", format!("{told} is more than the token has: {has}")),
            _ => self.note("scopes", format!("{told} are more than the token has: {has}")),
        }
    }

    /// A number that is larger, or not there any more; no old one is without bound.
    fn more<T: PartialOrd + Display>(&mut self, field: &str, was: Option<T>, is: Option<T>) {
        match (was, is) {
            (Some(was), Some(is)) if is > was => self.told_more(field, was, Some(is)),
            (Some(was), None) => self.told_more(field, was, None),
            _ => {}
        }
    }

    fn told_more<T: Display>(&mut self, field: &str, was: T, is: Option<T>) {
        let is = is.map_or_else(|| "no limit".to_owned(), |is| is.to_string());
        self.note(field, format!("{is} is more than the {was} that the token has"));
    }

    /// A list that has others in it; an empty one is everything.
    fn others<T: Display>(
        &mut self,
        field: &str,
        was: &[T],
        is: &[T],
        is_in: impl Fn(&T, &T) -> bool,
    ) {
        if was.is_empty() {
            return;
        }
        if is.is_empty() {
            self.note(field, format!("all are more than what the token has: {}", list(was)));
        }
        for one in is.iter().filter(|one| !was.iter().any(|all| is_in(one, all))) {
            let problem = format!("'{one}' is not among what the token has: {}", list(was));
            self.note(field, problem);
        }
    }

    /// The same where an empty list is nothing.
    fn webhooks(&mut self, was: &[String], is: &[String]) {
        let has = if was.is_empty() { "none".to_owned() } else { list(was) };
        for host in is.iter().filter(|host| !was.contains(host)) {
            let problem = format!("'{host}' is not among what the token has: {has}");
            self.note("webhook_hosts", problem);
        }
    }
}
