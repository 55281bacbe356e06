//! One account's gate behind a lock; answers to callers go out after it is released.

use super::{
    account_gate::{AccountGate, Closed, Grant},
    error::AdmissionError,
    lane::Ticket,
    options::{AdmitRequest, GateOptions},
    permit::Permit,
    waiting::WaitingCall,
};
use crate::domain::{AccountName, CallId, EnvironmentName, TokenId};
use parking_lot::{Mutex, MutexGuard};
use std::{collections::VecDeque, sync::Arc};
use tokio::{sync::oneshot, time::Instant};

/// What a waiting caller is told: come in, or why not. Dropped unanswered, it would turn its caller
/// away.
pub(super) type WaitReply = oneshot::Sender<Result<Permit, AdmissionError>>;

/// The gate's lock is held for moments and never across an await. Callers are told after it is
/// released, since an answer that nobody takes comes back here as a permit to be freed.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) name: AccountName,
    gate: Mutex<AccountGate<WaitReply>>,
}

impl Account {
    pub(super) fn new(name: AccountName, gate: AccountGate<WaitReply>) -> Arc<Self> {
        Arc::new(Self { name, gate: Mutex::new(gate) })
    }

    /// Returns the gate, alone. Nothing that holds a permit may be dropped meanwhile: it would
    /// come here again.
    pub(super) fn gate(&self) -> MutexGuard<'_, AccountGate<WaitReply>> {
        self.gate.lock()
    }

    pub(super) fn enter(
        self: &Arc<Self>,
        seat: &AdmitRequest,
    ) -> Result<WaitingCall, AdmissionError> {
        let (reply, answer) = oneshot::channel();
        let (entered, grants) = self.gate().enter(seat, reply, Instant::now());
        // Also where this call is refused: while it had its seat, others may have been let in.
        self.deliver(grants);
        Ok(WaitingCall::new(self.clone(), entered?, answer))
    }

    pub(super) fn requeue(self: &Arc<Self>, ticket: Ticket) -> Result<WaitingCall, AdmissionError> {
        let (reply, answer) = oneshot::channel();
        let (entered, grants) = self.gate().requeue(ticket, reply, Instant::now());
        self.deliver(grants);
        Ok(WaitingCall::new(self.clone(), entered?, answer))
    }

    pub(super) fn set_share(
        self: &Arc<Self>,
        environment: &EnvironmentName,
        token: &TokenId,
        share: Option<u32>,
    ) {
        let grants = self.gate().set_share(environment, token, share, Instant::now());
        self.deliver(grants);
    }

    pub(super) fn leave(self: &Arc<Self>, ticket: &Ticket) {
        let grants = self.gate().leave(ticket, Instant::now());
        self.deliver(grants);
    }

    /// Ends a call's wait; `None` if it was let in meanwhile.
    pub(super) fn time_out(self: &Arc<Self>, ticket: &Ticket) -> Option<AdmissionError> {
        let timed_out = self.gate().time_out(ticket, Instant::now());
        let (error, grants) = timed_out?;
        self.deliver(grants);
        Some(error)
    }

    pub(super) fn release(self: &Arc<Self>, ticket: &Ticket) {
        let grants = self.gate().release(ticket, Instant::now());
        self.deliver(grants);
    }

    pub(super) fn hold(self: &Arc<Self>, call: CallId, ticket: Ticket) {
        let grants = self.gate().hold(call, ticket, Instant::now());
        self.deliver(grants);
    }

    pub(super) fn restore(self: &Arc<Self>, seat: &AdmitRequest, call: CallId) {
        let grants = self.gate().restore(seat, call, Instant::now());
        self.deliver(grants);
    }

    /// Gives back what is held under `call`; says whether anything was.
    pub(super) fn release_held(self: &Arc<Self>, call: &CallId) -> bool {
        let released = self.gate().release_held(call, Instant::now());
        let was_held = released.is_some();
        self.deliver(released.unwrap_or_default());
        was_held
    }

    pub(super) fn tick(self: &Arc<Self>) {
        let grants = self.gate().tick(Instant::now());
        self.deliver(grants);
    }

    /// Takes other options; calls that are larger than the cap by now are told.
    pub(super) fn reconfigure(self: &Arc<Self>, options: &GateOptions, capacity: usize) {
        let changed = self.gate().reconfigure(options, capacity, Instant::now());
        for reply in changed.too_large {
            // Whoever does not listen any more need not be told.
            drop(reply.send(Err(AdmissionError::NeverFits { cap: options.cap })));
        }
        self.deliver(changed.grants);
    }

    /// Changes why the gate is closed and to whom; those of them who wait are told.
    pub(super) fn close(self: &Arc<Self>, change: impl FnOnce(&mut Closed)) {
        let mut gate = self.gate();
        change(&mut gate.closed);
        let (sent_away, grants) = gate.send_away(Instant::now());
        // Nobody is told under the lock: whoever is told may come straight back.
        drop(gate);
        for (reply, reason) in sent_away {
            // Whoever does not listen any more need not be told.
            drop(reply.send(Err(reason)));
        }
        self.deliver(grants);
    }

    /// Tells callers that they are in. A permit whose caller is gone goes on to the next one.
    fn deliver(self: &Arc<Self>, grants: Vec<Grant<WaitReply>>) {
        // A loop and no recursion: very many callers may be gone at once.
        let mut grants = VecDeque::from(grants);
        while let Some(grant) = grants.pop_front() {
            let permit = Permit::new(self.clone(), grant.ticket);
            if let Err(Ok(permit)) = grant.reply.send(Ok(permit))
                && let Some(ticket) = permit.into_ticket()
            {
                grants.extend(self.gate().release(&ticket, Instant::now()));
            }
        }
    }
}
