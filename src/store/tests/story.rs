//! What any database behind the store must do, told as the life of a few calls.

use super::fixtures::*;
use crate::{
    domain::{
        Bundle, CLAIMED_FOR, CallId, ClaimState, Effect, GenerationId, GenerationState, OpenCall,
        Outcome, PersonId, ReadUse, Timestamp, TokenId, Usd,
    },
    store::{Durability, JournalError, Store, SumKey, UnsettledCall, Usage, UsageQuery},
};
use std::time::Duration;

/// Whoever brings another database runs this against it.
async fn tell_the_story(store: &Store) {
    a_call_is_open_until_its_outcome(store).await;
    an_unknown_call_holds_its_places_until_they_are_released(store).await;
    a_token_and_its_digests_are_stored(store).await;
    a_generation_stays_with_its_first_owner(store).await;
    a_contradicting_bundle_fails_alone(store).await;
    an_outcome_leaves_its_record_even_if_its_call_is_missing(store).await;
    a_key_is_taken_once_until_it_is_free_or_old(store).await;
    refusals_are_appended_in_order(store).await;
    the_money_of_an_unknown_call_is_settled_once(store).await;
    reads_are_counted_by_the_hour(store).await;
    assert_chain(&store.reader());
}

#[tokio::test]
async fn sqlite_keeps_the_contract() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    tell_the_story(&store).await;
    let told = assert_chain(&store.reader());
    store.close().await;
    let store = open(dir.path());
    assert_eq!(assert_chain(&store.reader()), told, "a new start finds everything");
}

async fn a_call_is_open_until_its_outcome(store: &Store) {
    let (journal, reader, call) = (store.journal(), store.reader(), call("prod"));
    let mut committed = journal.subscribe();
    let warrant = journal.commit_intent(intent(&call), call.clone(), None, None).await.unwrap();
    assert_eq!(warrant.call(), &call.call);
    assert_eq!(reader.open_calls().unwrap(), std::slice::from_ref(&call));

    let ended = journal.commit_sent(outcome(&call, Outcome::Success)).await.unwrap();
    assert_eq!(ended, Durability::Committed);
    assert!(reader.open_calls().unwrap().is_empty());
    assert_eq!(reader.unsettled_fingerprints(NOON).unwrap()[0].call, call.call);
    journal.commit(effect(Effect::Delivered(call.call.clone()))).await.unwrap();
    assert!(reader.unsettled_fingerprints(NOON).unwrap().is_empty());

    let [first, second] = [committed.recv().await.unwrap(), committed.recv().await.unwrap()];
    assert_eq!((first.record.body.kind(), second.record.body.kind()), ("intent", "outcome"));
    assert_eq!(second.prev_hash, first.hash);
    let spend = reader.spend(NOON).unwrap();
    assert_eq!((spend.len(), spend[0].calls, spend[0].places), (1, 1, 4));
    assert_eq!((spend[0].charged, spend[0].reserved), (Usd::from_micros(60_000), Usd::ZERO));
    let settled = Effect::Settle(call.call.clone(), Some(Usd::from_micros(90_000)));
    let again = journal.commit(effect(settled)).await;
    assert!(matches!(again, Err(JournalError::Rejected(_))), "money is settled once");
    assert_eq!(reader.spend(NOON).unwrap()[0].charged, Usd::from_micros(60_000));
    assert_used_is_told_apart_by_any_key(store, &call);
}

