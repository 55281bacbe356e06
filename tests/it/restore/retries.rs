//! Calls that are tried again after a restore are not paid twice.

use super::{GENERATE, Known, back_up, lose, restored};
use crate::support::{Binary, Client, Home, Reply};
use serde_json::json;

const KEY: &str = "order-4711";

async fn keyed(gateway: &Binary, token: &str) -> Reply {
    let client = Client::new(gateway.ready.proxy.clone(), token);
    let request = client.request("POST", GENERATE).header("Idempotency-Key", KEY);
    client.send(request.json(&json!({"prompt": "a lighthouse"}))).await
}

#[tokio::test]
async fn a_key_of_the_backup_whose_answer_is_gone_is_unknown_and_never_sent_again() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let (_, token) = home.token().await;
    assert_eq!(keyed(&gateway, &token).await.status, 200);
    let backup = back_up(&home, true).await;
    let again = keyed(&gateway, &token).await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"), "before the loss it is there");
    let left = lose(&home, gateway, backup).await;
    for known in [Known::All, Known::Trusted] {
        let (gateway, _) = restored(&home, &left, known).await;
        let data = home.path().join(format!("{known:?}"));
        let kept = std::fs::read_dir(data.join("answers")).map_or(0, Iterator::count);
        assert_eq!(kept, 0, "no answer comes back");
        assert_eq!(keyed(&gateway, &token).await.problem(), "502 outcome_unknown");
        assert_eq!(home.ideogram.seen().calls.len(), 1, "it was paid once");
        gateway.stop().await;
    }
}

#[tokio::test]
async fn a_key_used_after_the_backup_is_on_no_record_so_tokens_wait_for_somebody_who_knows() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let (_, token) = home.token().await;
    let backup = back_up(&home, true).await;
    assert_eq!(keyed(&gateway, &token).await.status, 200);
    let left = lose(&home, gateway, backup).await;
    let (gateway, _) = restored(&home, &left, Known::Nothing).await;
    assert_eq!(keyed(&gateway, &token).await.status, 401);
    assert_eq!(home.ideogram.seen().calls.len(), 1);
    gateway.stop().await;
}
