//! What records of later lead to, action by action, and that money comes out as it was.

use super::{RecordPlace, Replayed, UnknownRecord, replay};
use crate::{
    config::{LoadOptions, Settings},
    domain::{
        Action, Actor, AuditRecord, Bundle, Effect, GENERATION_PENDING, GenerationId,
        GenerationState, OpenCall, Operator, OperatorId, Outcome, OutcomeRecord, Principal,
        RecordBody, Role, StoredOperator, TokenDigest, TokenId, TokenState, Usd,
    },
    store::{
        ChainLink, RecordQuery, RestoringWriter, SealedRecord, Store,
        tests::fixtures::{
            NOON, PlainSeal, call, generation, intent, open, outcome, refusal, secret, token,
        },
    },
};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::{path::Path, sync::Arc, time::Duration};
use tempfile::TempDir;

fn settings() -> Arc<Settings> {
    let options = LoadOptions { file: None, variables: Vec::new(), working_dir: "".into() };
    Arc::new(Settings::load(options).unwrap().settings)
}

/// A backup with one token that has one secret, an operator, and whatever else is given.
async fn backup(effects: Vec<Effect>) -> (TempDir, Replayed) {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut bundle = Bundle::record(refusal("first")).with(token("tok_a")).with(secret("tok_a", 1));
    bundle.effects.extend(effects);
    store.journal().commit(bundle).await.unwrap();
    let replayed = Replayed::of_backup(&store.reader(), settings()).unwrap();
    store.close().await;
    (dir, replayed)
}

fn sealed(seq: u64, record: AuditRecord) -> SealedRecord {
    let bytes = serde_json::to_vec(&record).unwrap().into();
    let link = ChainLink { seq, prev_hash: [1; 32], hash: [2; 32], bytes };
    SealedRecord::new(link, record)
}

fn change(action: Action, resource: &str, before: Value, after: Value) -> SealedRecord {
    let by = Actor::from(Principal::LocalUser(7));
    let at = NOON.plus(Duration::from_mins(1));
    sealed(2, AuditRecord::change(at, by, action, resource, before, after))
}

/// The token as a record tells of it, with something else about it.
fn told(fields: &Value) -> Value {
    let Effect::SaveToken(stored) = token("tok_a") else { unreachable!() };
    let mut told = serde_json::to_value(&stored.token).unwrap();
    for (name, value) in fields.as_object().unwrap() {
        told[name] = value.clone();
    }
    told
}

fn follow(sealed: &SealedRecord, kept: &mut Replayed) -> Vec<Effect> {
    replay(sealed, RecordPlace::Follows, kept).unwrap().effects
}

fn state(kept: &Replayed) -> TokenState {
    kept.tokens[&TokenId::from_stored("tok_a")].token.now.state
}

fn fields(kept: &Replayed) -> Vec<String> {
    kept.withheld().iter().flat_map(|one| one.fields.iter().map(ToString::to_string)).collect()
}

#[tokio::test]
async fn what_was_taken_from_a_token_is_taken_again_and_what_was_given_is_not() {
    let (_dir, mut kept) = backup(Vec::new()).await;
    let less = told(&json!({"limits": {"daily_budget": "1.00", "max_places": 2}}));
    let effects = follow(&change(Action::TokenReduce, "tok_a", Value::Null, less), &mut kept);
    assert!(matches!(&*effects, [Effect::SaveToken(_)]), "{effects:?}");
    assert_eq!((kept.tokens_reduced(), fields(&kept).len()), (1, 0));
    let more = told(&json!({"limits": {"daily_budget": "9.00", "max_places": 1}}));
    follow(&change(Action::TokenUpdate, "tok_a", Value::Null, more), &mut kept);
    let limits = kept.tokens[&TokenId::from_stored("tok_a")].token.now.limits.clone();
    assert_eq!(limits.daily_budget, Some("1.00".parse().unwrap()));
    assert_eq!((limits.max_places, &*fields(&kept)), (Some(1), &["daily_budget".to_owned()][..]));
    let off = told(&json!({"state": "disabled"}));
    follow(&change(Action::TokenDisable, "tok_a", Value::Null, off), &mut kept);
    let on = change(Action::TokenEnable, "tok_a", Value::Null, told(&json!({})));
    follow(&on, &mut kept);
    assert_eq!(state(&kept), TokenState::Disabled);
    assert!(fields(&kept).contains(&"state".to_owned()), "{:?}", kept.withheld());
    let ended = told(&json!({"state": "revoked", "revoked_at": NOON}));
    follow(&change(Action::TokenRevoke, "tok_a", Value::Null, ended), &mut kept);
    follow(&on, &mut kept);
    assert_eq!((state(&kept), kept.tokens_in(TokenState::Revoked)), (TokenState::Revoked, 1));
    assert_eq!(kept.tokens_reduced(), 0, "it is counted once, by the worst of it");
}

