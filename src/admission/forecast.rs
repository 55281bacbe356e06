//! How long a call would wait, told rather too short than too long.
//!
//! A call whose wait is clearly in vain is better off without it, and one that is sent away wrongly
//! loses a wait it would have survived. So everything that is not known for certain is taken to be
//! in the call's favour:
//!
//! * calls will hold their places as long as the quickest quarter of the last twenty did, and only
//!   once twenty have ended within ten minutes is anything foretold. When work gets quicker, five
//!   ended calls are enough to show it;
//! * all places of the account are there, however many are held, reserved or taken by others, and
//!   all that is in flight ends just now;
//! * those ahead are the calls of its own lane, and of other lanes as many as have earlier turns by
//!   the weights. Those that it may overtake, that cannot go now, or whose own patience ends before
//!   half of the call's is over, do not count.
//!
//! A wait is futile when even this is more than twice what the call has.

use super::{
    account_gate::AccountGate,
    capacity::Capacity,
    environment::Environment,
    lane::{Behind, LaneId, Ticket},
    turns::{places, price},
};
use std::time::Duration;
use tokio::time::Instant;

/// A wait is futile when it is foretold to be longer than so many times what is allowed.
const FACTOR: u32 = 2;

impl<W> AccountGate<W> {
    /// Returns how long a call that has just begun to wait would wait, if that is clearly too long.
    pub(super) fn futile(&self, ticket: &Ticket, now: Instant) -> Option<Duration> {
        let allowed = ticket.deadline.saturating_duration_since(now);
        let forecast = self.forecast(ticket, now)?;
        (forecast > allowed.saturating_mul(FACTOR)).then_some(forecast)
    }

    /// Returns how long a call that waits will wait at least, as far as that can be foretold.
    pub(super) fn forecast(&self, ticket: &Ticket, now: Instant) -> Option<Duration> {
        let held = self.durations.typical(now)?;
        let half = ticket.deadline.saturating_duration_since(now) / 2;
        let room = self.room(now);
        let reach = room.reach(ticket.environment);
        let behind = Behind { reach, most: ticket.places, stays: now + half };
        let places = u64::from(ticket.places);
        let own = self.environments[ticket.environment].waits_before(ticket, behind);
        let ahead = own + self.beside(ticket, own, behind, &room);
        let of_account = time(held, ahead + places, self.effective_cap.configured());
        let of_token = |share| time(held, own + places, share);
        let share = self.environments[ticket.environment].share_of(ticket.lane);
        Some(of_account.max(share.map_or(Duration::ZERO, of_token)))
    }

    /// Returns the places that go to other lanes before a call that has `own` ahead in its lane.
    fn beside(&self, ticket: &Ticket, own: u64, behind: Behind, room: &Capacity) -> u64 {
        let environment = &self.environments[ticket.environment];
        let lanes = environment.turns.ahead_of(ticket.lane, span(own, 1));
        let lanes: u64 =
            lanes.map(|(lane, span)| environment.goes(lane, behind).min(turns(span, 1))).sum();
        if room.is_reserved(ticket.environment) {
            // It may fit where others do not.
            return lanes;
        }
        let span = span(own + lanes, environment.weight);
        let others = self.turns.ahead_of(ticket.environment, span).map(|(id, span)| {
            let other = &self.environments[id];
            let behind = Behind { reach: room.reach(id).min(behind.reach), ..behind };
            other.all_that_go(behind).min(turns(span, other.weight))
        });
        lanes + others.sum::<u64>()
    }
}

impl<W> Environment<W> {
    /// Returns the places that a lane's calls take of which the first can go.
    fn goes(&self, lane: LaneId, behind: Behind) -> u64 {
        match self.head(lane, behind.reach) {
            Some(_) => self.rivals(lane, behind),
            None => 0,
        }
    }

    fn all_that_go(&self, behind: Behind) -> u64 {
        self.turns.order().map(|lane| self.goes(lane, behind)).sum()
    }
}

/// Returns how long it takes until the last of `places` came free, if `at_once` are in flight and
/// all of those end now.
fn time(held: Duration, places: u64, at_once: u32) -> Duration {
    let more = places.saturating_sub(u64::from(at_once));
    held.saturating_mul(u32::try_from(more).unwrap_or(u32::MAX)) / at_once.max(1)
}

/// Returns the virtual time that `count` places take.
fn span(count: u64, weight: u32) -> u64 {
    price(u32::try_from(count).unwrap_or(u32::MAX), weight)
}

/// Returns the places that a flow of `weight` gets within `span`: one at least, as it comes first.
fn turns(span: u64, weight: u32) -> u64 {
    places(span, weight).max(1)
}
