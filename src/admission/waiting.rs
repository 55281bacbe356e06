//! A call that waits; dropping it frees its seat.

use super::{account::Account, error::AdmissionError, lane::Ticket, permit::Permit};
use std::sync::Arc;
use tokio::{sync::oneshot, time::timeout_at};

type WaitAnswer = Result<Permit, AdmissionError>;

/// Whoever waits for it and goes away has taken nothing.
#[derive(Debug)]
pub(super) struct WaitingCall {
    account: Arc<Account>,
    ticket: Ticket,
    answer: oneshot::Receiver<WaitAnswer>,
    answered: bool,
}

impl WaitingCall {
    pub(super) fn new(
        account: Arc<Account>,
        ticket: Ticket,
        answer: oneshot::Receiver<WaitAnswer>,
    ) -> Self {
        Self { account, ticket, answer, answered: false }
    }

    /// Waits for the call's turn, at most until its deadline. Dropping the future frees the seat; a
    /// permit that was on its way goes to the next.
    pub(super) async fn turn(mut self) -> WaitAnswer {
        let answer = match timeout_at(self.ticket.deadline, &mut self.answer).await {
            Ok(answer) => answer,
            Err(_) => match self.account.time_out(&self.ticket) {
                Some(error) => Ok(Err(error)),
                // The permit is on its way; it counts although the deadline just passed.
                None => (&mut self.answer).await,
            },
        };
        self.answered = true;
        // The gate never drops a reply unused; if it did, nobody would be let in by it.
        answer.unwrap_or(Err(AdmissionError::Stopped))
    }
}

impl Drop for WaitingCall {
    fn drop(&mut self) {
        if !self.answered {
            // An answer that is already on its way holds a permit, which gives itself back.
            self.account.leave(&self.ticket);
        }
    }
}