#[tokio::test]
async fn a_secret_ends_when_it_ended_and_a_newer_one_is_told() {
    let (_dir, mut kept) = backup(Vec::new()).await;
    let grace = NOON.plus(Duration::from_hours(1));
    let secrets = json!({"secrets": [
        {"number": 1, "made_at": NOON, "ends_at": grace}, {"number": 2, "made_at": NOON, "ends_at": null}]});
    let rotated = change(Action::TokenRotate, "tok_a", Value::Null, told(&secrets));
    let effects = follow(&rotated, &mut kept);
    let [_, Effect::SaveSecret(_, ends)] = &*effects else { panic!("{effects:?}") };
    assert_eq!((ends.number, ends.ends_at), (1, Some(grace)));
    assert_eq!((kept.secrets_ended(), fields(&kept)), (1, vec!["secret".to_owned()]));
    let later = json!({"secrets": [{"number": 1, "made_at": NOON, "ends_at": grace.plus(Duration::from_hours(9))}]});
    let effects =
        follow(&change(Action::TokenRotate, "tok_a", Value::Null, told(&later)), &mut kept);
    assert!(matches!(&*effects, [Effect::SaveToken(_)]), "it never ends later: {effects:?}");
    let finished = json!({"secrets": [{"number": 2, "made_at": NOON, "ends_at": null}]});
    let finished = change(Action::TokenRotate, "tok_a", Value::Null, told(&finished));
    let effects = follow(&finished, &mut kept);
    let [_, Effect::SaveSecret(_, ends)] = &*effects else { panic!("{effects:?}") };
    assert_eq!(ends.ends_at, Some(finished.record.at), "whoever is not told of has ended");
}

#[tokio::test]
async fn a_token_that_was_made_later_is_there_and_opens_nothing() {
    let (_dir, mut kept) = backup(Vec::new()).await;
    let mut made = told(&json!({"name": "till"}));
    made["id"] = "tok_b".into();
    let effects = follow(&change(Action::TokenCreate, "tok_b", Value::Null, made), &mut kept);
    let [Effect::SaveToken(stored)] = &*effects else { panic!("{effects:?}") };
    assert_eq!((&*stored.token.name, stored.token.state), ("till", TokenState::Disabled));
    assert_eq!(fields(&kept), ["secret", "state"]);
    let gone = change(Action::TokenPrune, "tok_b", Value::Null, json!({"forgotten": true}));
    let effects = follow(&gone, &mut kept);
    assert!(matches!(&*effects, [Effect::PruneTokens(ids, _)] if ids.len() == 1), "{effects:?}");
    assert!(follow(&gone, &mut kept).is_empty(), "it is forgotten already");
    assert_eq!(kept.withheld(), []);
}

#[tokio::test]
async fn an_operator_keeps_the_smaller_role_and_no_secret_that_was_replaced() {
    let anna = Operator {
        id: OperatorId::from_stored("op_a"),
        name: "anna".parse().unwrap(),
        role: Role::Operator,
        state: TokenState::Enabled,
        created_at: NOON,
        secret_made_at: NOON,
        expires_at: NOON.plus(Duration::from_hours(1)),
    };
    let stored =
        StoredOperator { operator: anna.clone(), digest: Some(TokenDigest::from_bytes([5; 32])) };
    let (_dir, mut kept) = backup(vec![Effect::SaveOperator(Box::new(stored))]).await;
    let told = |operator: &Operator| serde_json::to_value(operator).unwrap();
    let mut replayed = |action, operator: &Operator| {
        let effects = follow(&change(action, "op_a", Value::Null, told(operator)), &mut kept);
        let [Effect::SaveOperator(stored)] = &*effects else { panic!("{effects:?}") };
        (stored.operator.role, stored.operator.state, stored.digest)
    };
    let viewer = Operator { role: Role::Viewer, ..anna.clone() };
    let (role, _, digest) = replayed(Action::OperatorSetRole, &viewer);
    assert_eq!((role, digest), (Role::Viewer, None));
    let admin = Operator { role: Role::Admin, ..anna.clone() };
    assert_eq!(replayed(Action::OperatorSetRole, &admin).0, Role::Viewer);
    let rotated = Operator { secret_made_at: NOON.plus(Duration::from_secs(9)), ..viewer.clone() };
    let (_, _, digest) = replayed(Action::OperatorRotate, &rotated);
    assert_eq!(digest.map(|digest| *digest.as_bytes()), Some([2; 32]), "the record's own hash");
    let revoked = Operator { state: TokenState::Revoked, ..rotated };
    assert_eq!(replayed(Action::OperatorRevoke, &revoked).1, TokenState::Revoked);
    assert_eq!(replayed(Action::OperatorEnable, &anna).1, TokenState::Revoked);
    assert_eq!(kept.operators_changed(), 1);
}

