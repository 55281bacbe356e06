//! Many records in, one entry for each thing that happened out.

use super::{Entry, EntryResult, Metadata, More};
use crate::{
    domain::{
        AdminChange, Attempt, CallId, GENERATION_PENDING, Intent, Outcome, OutcomeRecord, PersonId,
        ReadOf, RecordBody, Refusal, RefusalSummary, TokenId, Usd,
    },
    store::SealedRecord,
};
use std::collections::HashMap;

/// The decision of a call that has no outcome yet.
const IN_FLIGHT: &str = "in_flight";

/// Folds records into entries, oldest first: one for each call, refusal, change and summary.
///
/// A call without an outcome is `pending`, `unknown` and `in_flight`; one whose generation goes on is `pending`
/// too, whatever its outcome; of several outcomes the last one counts. An
/// outcome whose intent is not among `records` makes an entry with what it knows.
///
/// Entries stand in the order of the records that begin them, and two folds of the same records are
/// equal. Changes that name a call, such as a release of its places, are entries of their own.
pub fn fold(mut records: Vec<SealedRecord>) -> Vec<Entry> {
    // They may come with the newest first.
    records.sort_by_key(|record| record.seq);
    let mut entries: Vec<Entry> = Vec::new();
    let mut calls: HashMap<CallId, usize> = HashMap::new();
    for record in &records {
        let call = record.record.call.as_ref().filter(|_| is_of_a_call(&record.record.body));
        let Some(call) = call else {
            entries.push(Entry::from_record(record));
            continue;
        };
        if let Some(at) = calls.get(call) {
            entries[*at].add(&record.record.body);
        } else {
            calls.insert(call.clone(), entries.len());
            entries.push(Entry::from_record(record));
        }
    }
    entries
}

/// Says whether a record is a step of a call; changes that name one are not.
fn is_of_a_call(body: &RecordBody) -> bool {
    matches!(body, RecordBody::Intent(_) | RecordBody::Attempt(_) | RecordBody::Outcome(_))
}

impl Entry {
    /// Returns the entry that begins with `sealed`. What another record of the same call would have
    /// told stays `null`.
    pub(super) fn from_record(sealed: &SealedRecord) -> Self {
        let record = &sealed.record;
        let metadata = Metadata {
            request_id: record.request.clone(),
            call_id: record.call.clone(),
            token_id: record.principal.token().cloned(),
            environment: None,
            on_behalf_of: None,
            places: None,
            cost_usd: None,
            status: None,
            upstream_status: None,
            outcome: Outcome::Unknown,
            queue_ms: None,
            upstream_ms: None,
            gateway_ms: None,
            decision: IN_FLIGHT.into(),
            generation_ids: Vec::new(),
            key_version: None,
            client_addr: None,
            seq: sealed.seq,
            more: More::default(),
        };
        let mut entry = Self {
            timestamp: record.at,
            action: record.action.clone(),
            user_id: record.principal.clone(),
            resource: record.resource.clone(),
            result: EntryResult::Failure,
            metadata,
        };
        if let Some((token, environment)) = record.changed_token() {
            entry.metadata.token_id = Some(TokenId::from_stored(token));
            entry.metadata.environment = environment.and_then(|name| name.parse().ok());
        }
        entry.add(&record.body);
        entry
    }

    /// Adds what one more record of the same thing tells.
    fn add(&mut self, body: &RecordBody) {
        match body {
            RecordBody::Intent(intent) => self.metadata.intend(intent),
            RecordBody::Attempt(attempt) => self.metadata.attempt(attempt),
            RecordBody::Outcome(outcome) => self.metadata.end(outcome),
            RecordBody::Refusal(refusal) => self.metadata.refuse(refusal),
            RecordBody::Admin(change) => self.metadata.change(change),
            RecordBody::Summary(summary) => self.metadata.summarize(summary),
        }
        self.result = self.metadata.result();
    }
}

impl Metadata {
    /// Returns the one word for how it stands.
    fn result(&self) -> EntryResult {
        let goes_on =
            &*self.decision == IN_FLIGHT || self.more.reason.as_deref() == Some(GENERATION_PENDING);
        if goes_on { EntryResult::Pending } else { EntryResult::from_outcome(self.outcome) }
    }

    /// Adds who calls, what for, and what was reserved.
    fn intend(&mut self, intent: &Intent) {
        self.token_id = Some(intent.token.clone());
        self.environment = Some(intent.environment.clone());
        self.on_behalf_of = named(intent.user.as_ref(), intent.on_behalf_of.as_deref());
        self.places = Some(intent.places);
        self.queue_ms = Some(intent.queue_ms);
        self.key_version = Some(intent.key_version.clone());
        self.client_addr = kept(&intent.client_addr);
        self.more.route = Some(intent.route.clone());
        self.more.reserved_usd = intent.reserved;
        self.more.model.clone_from(&intent.model);
        self.more.speed.clone_from(&intent.speed);
        self.more.webhook_host.clone_from(&intent.webhook_host);
        self.more.secret = intent.secret;
        self.more.owner.clone_from(&intent.owner);
        self.more.opened_at = intent.opened_at;
    }

