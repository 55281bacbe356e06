//! Records of an older version, which hold names themselves.

use super::ANN;
use crate::{archive::put, support::Home};
use ideogate::domain::{
    Action, Actor, AuditRecord, Clock, ErrorCode, RecordBody, Refusal, SystemClock, TokenId,
};
use rusqlite::Connection;
use serde_json::Value;

fn record_of_before() -> AuditRecord {
    let refusal = Refusal {
        code: ErrorCode::ScopeMissing,
        status: 403,
        reason: "scope missing".into(),
        token: Some(TokenId::from_stored("tok_b")),
        environment: Some("app".parse().unwrap()),
        route: None,
        on_behalf_of: Some(ANN.into()),
        places: 0,
        queue_ms: 0,
        client_addr: "127.0.0.1".into(),
        secret: None,
        user: None,
        owner: None,
    };
    let (action, by) = (Action::StoreRecovered, Actor::GATEWAY);
    let record = AuditRecord::change(
        SystemClock.now(),
        by,
        action,
        "/v1/ideogram-v3/generate",
        Value::Null,
        Value::Null,
    );
    AuditRecord { body: RecordBody::Refusal(Box::new(refusal)), ..record }
}

#[tokio::test]
async fn a_name_that_old_records_hold_is_told_to_whoever_forgets_it() {
    let home = Home::new().await;
    put(&home, [record_of_before()]).await;
    let database = Connection::open(home.data().join("ideogate.db")).unwrap();
    database.execute("UPDATE persons_begin SET seq = 1", []).unwrap();
    drop(database);
    let gateway = home.start().await;
    let forget = async |name: &str| {
        home.run(&["audit", "person", "forget", name, "--reason", "asked to", "--output", "json"])
            .await
    };
    let told = forget(ANN).await;
    assert_eq!(told.code, 2, "{told:?}");
    assert!(told.err.contains("still in 1 record of an older version"), "{told:?}");
    let done = &told.lines()[0];
    assert!(done["named_in_records"] == 1 && done.get("user").is_none(), "{done}");
    let changes = home.json(&["audit", "search", "--last", "1"]).await;
    assert_eq!(changes["action"], "person.forget", "{changes}");
    assert!(!changes.to_string().contains(ANN), "{changes}");
    assert_eq!(forget("bob@example.com").await.code, 1, "of whom there is nothing");
    home.verify().await;
    gateway.stop().await;
}