#[tokio::test]
async fn behind_a_gap_a_start_is_told_again_and_nothing_is_resumed() {
    let (_dir, mut kept) = backup(Vec::new()).await;
    let retired =
        change(Action::KeyRetired, "ideogram/abcd", Value::Null, json!({"fingerprint": "x"}));
    let pause = json!({"target": "all", "since": NOON, "reason": "moving"});
    let paused = change(Action::QueuePause, "all", Value::Null, pause);
    let resumed = change(Action::QueueResume, "all", Value::Null, json!({"paused": false}));
    assert!(follow(&retired, &mut kept).is_empty());
    assert!(matches!(&*follow(&paused, &mut kept), [Effect::SavePause(_)]));
    assert!(matches!(&*follow(&resumed, &mut kept), [Effect::EndPause(_)]));
    assert_eq!((kept.told_again().len(), kept.withheld().len()), (0, 0));
    for record in [&retired, &paused, &resumed] {
        replay(record, RecordPlace::BehindGap, &mut kept).unwrap();
    }
    assert_eq!(kept.told_again(), std::slice::from_ref(&retired.record));
    assert_eq!((kept.withheld().len(), &*fields(&kept)), (1, &["state".to_owned()][..]));
}

#[tokio::test]
async fn what_cannot_be_understood_is_refused_and_not_passed_over() {
    let (_dir, mut kept) = backup(Vec::new()).await;
    let unknown = |record: &SealedRecord, kept: &mut Replayed| {
        let UnknownRecord { seq, action } = replay(record, RecordPlace::Follows, kept).unwrap_err();
        (seq, action.to_string())
    };
    let mut newer = change(Action::TokenRevoke, "tok_a", Value::Null, told(&json!({})));
    newer.record.action = "token.quarantine".into();
    assert_eq!(unknown(&newer, &mut kept), (2, "token.quarantine".to_owned()));
    let other = told(&json!({"limits": {"max_colours": 3}}));
    let other = change(Action::TokenReduce, "tok_a", Value::Null, other);
    assert_eq!(unknown(&other, &mut kept), (2, "token.reduce".to_owned()));
    let swapped = change(Action::TokenRevoke, "tok_b", Value::Null, told(&json!({})));
    assert_eq!(unknown(&swapped, &mut kept).1, "token.revoke", "it is about another token");
    let nothing = change(Action::OperatorRevoke, "op_a", Value::Null, Value::Null);
    assert_eq!(unknown(&nothing, &mut kept).1, "operator.revoke");
}

/// Every action of a change has a verdict: it changes something, or a start reads it, or it is of no account.
#[tokio::test]
async fn every_action_is_decided() {
    let (_dir, mut kept) = backup(Vec::new()).await;
    let of_calls = [
        Action::Call,
        Action::CallRecovered,
        Action::CallReplayed,
        Action::CallSettled,
        Action::GenerationEnded,
    ];
    for action in Action::ALL {
        let about = match action.as_str().split('.').next() {
            Some("token") => told(&json!({})),
            Some("operator") => json!({
                "id": "op_x", "name": "x", "role": "viewer", "state": "revoked", "created_at": NOON,
                "secret_made_at": NOON, "expires_at": NOON}),
            _ => json!({
                "target": "all", "since": NOON, "user_id": "u", "first": 1, "last": 1, "folder": "f",
                "hash": "00".repeat(32), "prev_hash": "00".repeat(32), "sha256": "00".repeat(32),
                "first_at": NOON, "last_at": NOON, "bytes": 1, "note": "n",
                "key": "ideogate.audit/x+e2b5f5b5+AQkRhgAbqRAMa+gpSBL4dB0f5w3sNnDdCXEm6aXNv1hY"}),
        };
        let resource = match action.as_str().split('.').next() {
            Some("token") => "tok_a",
            Some("operator") => "op_x",
            _ => "ideogram",
        };
        let record = change(*action, resource, about.clone(), about);
        let verdict = replay(&record, RecordPlace::Follows, &mut kept);
        let is_known = verdict.is_ok() || action.as_str().starts_with("audit.");
        assert_eq!(is_known, !of_calls.contains(action), "{action}: {verdict:?}");
    }
}

fn rows(dir: &Path) -> Vec<String> {
    let connection = Connection::open(dir.join("ideogate.db")).unwrap();
    let sql = "SELECT concat_ws(' ', call, account, environment, token, route, places, reserved, opened_at,
                 outcome, coalesce(charged, '-'), closed_at, coalesce(places_until, '-'), released,
                 coalesce(owner, '-'), images) FROM calls
               UNION ALL SELECT concat_ws(' ', id, call, account, owner, token, state) FROM generations
               UNION ALL SELECT concat_ws(' ', hour, token, route, count) FROM reads ORDER BY 1";
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