    /// Counts a sending that Ideogram refused without billing.
    fn attempt(&mut self, attempt: &Attempt) {
        self.upstream_status = Some(attempt.upstream_status);
        self.more.refused_attempts = Some(self.more.refused_attempts.unwrap_or(0) + 1);
    }

    /// A later outcome corrects an earlier one where it knows better. What it does not know keeps
    /// its value: status and charge stay, and of times and images the larger one counts, so that a
    /// late outcome without them takes nothing away.
    fn end(&mut self, outcome: &OutcomeRecord) {
        self.outcome = outcome.outcome;
        if let Some(user) = &outcome.user {
            self.on_behalf_of = Some(user.as_str().into());
        }
        self.decision = "allowed".into();
        if let Some(read) = &outcome.of {
            self.read(read);
        }
        self.more.reason.clone_from(&outcome.reason);
        self.status = outcome.status.or(self.status);
        self.upstream_status = outcome.upstream_status.or(self.upstream_status);
        self.cost_usd = outcome.charged.or(self.cost_usd);
        self.upstream_ms = self.upstream_ms.max(Some(outcome.upstream_ms));
        self.gateway_ms = self.gateway_ms.max(Some(outcome.gateway_ms));
        self.more.images = self.more.images.max(Some(outcome.images));
        self.more.unsafe_images = self.more.unsafe_images.max(Some(outcome.unsafe_images));
        self.more.code = outcome.code.or(self.more.code);
        self.more.key_redacted = self.more.key_redacted.or(outcome.key_redacted.then_some(true));
        for generation in &outcome.generations {
            if !self.generation_ids.contains(generation) {
                self.generation_ids.push(generation.clone());
            }
        }
    }

    /// Adds who reads and what, as the one record of a read tells it.
    fn read(&mut self, of: &ReadOf) {
        self.token_id = Some(of.token.clone());
        self.environment = Some(of.environment.clone());
        self.places = Some(0);
        self.queue_ms = Some(of.queue_ms);
        self.key_version = Some(of.key_version.clone());
        self.client_addr = kept(&of.client_addr);
        self.more.route = Some(of.route.clone());
        self.more.secret = Some(of.secret);
        self.more.owner.clone_from(&of.owner);
        self.more.opened_at = Some(of.opened_at);
    }

    /// Adds what a refusal here tells; nothing was sent, so nothing is charged.
    fn refuse(&mut self, refusal: &Refusal) {
        self.outcome = Outcome::Refused;
        self.decision = refusal.code.as_str().into();
        self.status = Some(refusal.status);
        self.token_id = refusal.token.clone().or(self.token_id.take());
        self.environment.clone_from(&refusal.environment);
        self.on_behalf_of = named(refusal.user.as_ref(), refusal.on_behalf_of.as_deref());
        self.places = Some(refusal.places);
        self.cost_usd = Some(Usd::ZERO);
        self.queue_ms = Some(refusal.queue_ms);
        self.client_addr = kept(&refusal.client_addr);
        self.more.route.clone_from(&refusal.route);
        self.more.reason = Some(refusal.reason.clone());
        self.more.secret = refusal.secret;
        self.more.owner.clone_from(&refusal.owner);
        self.more.code = Some(refusal.code);
    }

    /// Adds what was there before and after.
    fn change(&mut self, change: &AdminChange) {
        self.outcome = Outcome::Success;
        self.decision = "allowed".into();
        self.more.before = Some(change.before.clone());
        self.more.after = Some(change.after.clone());
        self.more.operator_id.clone_from(&change.operator);
        self.client_addr = change.client_addr.as_deref().and_then(kept);
        self.more.way = change.way;
    }

    /// It is charged nothing, since none of what it counts was sent.
    fn summarize(&mut self, summary: &RefusalSummary) {
        self.outcome = Outcome::Refused;
        self.decision = summary.code.as_str().into();
        self.status = Some(summary.code.status());
        self.cost_usd = Some(Usd::ZERO);
        self.more.route.clone_from(&summary.route);
        self.more.code = Some(summary.code);
        self.more.count = Some(summary.count);
        self.more.since = Some(summary.since);
    }
}

/// Returns what the record calls an end user: by id, and in records of old as the app wrote it.
fn named(user: Option<&PersonId>, on_behalf_of: Option<&str>) -> Option<Box<str>> {
    user.map(PersonId::as_str).or(on_behalf_of).map(Into::into)
}

/// Of an address that is not kept there is nothing to tell.
fn kept(address: &str) -> Option<Box<str>> {
    (!address.is_empty()).then(|| address.into())
}
