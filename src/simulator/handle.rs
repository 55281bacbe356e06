//! The handle that everybody holds.
//!
//! Tests and the gateway use the same handle: what is seen here is what a vendor would have seen.

use super::{
    options::SimulatorOptions, orders::Occupied, pictures::Pictures, seen::Seen, server,
    stage::Script, vendor::Vendor, webhooks::SignedAs,
};
use crate::tasks::Tasks;
use std::{future::Future, sync::Arc};
use tokio::net::TcpListener;

/// A stand-in for Ideogram; clones are the same one.
///
/// It may be held and used anywhere, for no method waits, but for serving and for `seen_when`.
#[derive(Debug, Clone)]
pub struct Simulator(Arc<Vendor>);

impl Simulator {
    /// Returns a stand-in whose work runs on `tasks`.
    ///
    /// Nothing listens yet; its pictures can be asked for, and its counters are at zero.
    pub fn new(options: SimulatorOptions, tasks: &Tasks) -> Self {
        Self(Arc::new(Vendor::new(options, tasks.clone())))
    }

    /// Serves connections until `shutdown`; those that are still open then are dropped.
    ///
    /// Returns once `shutdown` is ready. Work that was ordered goes on.
    pub async fn serve(&self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        server::listen(Arc::clone(&self.0), listener, shutdown).await;
    }

    /// Returns what answers for its pictures elsewhere, at the link base it was given.
    pub fn pictures(&self) -> Pictures {
        Pictures::new(self.0.links.clone(), self.0.tasks.clone())
    }

    /// Adds a script after those that are still to be played.
    ///
    /// A call takes the first script that is for it.
    pub fn script(&self, script: Script) {
        self.0.scripts.add(script);
    }

    /// Forgets all scripts that were not played, and lets all work end that is held now.
    pub fn forget_scripts(&self) {
        self.0.scripts.clear();
    }

    /// Lets all work end that is held now.
    pub fn release(&self) {
        self.0.scripts.release();
    }

    /// Returns what arrived since the start or the last reset.
    pub fn seen(&self) -> Seen {
        self.0.seen()
    }

    /// Waits until what arrived passes `test`, and returns it.
    ///
    /// It waits without end where that never comes, and may be dropped at any time.
    pub async fn seen_when(&self, test: impl Fn(&Seen) -> bool) -> Seen {
        let mut changes = self.0.log.changes();
        loop {
            // Before the look, so that a change between the look and the wait is not lost.
            changes.mark_unchanged();
            let seen = self.seen();
            // The sender lives as long as this handle.
            if test(&seen) || changes.changed().await.is_err() {
                return seen;
            }
        }
    }

    /// Returns how many units were billed: pictures, or inputs where these are paid for.
    ///
    /// A training counts as none, though its price is billed.
    pub fn billed_images(&self) -> u64 {
        self.0.account.billed().0
    }

    /// Returns what was billed, in millionths of a dollar.
    pub fn billed_usd_micros(&self) -> u64 {
        self.0.account.billed().1
    }

    /// Returns how many images are in flight.
    ///
    /// Those that were taken with `occupy` are among them.
    pub fn places_in_flight(&self) -> u32 {
        self.0.account.in_flight()
    }

    /// Takes places as somebody else with the same account would, until the guard is dropped.
    ///
    /// They may go above the cap, and are never billed.
    pub fn occupy(&self, places: u32) -> Occupied {
        self.0.account.occupy(places)
    }

    /// Changes how many images may be in flight.
    ///
    /// What is in flight above a lower cap stays.
    pub fn set_cap(&self, cap: u32) {
        self.0.account.set_cap(cap);
    }

    /// Changes what it can be paid in all since the last reset, in millionths of a dollar.
    ///
    /// `None` is without end. What is held counts as spent.
    pub fn set_balance(&self, balance: Option<u64>) {
        self.0.account.set_balance(balance);
    }

    /// Accepts a key from now on.
    ///
    /// Keys that were accepted before stay so.
    pub fn accept_key(&self, key: &str) {
        self.0.keys.accept(key);
    }

    /// Refuses a key from now on.
    ///
    /// Calls that it let in go on.
    pub fn reject_key(&self, key: &str) {
        self.0.keys.reject(key);
    }

    /// Returns the headers of a webhook with this body, signed with the key that signs now.
    ///
    /// Nothing is sent: the caller delivers, as a vendor or as a forger.
    pub fn sign_webhook(&self, signed: SignedAs<'_>, body: &[u8]) -> Vec<(&'static str, String)> {
        self.0.postman.signer.headers(signed, body)
    }

    /// Signs webhooks with a new key from now on; the old ones stay published.
    ///
    /// Whoever has the older keys cannot verify what is signed from now on, before it fetches them again.
    pub fn rotate_webhook_key(&self) {
        self.0.postman.signer.rotate();
    }

    /// Forgets scripts, calls, peaks and bills, and releases what is held; keys, cap and balance
    /// stay.
    ///
    /// Work under way goes on, and is billed when it ends.
    pub fn reset(&self) {
        self.0.reset();
    }
}
