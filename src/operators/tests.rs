//! The life of operators against a real store.

use super::*;
use crate::{
    domain::{
        Clock, Operator, OperatorId, PlainSecret, Principal, RecordBody, Role, SteeredClock,
        Timestamp, TokenState,
    },
    store::{ChainHasher, RecordQuery, Store, StoreOptions, UnwatchedCommits},
    tasks::Tasks,
};
use futures_util::FutureExt;
use std::{path::Path, sync::Arc, time::Duration};

const BY: Principal = Principal::LocalUser(1000);
const LIFETIME: Duration = Duration::from_hours(90 * 24);

#[derive(Debug)]
struct NoSeal;

impl ChainHasher for NoSeal {
    fn seal(&self, _: u64, _: &[u8; 32], _: &[u8]) -> [u8; 32] {
        [0; 32]
    }
}

struct House {
    operators: Operators,
    store: Store,
    clock: SteeredClock,
    dir: tempfile::TempDir,
}

fn open(dir: &Path, clock: &SteeredClock) -> (Store, Operators) {
    let clock: Arc<dyn Clock> = Arc::new(clock.clone());
    let options = StoreOptions {
        dir: dir.to_owned(),
        max_size: 0,
        seal: Arc::new(NoSeal),
        clock: Arc::clone(&clock),
        watch: Arc::new(UnwatchedCommits),
    };
    let store = Store::open(options).unwrap();
    let (journal, reader) = (store.journal(), store.reader());
    let operators = Operators::load(journal, reader, clock, LIFETIME, Tasks::default());
    (store, operators.unwrap())
}

impl House {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = SteeredClock::at(Timestamp::from_micros(1_700_000_000_000_000));
        let (store, operators) = open(dir.path(), &clock);
        Self { operators, store, clock, dir }
    }

    async fn restart(self) -> Self {
        let Self { operators, store, clock, dir } = self;
        drop(operators);
        store.close().await;
        let (store, operators) = open(dir.path(), &clock);
        Self { operators, store, clock, dir }
    }

    async fn make(&self, name: &str, role: &str) -> (PlainSecret, Arc<Operator>) {
        self.operators.create(asked(name, role), &BY).await.unwrap()
    }

    fn changes(&self) -> Vec<(String, serde_json::Value, serde_json::Value)> {
        let records = self.store.reader().records(&RecordQuery::default()).unwrap();
        let change = |record: &crate::store::SealedRecord| match &record.record.body {
            RecordBody::Admin(change) => {
                (record.record.action.to_string(), change.before.clone(), change.after.clone())
            }
            other => panic!("{other:?}"),
        };
        records.iter().map(change).collect()
    }
}

fn asked(name: &str, role: &str) -> NewOperator {
    NewOperator { name: name.into(), role: role.into(), expires_in: None }
}

fn mistakes<T: std::fmt::Debug>(result: Result<T, OperatorsError>) -> Vec<String> {
    let Err(OperatorsError::Invalid(mistakes)) = result else { panic!("{result:?}") };
    mistakes.iter().map(|one| format!("{}: {}", one.field, one.problem)).collect()
}

#[tokio::test]
async fn an_operator_is_let_in_by_their_secret_and_by_nothing_else() {
    let house = House::new();
    assert!(!house.operators.any());
    let (plain, anna) = house.make("anna", "operator").await;
    assert!(house.operators.any());
    assert!(plain.reveal().starts_with("ido_"));
    assert_eq!(plain.reveal().len(), "ido_".len() + 49);
    assert_eq!(house.operators.authenticate(plain.reveal()).unwrap(), anna);
    assert_eq!(anna.expires_at, anna.created_at.plus(LIFETIME));
    let other = PlainSecret::mint("ido_").unwrap();
    let client = PlainSecret::mint("idg_prod_").unwrap();
    for (presented, refusal) in [
        (other.reveal(), OperatorRefusal::Unknown),
        (client.reveal(), OperatorRefusal::Client),
        ("idg_prod_mistyped", OperatorRefusal::Client),
        ("", OperatorRefusal::Malformed),
        (anna.id.as_str(), OperatorRefusal::Malformed),
        (&plain.reveal()[1..], OperatorRefusal::Malformed),
    ] {
        assert_eq!(house.operators.authenticate(presented), Err(refusal));
    }
}

