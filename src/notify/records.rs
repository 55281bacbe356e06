//! What the record tells that somebody should hear of.

use super::{
    Notice, NoticeKind, Notifier,
    unknown_calls::{UnknownCall, UnknownCalls},
};
use crate::{
    domain::{Action, AdminChange, AuditRecord, Outcome, RecordBody},
    store::{Journal, Reader, SealedRecord},
    tasks::Tasks,
};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Instant, MissedTickBehavior, interval},
};

/// How often gathered calls are looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Has somebody told of what is committed from now on, while there is somebody to tell.
pub fn follow_records(notifier: &Notifier, journal: &Journal, reader: Reader, tasks: &Tasks) {
    let (own, journal, blocking) = (notifier.clone(), journal.clone(), tasks.clone());
    let mut aimed = notifier.aimed();
    // Here and not in the work below, so that what is recorded before that runs is heard of. Only while it is
    // needed: a subscriber costs the journal a copy of each record.
    let mut records = aimed.borrow().is_some().then(|| journal.subscribe());
    tasks.spawn_background("notifications of records", async move {
        let mut follower =
            Follower { notifier: own, reader, tasks: blocking, unknown: UnknownCalls::default() };
        loop {
            let Some(subscribed) = records.take() else {
                if aimed.wait_for(Option::is_some).await.is_err() {
                    return;
                }
                records = Some(journal.subscribe());
                continue;
            };
            tokio::select! {
                () = follower.follow(subscribed) => return,
                over = aimed.wait_for(Option::is_none) => if over.is_err() { return },
            }
        }
    });
}

struct Follower {
    notifier: Notifier,
    reader: Reader,
    tasks: Tasks,
    unknown: UnknownCalls,
}

impl Follower {
    /// Reads until the journal ends.
    async fn follow(&mut self, mut records: Receiver<Arc<SealedRecord>>) {
        let mut ticks = interval(LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                record = records.recv() => match record {
                    Ok(record) => self.look(&record.record).await,
                    Err(RecvError::Lagged(missed)) => {
                        tracing::warn!(missed, "notifications could not keep up with the record");
                        self.notifier.missed(missed);
                    }
                    Err(RecvError::Closed) => return,
                },
                _ = ticks.tick() => {
                    self.unknown.due(Instant::now()).iter().for_each(|one| self.notifier.tell(one));
                }
            }
        }
    }

    async fn look(&mut self, record: &AuditRecord) {
        match (&record.body, Action::find(&record.action)) {
            (RecordBody::Admin(change), Some(Action::KeyRejected)) => {
                self.notifier.tell(&key_rejected(record, change));
            }
            // What was settled by time or by an operator is no news.
            (RecordBody::Outcome(ended), Some(Action::Call | Action::GenerationEnded))
                if ended.outcome == Outcome::Unknown =>
            {
                self.unknown_call(record, ended.reason.clone()).await;
            }
            _ => {}
        }
    }

    async fn unknown_call(&mut self, record: &AuditRecord, reason: Option<Box<str>>) {
        let Some(call) = record.call.clone() else { return };
        let (reader, id) = (self.reader.clone(), call.clone());
        let found = self.tasks.run_blocking(move || reader.whose_call(&id)).await;
        let Ok(Ok(Some((environment, reserved_usd)))) = found else { return };
        let unknown = UnknownCall {
            call_id: call,
            route: record.resource.clone(),
            request_id: record.request.clone(),
            reason,
            reserved_usd,
        };
        if let Some(notice) = self.unknown.saw(&environment, unknown, Instant::now()) {
            self.notifier.tell(&notice);
        }
    }
}

/// Ideogram rejects a key; told once for each rejection.
fn key_rejected(record: &AuditRecord, change: &AdminChange) -> Notice {
    let (account, version) = record.resource.split_once('/').unwrap_or((&record.resource, ""));
    let mut data = json!({
        "account": account, "version": version, "since": record.at,
        "environments": change.after["environments"],
    });
    if let Some(next) = change.after["next"].as_str() {
        data["next"] = json!(next);
    }
    let of = [&*record.resource, &record.at.to_string()];
    Notice::once(NoticeKind::KeyRejected, &of, data)
}
