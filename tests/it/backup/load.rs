//! A backup under load is one moment.

use super::{GENERATE, unpacked};
use crate::support::{Client, Home};
use ideogate::{audit::verify_database, domain::Usd, store::Reader};
use rusqlite::Connection;
use serde_json::json;
use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
};
use tokio::task::JoinSet;

/// Calls until it is told to stop, and counts those that were answered.
async fn calls(client: Client, stop: Arc<AtomicBool>, answered: Arc<AtomicI64>) {
    while !stop.load(Ordering::Relaxed) {
        let reply = client.post(GENERATE, &json!({"prompt": "a river"})).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        answered.fetch_add(1, Ordering::Relaxed);
    }
}

fn count(database: &Connection, sql: &str) -> i64 {
    database.query_row(sql, [], |row| row.get(0)).unwrap()
}

/// Asserts that what the tables say is what the records say, and returns how many calls ended.
fn assert_is_one_moment(dir: &Path) -> i64 {
    let verified = verify_database(dir).unwrap();
    let reader = Reader::open(dir).unwrap();
    assert_eq!(reader.head().unwrap(), verified.head);
    let database = Connection::open(dir.join("ideogate.db")).unwrap();
    let records = |kind: &str| format!("SELECT call FROM audit_records WHERE kind = '{kind}'");
    let (intents, outcomes) = (records("intent"), records("outcome"));
    let none = |sql: String| assert_eq!(count(&database, &sql), 0, "{sql}");
    none(format!("SELECT count(*) FROM calls WHERE call NOT IN ({intents})"));
    none(format!("SELECT count(*) FROM ({intents}) WHERE call NOT IN (SELECT call FROM calls)"));
    let closed = "SELECT call FROM calls WHERE closed_at IS NOT NULL";
    none(format!("SELECT count(*) FROM ({closed}) WHERE call NOT IN ({outcomes})"));
    none(format!("SELECT count(*) FROM ({outcomes}) WHERE call NOT IN ({closed})"));
    let charged = count(&database, "SELECT coalesce(sum(charged), 0) FROM calls");
    let said = "SELECT json_extract(CAST(bytes AS TEXT), '$.body.charged') FROM audit_records WHERE kind = 'outcome'";
    let mut statement = database.prepare(said).unwrap();
    let amounts = statement.query_map([], |row| row.get::<_, Option<String>>(0)).unwrap();
    let amounts = amounts.filter_map(Result::unwrap).map(|usd| usd.parse::<Usd>().unwrap());
    let spent = amounts.fold(Usd::ZERO, Usd::plus);
    assert_eq!(Usd::from_micros(charged), spent, "the money agrees");
    count(&database, &format!("SELECT count(*) FROM ({outcomes})"))
}

#[tokio::test]
async fn a_backup_under_load_is_one_moment() {
    let home = Home::new().await;
    home.change("[log]\nfilter = \"warn\"\n");
    let gateway = home.start().await;
    super::make_large(&home.data());
    let (stop, answered) = (Arc::new(AtomicBool::default()), Arc::new(AtomicI64::default()));
    let mut load = JoinSet::new();
    for _ in 0..5 {
        let client = home.client(&gateway).await;
        load.spawn(calls(client, Arc::clone(&stop), Arc::clone(&answered)));
    }
    let file = home.path().join("a.backup");
    let to = file.display().to_string();
    let mut ended = 0;
    for _ in 0..3 {
        let before = answered.load(Ordering::Relaxed);
        home.run(&["backup", "--to", &to, "--force"]).await.good();
        let after = answered.load(Ordering::Relaxed);
        let (_, into) = unpacked(&fs::read(&file).unwrap());
        let found = assert_is_one_moment(into.path());
        assert!(found >= before, "{before} calls were answered before it, and it has {found}");
        assert!(after > before, "calls went on meanwhile");
        assert!(found > ended);
        ended = found;
    }
    stop.store(true, Ordering::Relaxed);
    load.join_all().await;
    gateway.stop().await;
}