async fn commit(store: &Store, bundle: Bundle) {
    store.journal().commit(bundle).await.unwrap();
}

fn settled(call: &OpenCall, action: Action, body: RecordBody) -> AuditRecord {
    let at = NOON.plus(Duration::from_mins(5));
    let (principal, resource) = (Principal::Gateway, call.call.as_str().into());
    let call = Some(call.call.clone());
    AuditRecord { at, action: action.into(), principal, resource, call, request: None, body }
}

/// Returns the end of a call whose generation goes on.
fn pending(call: &OpenCall) -> Bundle {
    let mut pending = outcome(call, Outcome::Success);
    for record in &mut pending.records {
        let RecordBody::Outcome(body) = &mut record.body else { unreachable!() };
        body.reason = Some(GENERATION_PENDING.into());
        body.charged = None;
        body.generations = vec![GenerationId::new("gen_1")];
    }
    for effect in &mut pending.effects {
        let Effect::CloseCall(close) = effect else { unreachable!() };
        close.charged = None;
        close.places_until = Some(NOON.plus(Duration::from_mins(2)));
    }
    let mut made = generation("gen_1", call);
    made.owner = call.owner.clone();
    pending.with(Effect::SaveGeneration(Box::new(made)))
}

/// Returns the end of that generation.
fn generation_end(call: &OpenCall) -> Bundle {
    let charged = Some(Usd::from_micros(70_000));
    let ended = OutcomeRecord {
        charged,
        images: 2,
        generations: vec![GenerationId::new("gen_1")],
        ..OutcomeRecord::new(Outcome::Success, "generation completed")
    };
    let ended = RecordBody::Outcome(Box::new(ended));
    let mut ended = settled(call, Action::GenerationEnded, ended);
    ended.resource = "v3.generate".into();
    Bundle::record(ended)
        .with(Effect::FinishGeneration(GenerationId::new("gen_1"), GenerationState::Completed))
        .with(Effect::Images(call.call.clone(), 2))
        .with(Effect::ReleasePlaces(call.call.clone()))
        .with(Effect::Settle(call.call.clone(), charged))
}

/// Commits a story of four calls: one done, one unknown whose money was given back and taken again, one that
/// went on after its answer, and one that is open.
async fn tell_story(store: &Store) {
    let calls: Vec<_> = (0..4).map(|_| call("prod")).collect();
    for one in &calls {
        let opened = Effect::OpenCall(Box::new(one.clone()));
        commit(store, Bundle::record(intent(one)).with(opened)).await;
    }
    commit(store, outcome(&calls[0], Outcome::Success)).await;
    commit(store, outcome(&calls[1], Outcome::Unknown)).await;
    commit(store, pending(&calls[2])).await;
    commit(store, generation_end(&calls[2])).await;
    let unknown = calls[1].call.clone();
    let step = |action| change(action, unknown.as_str(), Value::Null, Value::Null).record;
    let settle = Effect::Settle(unknown.clone(), Some(Usd::ZERO));
    commit(store, Bundle::record(step(Action::UsageWriteOff)).with(settle)).await;
    let again = Effect::ReserveAgain(unknown.clone());
    commit(store, Bundle::record(step(Action::UsageWriteOffUndo)).with(again)).await;
}

/// Leaves out of the rows what the restored one has from elsewhere: how long places stay taken the settings
/// say, and a call was closed when its record says.
fn comparable(rows: Vec<String>) -> Vec<String> {
    let forget = |row: String| {
        let mut words: Vec<_> = row.split(' ').map(str::to_owned).collect();
        if words[0].starts_with("call_") && words.len() > 12 {
            words[10] = "closed".to_owned();
            if words[11] != "-" {
                words[11] = "held".to_owned();
            }
        }
        words.join(" ")
    };
    rows.into_iter().map(forget).collect()
}

/// The same story told twice: by the effects that were committed, and by the records alone.
#[tokio::test]
async fn money_and_places_come_out_of_the_records_as_they_were() {
    let (live, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = open(live.path());
    tell_story(&store).await;
    let records = store.reader().records(&RecordQuery::default()).unwrap();
    store.close().await;

    let store = open(copy.path());
    let mut kept = Replayed::of_backup(&store.reader(), settings()).unwrap();
    store.close().await;
    let mut writer = RestoringWriter::open(copy.path(), Arc::new(PlainSeal)).unwrap();
    let mut charged = 0;
    for record in &records {
        let found = replay(record, RecordPlace::Follows, &mut kept).unwrap();
        charged += found.charged;
        assert_eq!(writer.append(record, found.effects).unwrap(), None, "{record:?}");
    }
    writer.finish().unwrap();
    assert_eq!(charged, 130_000);
    assert_eq!(comparable(rows(copy.path())), comparable(rows(live.path())));
    assert_eq!(rows(copy.path()).len(), 5);
}
