//! The end of a call that cannot cost anything: one record, and then the answer.

use super::{
    AnswerFacts, SendError,
    conclusion::Conclusion,
    sending::{Sending, answer_of},
};
use crate::{
    domain::{Action, RecordBody},
    ledger::Hold,
};

impl Sending {
    /// Makes the one record of a read durable, and releases the answer after it. If it cannot be recorded,
    /// nothing is shown: nobody paid for it, so it is asked for again.
    pub(super) async fn conclude_read(mut self, ending: Conclusion, hold: Hold) {
        debug_assert!(self.ready.places == 0 && self.claim.is_none(), "it takes nothing");
        let facts = answer_of(&ending.reply).map(AnswerFacts::read).unwrap_or_default();
        let opened_at = hold.opened_at();
        let money = self.settle(hold, &ending, &facts, false);
        let mut outcome = self.outcome_record(&ending, &facts, &money);
        outcome.of = Some(Box::new(self.read_of(opened_at)));
        outcome.reason = self.sent_again.take().or(outcome.reason);
        let services = self.calls.services().clone();
        let outcome = RecordBody::Outcome(Box::new(outcome));
        let record = self.ready.record(services.clock.now(), Action::Call, outcome);
        let read = self.ready.read_use(opened_at);
        let person = self.ready.person.clone();
        if let Err(error) = services.journal.commit_read(record, read, person).await {
            return self.tell(Err(SendError::Unrecorded(error)));
        }
        self.tell_why(&ending);
        self.note_poll(&ending, &facts).await;
        self.answer(ending, &money);
    }
}
