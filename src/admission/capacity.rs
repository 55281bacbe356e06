//! What is free just now, and for whom.

use super::{environment::Environment, lane::Ticket};
use tokio::time::Instant;

/// A snapshot of the free places and of those held back.
#[derive(Debug)]
pub(super) struct Capacity {
    free: u32,
    effective: u32,
    /// By environment; empty when nothing is held back for anyone.
    reserves: Vec<Reserve>,
}

/// Places held back for one environment.
#[derive(Debug, Clone, Copy, Default)]
struct Reserve {
    /// All of them, taken or not.
    places: u32,
    /// Those that the environment does not use.
    unclaimed: u32,
}

/// The numbers a [`Capacity`] is made from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Space {
    pub(super) cap: u32,
    pub(super) effective: u32,
    pub(super) free: u32,
}

impl Capacity {
    pub(super) fn new<W>(space: Space, environments: &[Environment<W>], now: Instant) -> Self {
        let promised: u32 = environments.iter().map(|environment| environment.reserved).sum();
        let reserve = |environment: &Environment<W>| {
            if environment.reserved == 0 || !environment.is_active(now) {
                return Reserve::default();
            }
            // Reserves shrink with the effective cap, or together they could hold everything back.
            // Reserves that together are larger than the cap share it: no more than there is can be
            // held back.
            let whole = u64::from(space.cap.max(promised).max(1));
            let share = u64::from(environment.reserved) * u64::from(space.effective) / whole;
            let places = u32::try_from(share).unwrap_or(u32::MAX);
            Reserve { places, unclaimed: places.saturating_sub(environment.in_use) }
        };
        let reserves =
            if promised == 0 { Vec::new() } else { environments.iter().map(reserve).collect() };
        Self { free: space.free, effective: space.effective, reserves }
    }

    /// Says whether `places` are free for an environment.
    pub(super) fn fits(&self, environment: usize, places: u32) -> bool {
        let others = self.unclaimed() - self.reserve(environment).unclaimed;
        places <= self.free.saturating_sub(others)
    }

    /// Returns the most places that could come free for an environment. A larger call steps aside.
    pub(super) fn reach(&self, environment: usize) -> u32 {
        let all: u32 = self.reserves.iter().map(|reserve| reserve.places).sum();
        self.effective.saturating_sub(all - self.reserve(environment).places)
    }

    /// Returns how many places a call takes away from the calls of `environment` that it overtakes.
    /// Places held back for its own environment were never theirs.
    pub(super) fn cost(&self, ticket: &Ticket, environment: usize) -> u32 {
        if ticket.environment == environment {
            return ticket.places;
        }
        ticket.places.saturating_sub(self.reserve(ticket.environment).unclaimed)
    }

    /// Says whether places are held back for an environment just now.
    pub(super) fn is_reserved(&self, environment: usize) -> bool {
        self.reserve(environment).places > 0
    }

    /// Returns the places that are held back and not used.
    pub(super) fn unclaimed(&self) -> u32 {
        self.reserves.iter().map(|reserve| reserve.unclaimed).sum()
    }

    fn reserve(&self, environment: usize) -> Reserve {
        self.reserves.get(environment).copied().unwrap_or_default()
    }
}
