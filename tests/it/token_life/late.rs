//! What ends while a call is put on record.

use super::{DAY, GENERATE, named};
use crate::support::TestApp;
use ideogate::domain::Outcome;
use rusqlite::Connection;
use serde_json::json;

#[tokio::test]
async fn a_token_that_expires_while_the_intent_is_written_is_not_sent_for() {
    let app = TestApp::spawn().await;
    let client = named(&app, "late", None, "1d").await;
    let record = Connection::open(app.data().join("ideogate.db")).unwrap();
    // Nobody else can write the record now, so that the intent takes as long as this says.
    record.execute_batch("BEGIN IMMEDIATE").unwrap();
    let call = tokio::spawn({
        let client = client.clone();
        async move { client.post(GENERATE, &json!({"prompt": "a heron"})).await }
    });
    app.places_become((1, 0, 0)).await;
    app.clock.advance(DAY);
    record.execute_batch("COMMIT").unwrap();
    assert_eq!(call.await.unwrap().problem(), "401 token_invalid");
    assert_eq!(app.arrived(), 0, "nobody pays for it");
    app.places_become((0, 0, 0)).await;
    let entries = app.entries().await;
    assert_eq!(entries.last().unwrap().metadata.outcome, Outcome::Failed, "{entries:?}");
}