fn assert_used_is_told_apart_by_any_key(store: &Store, call: &OpenCall) {
    let reader = store.reader();
    let query = |by| UsageQuery {
        by,
        since: NOON,
        until: None,
        environment: None,
        token: None,
        owner: None,
        person: None,
    };
    let usage = reader.usage(&query(SumKey::Environment)).unwrap();
    assert_eq!((usage.len(), usage[0].calls, usage[0].images), (1, 1, 1));
    assert_eq!((usage[0].charged, usage[0].reserved), (Usd::from_micros(60_000), Usd::ZERO));
    for (by, key) in [
        (SumKey::Environment, "prod"),
        (SumKey::Token, "tok_prod"),
        (SumKey::Owner, "marketing"),
        (SumKey::User, "none"),
        (SumKey::Route, "v3.generate"),
        (SumKey::Model, "V_3"),
        (SumKey::Day, "2025-11-22"),
        (SumKey::Hour, "2025-11-22T12:00Z"),
        (SumKey::Account, "ideogram"),
    ] {
        assert_eq!(&*reader.usage(&query(by)).unwrap()[0].key, key, "{by:?}");
    }
    let mine = UsageQuery {
        environment: Some(call.environment.clone()),
        token: Some(call.token.clone()),
        owner: call.owner.clone(),
        ..query(SumKey::Environment)
    };
    assert_eq!(reader.usage(&mine).unwrap(), usage);
    let token = Some(TokenId::from_stored("tok_other"));
    let owner = Some("sales".into());
    let person = Some(PersonId::from_stored("usr_other"));
    for other in [
        UsageQuery { token, ..query(SumKey::Environment) },
        UsageQuery { owner, ..query(SumKey::Environment) },
        UsageQuery { person, ..query(SumKey::Environment) },
        UsageQuery { until: Some(NOON), ..query(SumKey::Environment) },
    ] {
        assert_eq!(reader.usage(&other).unwrap(), [], "{other:?}");
    }
}

/// Reads that were counted in different hours, and by different people.
async fn reads_are_counted_by_the_hour(store: &Store) {
    let (journal, reader) = (store.journal(), store.reader());
    let read = |minutes, person: Option<&str>| ReadUse {
        account: "ideogram".parse().unwrap(),
        environment: "reads".parse().unwrap(),
        token: TokenId::from_stored("tok_reads"),
        owner: None,
        person: person.map(PersonId::from_stored),
        route: "v2.generation".parse().unwrap(),
        at: NOON.plus(Duration::from_mins(minutes)),
    };
    for (minutes, person) in [(5, None), (59, None), (59, Some("usr_a")), (61, None)] {
        let count = Effect::CountRead(Box::new(read(minutes, person)));
        journal.commit(effect(count)).await.unwrap();
    }
    let reads = |by, since: u64, until: Option<u64>| {
        let query = UsageQuery {
            by,
            since: NOON.plus(Duration::from_mins(since)),
            until: until.map(|minutes| NOON.plus(Duration::from_mins(minutes))),
            environment: Some("reads".parse().unwrap()),
            token: None,
            owner: None,
            person: None,
        };
        let lines = reader.usage(&query).unwrap();
        let line =
            |used: Usage| format!("{} {} {} {}", used.key, used.calls, used.reads, used.takes);
        lines.into_iter().map(line).collect::<Vec<_>>().join(", ")
    };
    let by_hour = "2025-11-22T12:00Z 0 3 false, 2025-11-22T13:00Z 0 1 false";
    assert_eq!(reads(SumKey::Hour, 0, None), by_hour);
    assert_eq!(reads(SumKey::User, 0, None), "none 0 3 false, usr_a 0 1 false");
    assert_eq!(reads(SumKey::Model, 30, Some(60)), "none 0 3 false", "an hour is whole");
    assert_eq!(reads(SumKey::Model, 60, None), "none 0 1 false", "the hour before is over");
}

async fn the_money_of_an_unknown_call_is_settled_once(store: &Store) {
    let (journal, reader, call) = (store.journal(), store.reader(), call("prod"));
    drop(journal.commit_intent(intent(&call), call.clone(), None, None).await.unwrap());
    journal.commit_sent(outcome(&call, Outcome::Unknown)).await.unwrap();
    let later = NOON.plus(Duration::from_hours(48));
    assert!(reader.unsettled(later).unwrap().iter().any(|open| open.call == call.call));
    let settle = || effect(Effect::Settle(call.call.clone(), Some(Usd::from_micros(90_000))));
    journal.commit(settle()).await.unwrap();
    assert!(!reader.unsettled(later).unwrap().iter().any(|open| open.call == call.call));
    assert!(matches!(journal.commit(settle()).await, Err(JournalError::Rejected(_))));
}

