//! Records in, entries out.

use crate::{
    audit::{Entry, EntryResult, HashChain, fold},
    domain::{Attempt, AuditRecord, GenerationId, OpenCall, Outcome, Principal, RecordBody, Usd},
    store::{
        ChainHasher, ChainLink, SealedRecord,
        tests::fixtures::{NOON, call, intent, outcome, record, refusal},
    },
};
use insta::assert_snapshot;
use serde_json::{Value, json};

/// Chains records as the journal does.
pub(super) fn chain(records: Vec<AuditRecord>) -> Vec<SealedRecord> {
    let mut prev_hash = HashChain.genesis();
    let sealed = records.into_iter().zip(1..).map(|(record, seq)| {
        let bytes = serde_json::to_vec(&record).unwrap().into_boxed_slice();
        let hash = HashChain.seal(seq, &prev_hash, &bytes);
        let link = ChainLink { seq, prev_hash, hash, bytes };
        prev_hash = hash;
        SealedRecord::new(link, record)
    });
    sealed.collect()
}

/// A call whose identifiers are always the same.
pub(super) fn steady_call() -> OpenCall {
    OpenCall { call: crate::domain::CallId::from_stored("call_1"), ..call("prod") }
}

pub(super) fn ended(call: &OpenCall, end: Outcome) -> AuditRecord {
    outcome(call, end).records.remove(0)
}

fn entries(records: Vec<AuditRecord>) -> Vec<Entry> {
    fold(chain(records))
}

#[test]
fn a_finished_call_is_one_entry_in_the_shape_that_others_read() {
    let call = steady_call();
    let found = entries(vec![intent(&call), ended(&call, Outcome::Success)]);
    assert_eq!(found.len(), 1);
    let text = serde_json::to_string_pretty(&found[0]).unwrap();
    assert_eq!(serde_json::from_str::<Entry>(&text).unwrap(), found[0]);
    assert_snapshot!(text, @r#"
    {
      "timestamp": "2025-11-22T12:00:00.000000Z",
      "action": "ideogram.api.call",
      "userId": "tok_prod",
      "resource": "v3.generate",
      "result": "success",
      "metadata": {
        "request_id": "req_of_call_1",
        "call_id": "call_1",
        "token_id": "tok_prod",
        "environment": "prod",
        "on_behalf_of": null,
        "places": 4,
        "cost_usd": "0.06",
        "status": 200,
        "upstream_status": 200,
        "outcome": "success",
        "queue_ms": 3,
        "upstream_ms": 900,
        "gateway_ms": 1,
        "decision": "allowed",
        "generation_ids": [],
        "key_version": "…abcd",
        "client_addr": "127.0.0.1",
        "seq": 1,
        "reserved_usd": "0.24",
        "images": 1,
        "unsafe_images": 0,
        "route": "v3.generate",
        "owner": "marketing",
        "opened_at": "2025-11-22T12:00:00.000000Z"
      }
    }
    "#);
}

#[test]
fn a_call_without_an_outcome_is_in_flight() {
    let found = entries(vec![intent(&steady_call())]).remove(0);
    assert_eq!(found.result, EntryResult::Pending);
    assert_eq!(found.metadata.outcome, Outcome::Unknown);
    assert_eq!(&*found.metadata.decision, "in_flight");
    assert_eq!(found.metadata.cost_usd, None);
    let json = serde_json::to_value(&found).unwrap();
    for name in ["status", "upstream_status", "upstream_ms", "gateway_ms", "cost_usd"] {
        assert_eq!(
            json["metadata"].get(name),
            Some(&Value::Null),
            "{name} is there, but not known"
        );
    }
}

#[test]
fn the_last_outcome_counts_and_keeps_what_the_first_knew() {
    let call = steady_call();
    let attempt = Attempt { upstream_status: 429, reason: "drift".into() };
    let mut unknown = ended(&call, Outcome::Unknown);
    if let RecordBody::Outcome(outcome) = &mut unknown.body {
        (outcome.charged, outcome.status) = (None, Some(502));
        outcome.reason = Some("timeout".into());
        outcome.generations = vec![GenerationId::new("gen-1")];
    }
    let mut resolved = ended(&call, Outcome::Success);
    resolved.principal = Principal::Gateway;
    if let RecordBody::Outcome(outcome) = &mut resolved.body {
        (outcome.status, outcome.upstream_ms) = (None, 0);
        outcome.generations = vec![GenerationId::new("gen-1"), GenerationId::new("gen-2")];
    }
    let attempt = record(Some(&call), RecordBody::Attempt(attempt));
    let found = entries(vec![intent(&call), attempt, unknown, refusal("another"), resolved]);
    assert_eq!(found.len(), 2, "oldest first, and only two things happened");
    let (entry, metadata) = (&found[0], &found[0].metadata);
    assert_eq!((entry.result, metadata.outcome), (EntryResult::Success, Outcome::Success));
    assert_eq!(entry.user_id, Principal::Token(call.token));
    assert_eq!((metadata.status, metadata.upstream_ms), (Some(502), Some(900)));
    assert_eq!(metadata.cost_usd, Some(Usd::from_micros(60_000)));
    assert_eq!(metadata.generation_ids.len(), 2);
    assert_eq!((metadata.more.refused_attempts, &metadata.more.reason), (Some(1), &None));
    assert_eq!(&*found[1].metadata.decision, "token_invalid");
}

#[test]
fn a_refusal_tells_its_code_and_what_the_client_was_not_told() {
    let found = entries(vec![refusal("token expired")]).remove(0);
    assert_eq!((found.result, found.metadata.outcome), (EntryResult::Failure, Outcome::Refused));
    assert_eq!((&*found.metadata.decision, found.metadata.status), ("token_invalid", Some(401)));
    assert_eq!(found.metadata.cost_usd, Some(Usd::ZERO));
    assert_eq!(found.metadata.more.reason.as_deref(), Some("token expired"));
}

#[test]
fn a_change_shows_what_was_there_before_and_after() {
    let who = Principal::Operator("ada".into(), None);
    let (before, after) = (json!({"state": "enabled"}), json!({"state": "revoked"}));
    let change = AuditRecord::change(NOON, who, "token.revoke", "tok_1", before, after);
    let found = serde_json::to_value(entries(vec![change]).remove(0)).unwrap();
    assert_eq!(found["userId"], "operator:ada");
    assert_eq!((&found["result"], &found["resource"]), (&json!("success"), &json!("tok_1")));
    assert_eq!(found["metadata"]["before"]["state"], "enabled");
    assert_eq!(found["metadata"]["after"]["state"], "revoked");
}

#[test]
fn an_outcome_whose_intent_is_elsewhere_makes_an_entry_of_what_it_knows() {
    let call = steady_call();
    let found = entries(vec![ended(&call, Outcome::Failed)]).remove(0);
    assert_eq!(
        (found.metadata.call_id, found.metadata.outcome),
        (Some(call.call), Outcome::Failed)
    );
}
