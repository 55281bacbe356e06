//! Everything that the stand-in remembers.

use super::{
    auth::AcceptedKeys,
    library::Library,
    options::SimulatorOptions,
    orders::{SimulatedAccount, SimulatedGenerations},
    pictures::Links,
    polls::Polls,
    seen::{ArrivalLog, Seen},
    stage::Scripts,
    webhooks::{Postman, WebhookSigner},
};
use crate::{domain::Clock, tasks::Tasks};
use std::sync::Arc;

/// The state of a stand-in.
///
/// It lives in memory alone: a new process has forgotten all of it.
#[derive(Debug)]
pub struct Vendor {
    /// The keys it accepts.
    pub keys: AcceptedKeys,
    /// Places and money.
    pub account: Arc<SimulatedAccount>,
    /// What was made.
    pub generations: SimulatedGenerations,
    /// Models and data sets.
    pub library: Library,
    /// How often generations are asked for.
    pub polls: Polls,
    /// Links to pictures.
    pub links: Links,
    /// How to misbehave.
    pub scripts: Scripts,
    /// Delivers webhooks.
    pub postman: Arc<Postman>,
    /// What arrived.
    pub log: Arc<ArrivalLog>,
    /// How long things take.
    pub pace: f64,
    /// Whether it obeys from outside.
    pub control: bool,
    /// Where time comes from.
    pub clock: Arc<dyn Clock>,
    /// What runs on its own.
    pub tasks: Tasks,
}

impl Vendor {
    /// Returns a stand-in to which nothing has happened.
    pub(super) fn new(options: SimulatorOptions, tasks: Tasks) -> Self {
        let clock = options.clock;
        let log = Arc::new(ArrivalLog::new(options.kept_calls));
        let postman = Postman {
            delivers: options.webhooks,
            signer: WebhookSigner::new(),
            pace: options.pace.max(0.0),
            log: Arc::clone(&log),
            clock: Arc::clone(&clock),
            tasks: tasks.clone(),
        };
        Self {
            keys: AcceptedKeys::new(options.keys),
            account: Arc::new(SimulatedAccount::new(options.cap, options.balance)),
            generations: SimulatedGenerations::default(),
            library: Library::new(),
            polls: Polls::default(),
            links: Links::new(&options.link_base, options.link_lifetime, Arc::clone(&clock)),
            scripts: Scripts::default(),
            postman: Arc::new(postman),
            log,
            // A pace below zero, or none at all, is no time at all.
            pace: options.pace.max(0.0),
            control: options.control,
            clock,
            tasks,
        }
    }

    /// Returns the time as answers show it.
    pub fn now(&self) -> String {
        self.clock.now().to_string()
    }
}

impl Vendor {
    /// Returns what arrived, and all peaks.
    pub(super) fn seen(&self) -> Seen {
        let (most_places_in_flight, most_places_wanted) = self.account.most();
        Seen { most_places_in_flight, most_places_wanted, ..self.log.seen() }
    }

    /// Forgets scripts, calls, peaks and bills.
    ///
    /// Generations, models and keys stay.
    pub(super) fn reset(&self) {
        self.scripts.clear();
        self.log.reset();
        self.account.reset();
    }
}