async fn an_unknown_call_holds_its_places_until_they_are_released(store: &Store) {
    let (journal, reader, call) = (store.journal(), store.reader(), call("prod"));
    drop(journal.commit_intent(intent(&call), call.clone(), None, None).await.unwrap());
    journal.commit_sent(outcome(&call, Outcome::Unknown)).await.unwrap();
    let held = reader.held_calls().unwrap();
    assert_eq!((held.len(), &held[0].call, held[0].outcome), (1, &call, Outcome::Unknown));
    let unsettled = reader.unsettled_fingerprints(NOON).unwrap();
    assert_eq!((unsettled.len(), unsettled[0].fingerprint), (1, call.fingerprint));

    journal.commit(effect(Effect::ReleasePlaces(call.call.clone()))).await.unwrap();
    assert!(reader.held_calls().unwrap().is_empty());
    journal.commit_sent(outcome(&call, Outcome::Success)).await.unwrap();
    journal.commit(effect(Effect::Delivered(call.call.clone()))).await.unwrap();
    assert!(reader.unsettled_fingerprints(NOON).unwrap().is_empty(), "it was resolved");
}

async fn a_token_and_its_digests_are_stored(store: &Store) {
    let (journal, reader) = (store.journal(), store.reader());
    journal.commit(effect(token("tok_a")).with(secret("tok_a", 1))).await.unwrap();
    journal.commit(effect(token("tok_a")).with(secret("tok_a", 2))).await.unwrap();
    journal.commit(effect(token("tok_a"))).await.unwrap();
    let tokens = reader.tokens().unwrap();
    assert_eq!((tokens.len(), tokens[0].1.len()), (1, 2), "two secrets may be alive");
    assert_eq!(tokens[0].0.metadata["team"], "shop");
    let taken = journal.commit(effect(token("tok_b")).with(secret("tok_b", 1))).await;
    assert!(matches!(taken, Err(JournalError::Rejected(_))));
    assert_eq!(reader.tokens().unwrap().len(), 1, "a bundle is applied whole or not at all");
}

async fn a_generation_stays_with_its_first_owner(store: &Store) {
    let (journal, reader) = (store.journal(), store.reader());
    let (mine, theirs) = (call("prod"), call("dev"));
    for call in [&mine, &theirs] {
        drop(journal.commit_intent(intent(call), call.clone(), None, None).await.unwrap());
        let saved = Effect::SaveGeneration(Box::new(generation("gen-1", call)));
        journal.commit_sent(outcome(call, Outcome::Success).with(saved)).await.unwrap();
        journal.commit(effect(Effect::Delivered(call.call.clone()))).await.unwrap();
    }
    assert_eq!(reader.pending_generations().unwrap(), [generation("gen-1", &mine)]);
    let id = GenerationId::new("gen-1");
    let ended = Effect::FinishGeneration(id.clone(), GenerationState::Completed);
    journal.commit(effect(ended)).await.unwrap();
    assert!(reader.pending_generations().unwrap().is_empty());
    let found = reader.generation(&id).unwrap().unwrap();
    assert_eq!((found.state, found.token), (GenerationState::Completed, mine.token));
    assert_eq!(reader.generation(&GenerationId::new("gen-2")).unwrap(), None);
}

async fn a_contradicting_bundle_fails_alone(store: &Store) {
    let (journal, reader, call) = (store.journal(), store.reader(), call("prod"));
    let before = assert_chain(&reader).len();
    let good = || journal.commit(Bundle::record(refusal("good")));
    let missing = CallId::from_stored("call_missing");
    let bad = Bundle::record(refusal("bad")).with(Effect::ReleasePlaces(missing));
    let (first, second, third) = tokio::join!(good(), journal.commit(bad), good());
    assert_eq!((first, third), (Ok(()), Ok(())));
    assert!(matches!(second, Err(JournalError::Rejected(_))));
    assert_eq!(assert_chain(&reader).len(), before + 2, "no number is wasted, no link is lost");

    drop(journal.commit_intent(intent(&call), call.clone(), None, None).await.unwrap());
    let twice = journal.commit_intent(intent(&call), call.clone(), None, None).await;
    assert!(matches!(twice, Err(JournalError::Rejected(_))), "a call is opened once");
    journal.commit_sent(outcome(&call, Outcome::Failed)).await.unwrap();
}

