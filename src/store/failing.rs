//! What the writer does while the database fails: declines, spills, and tries again.
//!
//! Nothing that was acknowledged as durable is lost by an outage. What tells of what has not
//! happened yet is declined at once, so that it does not happen; what tells of what has happened is
//! kept until it is in.

use super::{
    Durability, JournalError, JournalHealth,
    chain_writer::BundleResult,
    error::StoreCause,
    job::{Job, OnFailure},
    outage::Outage,
    writer_thread::WriterThread,
};
use crate::domain::{
    AuditRecord, Bundle, CloseCall, Effect, OpenCall, Outcome, OutcomeRecord, RecordBody,
    Timestamp, Usd, error_chain,
};
use std::sync::atomic::Ordering;
use tokio::time::Instant;

impl WriterThread {
    /// Begins an outage with the batch that could not be committed. From here on everything is
    /// refused or owed until the database works again.
    pub(super) fn fail(&mut self, batch: Vec<Job>, cause: &(dyn std::error::Error + 'static)) {
        let reason = error_chain(cause).into_boxed_str();
        tracing::error!(reason, "the database cannot be written, admission must stop");
        self.health.send_replace(JournalHealth::Failed(reason.clone()));
        // Only calls are looked up later. Left open, one would hold places and money until the next
        // start; an admin change that is in after all is told by its record.
        let doubtful = batch.iter().filter(|job| job.opens_a_call());
        self.outage = Some(Outage {
            reason,
            since: self.clock.now(),
            retry_at: Instant::now() + self.retry,
            owed: Vec::new(),
            appended: 0,
            doubtful: doubtful.map(|job| job.bundle.clone()).collect(),
        });
        self.reject(batch);
    }

    /// Answers a batch that came while the database fails. The database is not tried for it.
    /// Outcomes go to the log in full before the spill file is tried.
    pub(super) fn reject(&mut self, batch: Vec<Job>) {
        let Some(outage) = &mut self.outage else { return };
        let owed =
            || batch.iter().filter(|job| job.duty == OnFailure::Spill).map(|job| &job.bundle);
        // The log comes first: it is the last place left when the disk takes nothing more.
        owed().for_each(log_in_full);
        let spilled = self.spill.append(owed());
        if let Err(error) = &spilled {
            tracing::error!(%error, "the spill file failed too, outcomes are only in the log");
        }
        let unavailable = || JournalError::Unavailable(outage.reason.clone());
        let mut kept = Vec::new();
        for mut job in batch {
            match job.duty {
                OnFailure::Reject => job.answer(Err(unavailable())),
                OnFailure::Spill => {
                    // Kept in memory also when it was spilled: the file is read at the next start
                    // only.
                    kept.push(std::mem::take(&mut job.bundle));
                    let spilled = spilled.is_ok().then_some(Durability::Spilled);
                    job.answer(spilled.ok_or_else(unavailable));
                }
                OnFailure::Buffer => {
                    // Not spilled: the space in the file is for what was sent and may be billed,
                    // and a flood of refusals would take it.
                    outage.appended += 1;
                    kept.push(job.bundle);
                }
            }
        }
        outage.owed.append(&mut kept);
    }

    /// Reopens the database and commits all that is owed; the outage ends only with all of it in.
    /// All of that is one transaction; a try that fails leaves all of it owed.
    pub(super) fn try_again(&mut self) {
        let Some(mut outage) = self.outage.take() else { return };
        match self.settle(&mut outage) {
            Ok(()) => self.end(&outage),
            Err(error) => {
                tracing::debug!(error, owed = outage.owed.len(), "the database still fails");
                outage.retry_at = Instant::now() + self.retry;
                self.outage = Some(outage);
            }
        }
    }

    fn settle(&mut self, outage: &mut Outage) -> Result<(), StoreCause> {
        self.chain.reopen()?;
        let now = self.clock.now();
        let unsent = self.chain.already_in(outage.doubtful.iter())?;
        outage.owed.extend(unsent.into_iter().filter_map(|intent| not_sent(intent, now)));
        // They were looked up and are owed from here on: a second look after a failed try would
        // close them twice.
        outage.doubtful.clear();
        // Committed even if nothing is owed: only a commit proves that the database can be written.
        let recovered = outage.recovery_bundle(now);
        let verdicts = self.chain.write_again(outage.owed.iter().chain([&recovered]))?;
        let owed = std::mem::take(&mut outage.owed);
        for (bundle, verdict) in owed.into_iter().chain([recovered]).zip(verdicts) {
            match verdict {
                BundleResult::In(written) => self.publish(written, bundle.records),
                BundleResult::WasIn | BundleResult::NoRoom => {}
                BundleResult::Rejected(reason, written) => {
                    tracing::error!(reason, "what is owed contradicts what is stored");
                    self.publish(written, bundle.records);
                }
            }
        }
        Ok(())
    }

    fn end(&mut self, outage: &Outage) {
        self.appended.fetch_sub(outage.appended, Ordering::Relaxed);
        if let Err(error) = self.spill.clear() {
            // Harmless: what it holds is recognized as committed at the next start.
            tracing::warn!(%error, "the spill file was not cleared");
        }
        tracing::info!("the database can be written again, nothing is owed");
        self.health.send_replace(JournalHealth::Good);
        self.look_at_room();
    }
}

/// Returns what closes a call whose intent went in although its caller was told that it did not. It
/// is charged nothing, frees its places and gives its idempotency key back: its warrant was never
/// made.
fn not_sent(intent: &Bundle, now: Timestamp) -> Option<Bundle> {
    let record = intent.records.first()?;
    let call = intent.effects.iter().find_map(opened)?;
    let outcome = OutcomeRecord {
        charged: Some(Usd::ZERO),
        ..OutcomeRecord::new(Outcome::Failed, "not_sent")
    };
    let body = RecordBody::Outcome(Box::new(outcome));
    let closed = CloseCall {
        call: call.call.clone(),
        outcome: Outcome::Failed,
        charged: Some(Usd::ZERO),
        closed_at: now,
        places_until: None,
        images: 0,
    };
    let record = AuditRecord { at: now, body, ..record.clone() };
    let free = Effect::FreeClaim(call.call.clone());
    Some(Bundle::record(record).with(Effect::CloseCall(Box::new(closed))).with(free))
}

fn opened(effect: &Effect) -> Option<&OpenCall> {
    match effect {
        Effect::OpenCall(call) => Some(call),
        _ => None,
    }
}

fn log_in_full(bundle: &Bundle) {
    // The whole bundle may stand in the log: records and effects hold no prompt, no link and no
    // key, and of a person nothing but what lies sealed.
    let bundle = serde_json::to_string(bundle).unwrap_or_default();
    tracing::error!(bundle, "an outcome could not be committed and is owed");
}
