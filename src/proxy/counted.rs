//! Requests a minute.
//!
//! Each request counts before its body is read, but for those that may be retries of what was paid
//! for; they count once it is clear that they are not. What the queue refuses is given back: there is
//! no place for it, and that is not its token's doing.
//!
//! Polls of what a token made itself do not use its rate up, or a batch could not be followed to its
//! end. They have a bucket of their own, so that each call of a minute can be polled every two seconds
//! and a flood still ends.

use super::{allowed::AllowedCall, inspected::InspectedCall, policy, rejection::Rejection};
use crate::{
    domain::ErrorCode,
    rate_limit::{RateLimited, RateState},
};

/// Polls a minute for each request a minute.
const POLLS: u32 = 30;

/// Whether a request has been counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    /// Not until it is clear that nothing is owed to it.
    Later,
    /// It has been, or need not be.
    Already,
}

impl AllowedCall {
    /// Counts the request against its token's rate.
    pub(super) fn count(&self) -> Result<(), Rejection> {
        let Some((per_minute, rule)) = self.rate() else { return Ok(()) };
        match self.gateway.rate_limits.check(&self.token.id, per_minute) {
            Ok(state) => {
                self.knock.trail.note_rate(state);
                Ok(())
            }
            Err(limited) => {
                let RateLimited { limit, retry_after: reset } = limited;
                self.knock.trail.note_rate(RateState { limit, remaining: 0, reset });
                let message = format!("the token may make {per_minute} requests a minute");
                Err(limited_to(message, rule, limited))
            }
        }
    }

    /// Counts a poll of what the token made itself.
    pub(super) fn count_poll(&self) -> Result<(), Rejection> {
        let Some((per_minute, rule)) = self.rate() else { return Ok(()) };
        let polls = per_minute.saturating_mul(POLLS);
        let counted = self.gateway.poll_limits.check(&self.token.id, polls);
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
        if let Some(state) = self.knock.trail.rate() {
            self.gateway.rate_limits.give_back(&self.token.id);
            self.knock.trail.note_rate(state.given_back());
        }
    }

    fn rate(&self) -> Option<(u32, String)> {
        let own = self.token.limits.requests_per_minute;
        let all = self.environment.policy.requests_per_minute;
        policy::tighter(&self.token, own, all, "requests_per_minute")
    }
}

impl InspectedCall {
    /// Counts the request against its token's rate, unless that was done before.
    pub(super) fn count(&self) -> Result<(), Rejection> {
        match self.allowed.counted {
            Counted::Later => self.allowed.count(),
            Counted::Already => Ok(()),
        }
    }

    /// Undoes [`InspectedCall::count`].
    pub(super) fn uncount(&self) {
        if self.allowed.counted == Counted::Later {
            self.allowed.give_back();
        }
    }
}

fn limited_to(message: String, rule: String, limited: RateLimited) -> Rejection {
    Rejection::new(ErrorCode::RateLimited, message).rule(rule).retry_after(limited.retry_after)
}