#[tokio::test]
async fn all_mistakes_are_told_at_once() {
    let house = House::new();
    let new = NewOperator {
        name: "Anna Smith".into(),
        role: "root".into(),
        expires_in: Some("soon".into()),
    };
    let told = mistakes(house.operators.create(new, &BY).await);
    insta::assert_snapshot!(told.join("\n"), @"
    name: a name has 1 to 64 characters out of a-z, 0-9, '.' and '-', and starts with a letter
    role: 'root' is no role: a role is viewer, operator or admin
    expires_in: 'soon' is not a span of time like 30d
    ");
    for span in ["0s", "367d"] {
        let new = NewOperator { expires_in: Some(span.into()), ..asked("anna", "viewer") };
        assert_eq!(mistakes(house.operators.create(new, &BY).await).len(), 1, "{span}");
    }
    assert!(house.changes().is_empty() && !house.operators.any());
}

#[tokio::test]
async fn a_name_is_given_to_one_operator_at_a_time() {
    let house = House::new();
    let (_, first) = house.make("anna", "viewer").await;
    let again = mistakes(house.operators.create(asked("anna", "admin"), &BY).await);
    assert!(again[0].starts_with(&format!("name: 'anna' is {} already", first.id)), "{again:?}");
    house.clock.advance(LIFETIME);
    mistakes(house.operators.create(asked("anna", "admin"), &BY).await);
    house.operators.set_state(&first.id, TokenState::Revoked, &BY).await.unwrap();
    house.make("anna", "admin").await;
    let one = house.operators.create(asked("bert", "viewer"), &BY);
    let other = house.operators.create(asked("bert", "viewer"), &BY);
    let (one, other) = tokio::join!(one, other);
    assert!(one.is_ok() != other.is_ok(), "two at once get one name once");
}

#[tokio::test]
async fn whoever_is_switched_off_is_refused_at_once_and_told_apart() {
    let house = House::new();
    let (plain, anna) = house.make("anna", "operator").await;
    let refusal = || house.operators.authenticate(plain.reveal()).unwrap_err().reason();
    house.operators.set_state(&anna.id, TokenState::Disabled, &BY).await.unwrap();
    assert_eq!(refusal(), "operator disabled");
    house.operators.set_state(&anna.id, TokenState::Enabled, &BY).await.unwrap();
    assert!(house.operators.authenticate(plain.reveal()).is_ok());
    house.clock.advance(LIFETIME);
    assert_eq!(refusal(), "operator token expired");
    house.operators.set_state(&anna.id, TokenState::Revoked, &BY).await.unwrap();
    assert_eq!(refusal(), "operator revoked");
    for state in [TokenState::Enabled, TokenState::Disabled] {
        let again = house.operators.set_state(&anna.id, state, &BY).await;
        assert!(matches!(again, Err(OperatorsError::RevokedIsFinal(_))), "{again:?}");
    }
    let again = house.operators.rotate(&anna.id, &OperatorRotation::default(), &BY).await;
    assert!(matches!(again, Err(OperatorsError::RevokedIsFinal(_))));
    let role = RoleChange { role: "admin".into() };
    let again = house.operators.set_role(&anna.id, &role, &BY).await;
    assert!(matches!(again, Err(OperatorsError::RevokedIsFinal(_))));
    assert!(!house.operators.any());
}

#[tokio::test]
async fn a_new_secret_ends_the_old_one_and_outlives_a_restart() {
    let house = House::new();
    let (old, anna) = house.make("anna", "operator").await;
    let (new, after) =
        house.operators.rotate(&anna.id, &OperatorRotation::default(), &BY).await.unwrap();
    assert_eq!((&after.id, after.role), (&anna.id, Role::Operator));
    let refused = Err(OperatorRefusal::Unknown);
    assert_eq!(house.operators.authenticate(old.reveal()), refused);
    assert!(house.operators.authenticate(new.reveal()).is_ok());
    let held = house.operators.recheck(&Pass::new(&anna));
    assert!(matches!(held, Err(OperatorRefusal::Changed(_))), "{held:?}");
    let house = house.restart().await;
    assert_eq!(house.operators.authenticate(old.reveal()), refused);
    assert_eq!(house.operators.authenticate(new.reveal()).unwrap(), after);
}

#[tokio::test]
async fn whoever_waits_to_be_withdrawn_hears_of_it() {
    let house = House::new();
    let (_, anna) = house.make("anna", "operator").await;
    let (_, bert) = house.make("bert", "operator").await;
    let pass = Pass::new(&anna);
    let mut withdrawn = Box::pin(house.operators.withdrawn(&pass));
    assert!(withdrawn.as_mut().now_or_never().is_none());
    house.operators.set_state(&bert.id, TokenState::Revoked, &BY).await.unwrap();
    let role = |role: &str| RoleChange { role: role.into() };
    house.operators.set_role(&anna.id, &role("admin"), &BY).await.unwrap();
    assert!(withdrawn.as_mut().now_or_never().is_none(), "others, and a larger role");
    house.operators.set_role(&anna.id, &role("viewer"), &BY).await.unwrap();
    assert!(matches!(withdrawn.await, OperatorRefusal::Changed(_)));
}

#[tokio::test(start_paused = true)]
async fn whoever_expires_is_withdrawn_within_a_second() {
    let house = House::new();
    let (_, anna) = house.make("anna", "operator").await;
    let pass = Pass::new(&anna);
    let mut withdrawn = Box::pin(house.operators.withdrawn(&pass));
    assert!(withdrawn.as_mut().now_or_never().is_none());
    house.clock.advance(LIFETIME);
    assert!(matches!(withdrawn.await, OperatorRefusal::Expired(_)));
}

#[tokio::test]
async fn each_change_is_on_record_with_before_and_after_and_without_a_secret() {
    let house = House::new();
    let (plain, anna) = house.make("anna", "viewer").await;
    let by = anna.principal();
    let role = RoleChange { role: "admin".into() };
    house.operators.set_role(&anna.id, &role, &by).await.unwrap();
    house.operators.set_role(&anna.id, &role, &by).await.unwrap();
    house.operators.set_state(&anna.id, TokenState::Disabled, &by).await.unwrap();
    house.operators.set_state(&anna.id, TokenState::Enabled, &by).await.unwrap();
    let (new, _) =
        house.operators.rotate(&anna.id, &OperatorRotation::default(), &by).await.unwrap();
    house.operators.set_state(&anna.id, TokenState::Revoked, &by).await.unwrap();
    let changes = house.changes();
    let actions: Vec<_> = changes.iter().map(|(action, _, _)| action.as_str()).collect();
    insta::assert_snapshot!(actions.join(" "), @"operator.create operator.set_role operator.disable operator.enable operator.rotate operator.revoke");
    assert!(changes[0].1.is_null());
    assert_eq!((&changes[1].1["role"], &changes[1].2["role"]), (&"viewer".into(), &"admin".into()));
    for (one, next) in changes.iter().zip(&changes[1..]) {
        assert_eq!(one.2, next.1, "what is after is before the next");
    }
    let records = house.store.reader().records(&RecordQuery::default()).unwrap();
    for record in &records[1..] {
        assert_eq!(record.record.principal.to_string(), "operator:anna");
        let RecordBody::Admin(change) = &record.record.body else { panic!("{record:?}") };
        assert_eq!(change.operator.as_ref(), Some(&anna.id));
    }
    for secret in [&plain, &new] {
        let written = records.iter().map(|record| String::from_utf8_lossy(&record.bytes));
        let digest = hex::encode(secret.digest().as_bytes());
        let told = written.collect::<String>();
        assert!(!told.contains(&secret.reveal()[4..12]) && !told.contains(&digest[..8]));
    }
}

#[tokio::test]
async fn somebody_unknown_cannot_be_changed() {
    let house = House::new();
    let id = OperatorId::from_stored("op_none");
    let changed = house.operators.set_state(&id, TokenState::Revoked, &BY).await;
    assert!(matches!(changed, Err(OperatorsError::Unknown(_))));
    assert!(matches!(house.operators.show(&id), Err(OperatorsError::Unknown(_))));
    assert!(house.changes().is_empty());
}
