//! Requests a minute.
//!
//! Each request counts before its body is read, but for those that may be retries of what was paid
//! for; they count once it is clear that they are not. What the queue refuses is given back: there is
//! no place for it, and that is not its token's doing.
//!
//! Polls of what a token made itself do not use its rate up, or a batch could not be followed to its
//! end. They have a bucket of their own, so that each call of a minute can be polled every two seconds
//! and a flood still ends.

use super::{
    context::{CallContext, Counted},
    rejection::Rejection,
};
use crate::{
    authorization::tighter,
    config::{EnvironmentSettings, Settings},
    domain::{ErrorCode, Token},
    rate_limit::{RateLimited, RateState},
};

/// Polls a minute for each request a minute.
const POLLS: u32 = 30;

impl CallContext {
    /// Counts the request against its token's rate.
    pub(super) fn count(&self) -> Result<(), Rejection> {
        let Some((per_minute, rule)) = self.rate() else { return Ok(()) };
        match self.gateway.rate_limits.check(&self.token.id, per_minute) {
            Ok(state) => {
                self.request.request_context.note_rate(state);
                Ok(())
            }
            Err(limited) => {
                let RateLimited { limit, retry_after: reset } = limited;
                self.request.request_context.note_rate(RateState { limit, remaining: 0, reset });
                let message = format!("the token may make {per_minute} requests a minute");
                Err(limited_to(message, rule, limited))
            }
        }
    }

    /// Counts the request against its token's rate, unless that was done before.
    pub(super) fn count_once(&self) -> Result<(), Rejection> {
        match self.counted {
            Counted::Later => self.count(),
            Counted::Already => Ok(()),
        }
    }

    /// Undoes [`CallContext::count_once`].
    pub(super) fn uncount(&self) {
        if self.counted == Counted::Later {
            self.give_back();
        }
    }

    /// Counts a poll of what the token made itself.
    pub(super) fn count_poll(&self) -> Result<(), Rejection> {
        let Some((per_minute, rule)) = self.rate() else { return Ok(()) };
        let polls = per_minute.saturating_mul(POLLS);
        let counted = self.gateway.poll_limits.check(&self.token.id, polls);
        // What is left of these polls is not told: the headers speak of the rate, which they do not touch.
        counted.map(drop).map_err(|limited| {
            let message = format!(
                "the token may poll {polls} times a minute, {POLLS} for each of the {per_minute} \
                 requests that it may make"
            );
            limited_to(message, rule, limited)
        })
    }

    /// Gives back what the request took of its token's rate.
    pub(super) fn give_back(&self) {
        if let Some(state) = self.request.request_context.rate() {
            self.gateway.rate_limits.give_back(&self.token.id);
            self.request.request_context.note_rate(state.given_back());
        }
    }

    fn rate(&self) -> Option<(u32, String)> {
        rate_of(&self.token, &self.environment, &self.request.settings)
    }
}

/// Returns the most requests a minute of a token, and where that is set: its own rate or, without one, the usual
/// one, and never more than its environment allows.
pub(super) fn rate_of(
    token: &Token,
    environment: &EnvironmentSettings,
    settings: &Settings,
) -> Option<(u32, String)> {
    let all = environment.policy.requests_per_minute;
    match (token.limits.requests_per_minute, settings.tokens.default_rate) {
        (None, Some(usual)) if all.is_none_or(|all| usual <= all) => {
            Some((usual, "tokens.default_rate".to_owned()))
        }
        (own, _) => tighter(token, own, all, "requests_per_minute"),
    }
}

fn limited_to(message: String, rule: String, limited: RateLimited) -> Rejection {
    Rejection::new(ErrorCode::RateLimited, message).rule(rule).retry_after(limited.retry_after)
}
