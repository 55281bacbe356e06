//! Requests a minute.

use super::{inspected::InspectedCall, policy, refused::Refused};
use crate::{
    domain::ErrorCode,
    rate_limit::{RateLimited, RateState},
};

impl InspectedCall {
    /// Counts the request against its token's rate.
    pub(super) fn count(&self) -> Result<(), Refused> {
        let allowed = &self.allowed;
        let own = allowed.token.limits.requests_per_minute;
        let all = allowed.environment.policy.requests_per_minute;
        let tighter = policy::tighter(&allowed.token, own, all, "requests_per_minute");
        let Some((per_minute, rule)) = tighter else { return Ok(()) };
        let rate = &allowed.knock.trail.rate;
        match allowed.gateway.rate_limits.check(&allowed.token.id, per_minute) {
            Ok(state) => {
                rate.set(state).ok();
                Ok(())
            }
            Err(limited) => {
                let RateLimited { limit, retry_after: reset } = limited;
                rate.set(RateState { limit, remaining: 0, reset }).ok();
                let message = format!("the token may make {per_minute} requests a minute");
                Err(Refused::new(ErrorCode::RateLimited, message)
                    .rule(rule)
                    .retry_after(limited.retry_after))
            }
        }
    }
}
