//! Pending generations are polled until they end: their places are free only then.

use super::{AnswerFacts, Calls, generation_end::GenerationEnd};
use crate::{
    domain::{
        Action, AuditRecord, Generation, GenerationId, GenerationState, Outcome, OutcomeRecord,
        Principal, RecordBody,
    },
    ledger::Reserved,
};
use std::time::Duration;

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

impl Calls {
    /// Follows a pending generation until it ends or its time is up.
    pub(super) fn follow(&self, generation: Generation, money: Option<Reserved>) {
        self.0.generations.submit(generation.clone(), money);
        let calls = self.clone();
        self.0
            .services
            .tasks
            .spawn_background("follow", async move { calls.poll_until_end(generation).await });
    }

    async fn poll_until_end(&self, generation: Generation) {
        let mut pause = FIRST_PAUSE;
        loop {
            tokio::time::sleep(pause).await;
            if !self.0.generations.is_pending(&generation.id) {
                return;
            }
            if self.services().clock.now() >= generation.places_until {
                let nothing = AnswerFacts::default();
                let state = GenerationState::Abandoned;
                self.generation_seen(&generation.id, state, &nothing).await;
            } else if let Some(facts) = self.poll(&generation).await
                && let Some(state) = facts.state
            {
                self.generation_seen(&generation.id, state, &facts).await;
            }
            pause = (pause + pause / 2).min(LONGEST_PAUSE);
        }
    }

    /// Asks Ideogram how a generation stands.
    pub(super) async fn poll(&self, generation: &Generation) -> Option<AnswerFacts> {
        let link = self.services().accounts.link(&generation.account)?;
        let slot = link.slot(&generation.environment)?;
        let version = if generation.route.tells_bills() { "v2" } else { "v1" };
        let path = format!("/{version}/generations/{}", generation.id);
        let key = slot.take();
        let answer = link.upstream.get(key.send_with(), &path).await.ok()?;
        self.note_echo(&generation.account, &answer);
        answer.status.is_success().then(|| AnswerFacts::read(&answer))
    }

    /// Settles a generation that was seen in a terminal state; the first to see it does.
    pub(super) async fn generation_seen(
        &self,
        id: &GenerationId,
        state: GenerationState,
        facts: &AnswerFacts,
    ) {
        if state == GenerationState::Pending {
            return;
        }
        let Some((generation, money)) = self.0.generations.take(id) else { return };
        self.0.held.free(&generation.call);
        let end = GenerationEnd::new(generation, money, state, facts);
        let record = self.generation_record(&end, facts);
        let bundle = end.bundle(record);
        match self.services().journal.commit_sent(bundle).await {
            Ok(_) => {
                self.book(&end);
                self.after_end(end);
            }
            // Its money stays reserved here as it does in the store, which the next start reads.
            Err(error) => {
                tracing::error!(generation.id = %id, %error, "end of generation not recorded");
            }
        }
        // A webhook may have come meanwhile, and waits to be told that it came second.
        self.0.generations.tell();
    }

    /// Returns the record of a generation's end.
    pub(super) fn generation_record(
        &self,
        end: &GenerationEnd,
        facts: &AnswerFacts,
    ) -> AuditRecord {
        let generation = &end.generation;
        let (outcome, reason) = match end.state {
            GenerationState::Failed => (Outcome::Failed, "generation failed"),
            GenerationState::Abandoned => (Outcome::Unknown, "generation not seen to end in time"),
            _ => (Outcome::Success, "generation completed"),
        };
        let now = self.services().clock.now();
        let body = OutcomeRecord {
            charged: end.charged,
            images: facts.images.unwrap_or(0),
            unsafe_images: facts.unsafe_images,
            generations: vec![generation.id.clone()],
            upstream_ms: super::ready::millis(now.since(generation.submitted_at)),
            ..OutcomeRecord::new(outcome, reason)
        };
        AuditRecord {
            at: now,
            action: Action::GenerationEnded.into(),
            principal: Principal::Gateway,
            resource: generation.route.as_str().into(),
            call: Some(generation.call.clone()),
            request: None,
            body: RecordBody::Outcome(Box::new(body)),
        }
    }
}
