//! Other caps, weights and reserves while calls wait and run.

use super::{
    account_gate::{AccountGate, Grant},
    environment::Environment,
    lane::{Ticket, Waiter},
    options::{GateOptions, LaneOptions},
};
use tokio::time::Instant;

/// What other options do to the calls that wait.
#[derive(Debug)]
pub(super) struct Reconfigured<W> {
    /// Calls that take more places than there are from now on.
    pub(super) too_large: Vec<W>,
    /// Calls that are let in.
    pub(super) grants: Vec<Grant<W>>,
}

impl<W> AccountGate<W> {
    /// Takes other options. Admitted calls keep their places, past a lowered cap if need be, and nobody is
    /// admitted until it fits. Those who wait in a queue that is too long by now stay.
    pub(super) fn reconfigure(
        &mut self,
        options: &GateOptions,
        capacity: usize,
        now: Instant,
    ) -> Reconfigured<W> {
        self.capacity = capacity;
        self.effective_cap.set(options.cap);
        self.set_environments(&options.environments);
        // Whether a call fits at all is asked when it comes: these would wait in vain.
        let too_large = self.take_out(|ticket| ticket.places > options.cap);
        Reconfigured { too_large, grants: self.dispatch(now) }
    }

    /// Never moves or takes out an environment: tickets name theirs by its position.
    fn set_environments(&mut self, options: &[LaneOptions]) {
        for own in &mut self.environments {
            match options.iter().find(|options| options.name == own.name) {
                Some(options) => own.set(options),
                None => own.unset(),
            }
        }
        for options in options {
            if self.environments.iter().all(|own| own.name != options.name) {
                self.environments.push(Environment::new(options.clone()));
            }
        }
    }

    /// Frees the seats of the calls that are meant.
    fn take_out(&mut self, is_meant: impl Fn(&Ticket) -> bool) -> Vec<W> {
        let waiting = self.environments.iter().flat_map(Environment::waiters);
        let meant: Vec<Ticket> =
            waiting.map(|waiter| waiter.ticket).filter(|ticket| is_meant(ticket)).collect();
        let removed = meant.iter().filter_map(|ticket| self.remove(ticket));
        removed.map(|Waiter { reply, .. }| reply).collect()
    }
}