async fn an_outcome_leaves_its_record_even_if_its_call_is_missing(store: &Store) {
    let before = assert_chain(&store.reader()).len();
    let never_opened = call("prod");
    let sent = store.journal().commit_sent(outcome(&never_opened, Outcome::Success)).await;
    assert!(matches!(sent, Err(JournalError::Rejected(_))));
    assert_eq!(assert_chain(&store.reader())[before..], ["outcome"]);
}

async fn a_key_is_taken_once_until_it_is_free_or_old(store: &Store) {
    let (journal, reader) = (store.journal(), store.reader());
    let take = async |at: Timestamp| {
        let call = call("prod");
        let claim = claim(&call, at);
        let taken =
            journal.commit_intent(intent(&call), call.clone(), Some(claim.clone()), None).await;
        taken.map(|_| (call, claim))
    };
    let states = |now| {
        let claims = reader.claims(now).unwrap().into_iter();
        claims.map(|kept| (kept.claim, kept.state)).collect::<Vec<_>>()
    };
    let before = assert_chain(&reader).len();
    let (first, kept) = take(NOON).await.unwrap();
    assert_eq!(states(NOON), [(kept.clone(), ClaimState::Running)]);
    assert!(matches!(take(NOON).await, Err(JournalError::Rejected(_))), "it is taken");
    assert_eq!(assert_chain(&reader).len(), before + 1, "the second call is not on record");
    let answered = Effect::EndClaim(first.call.clone(), ClaimState::Answered);
    journal.commit_sent(outcome(&first, Outcome::Success).with(answered)).await.unwrap();
    assert_eq!(states(NOON), [(kept.clone(), ClaimState::Answered)]);
    assert!(matches!(take(NOON).await, Err(JournalError::Rejected(_))), "it stays taken");
    let claimed = |left: &UnsettledCall| left.call == first.call;
    assert!(!reader.unsettled_fingerprints(NOON).unwrap().iter().any(claimed));

    let later = kept.expires_at;
    assert!(states(later).is_empty());
    let (second, _) = take(later).await.unwrap();
    let free = Effect::FreeClaim(second.call.clone());
    journal.commit_sent(outcome(&second, Outcome::Failed).with(free)).await.unwrap();
    assert!(states(later).is_empty());
    let (third, _) = take(later).await.unwrap();
    journal.commit(effect(Effect::ExpireClaims(NOON))).await.unwrap();
    assert_eq!(states(later).len(), 1);
    journal.note(vec![Effect::ExpireClaims(later.plus(CLAIMED_FOR))]);
    let gone = Effect::EndClaim(third.call.clone(), ClaimState::Answered);
    let ended = journal.commit_sent(outcome(&third, Outcome::Failed).with(gone)).await;
    assert_eq!(ended, Ok(Durability::Committed), "a key that is gone holds up no outcome");
    assert!(states(NOON).is_empty());
}

async fn refusals_are_appended_in_order(store: &Store) {
    let (journal, reader) = (store.journal(), store.reader());
    let before = assert_chain(&reader).len();
    (0..100).for_each(|number| journal.append(refusal(&number.to_string()), None).unwrap());
    journal.flush().await.unwrap();
    let kinds = assert_chain(&reader);
    assert_eq!(kinds.len(), before + 100);
    assert!(kinds[before..].iter().all(|kind| kind == "refusal"));
    assert_eq!(reader.tokens().unwrap()[0].0.id, TokenId::from_stored("tok_a"));
}

fn effect(effect: Effect) -> Bundle {
    Bundle::default().with(effect)
}
