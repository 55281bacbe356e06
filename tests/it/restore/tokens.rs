//! Tokens that were revoked, disabled or reduced.

use super::{GENERATE, Known, back_up, lose, restored, seam, tried};
use crate::support::{Client, Home};
use serde_json::json;

/// A gateway with a token that is taken something away after its backup, restored in three ways. Returns what
/// the token is answered in each of them.
async fn after(take: &[&[&str]]) -> [u16; 3] {
    let home = Home::new().await;
    let gateway = home.start().await;
    let (id, token) = home.token().await;
    let (_, other) = home.token().await;
    let backup = back_up(&home, true).await;
    assert_eq!(tried(&gateway, &token).await, 200);
    for arguments in take {
        let arguments: Vec<_> =
            arguments.iter().map(|word| if *word == "ID" { &*id } else { word }).collect();
        home.run(&arguments).await.good();
    }
    let answered = tried(&gateway, &token).await;
    let left = lose(&home, gateway, backup).await;
    let mut answers = [0; 3];
    for (place, known) in [Known::All, Known::Nothing, Known::Trusted].into_iter().enumerate() {
        let arrived = home.ideogram.seen().calls.len();
        let (gateway, told) = restored(&home, &left, known).await;
        answers[place] = tried(&gateway, &token).await;
        let is_covered = known == Known::All;
        let others = if known == Known::Nothing { 401 } else { 200 };
        assert_eq!(tried(&gateway, &other).await, others, "{known:?} {told}");
        assert_eq!(told["covered"], is_covered, "{told}");
        assert_eq!(told["new_key"], !is_covered, "{told}");
        let sent = usize::from(answers[place] == 200) + usize::from(others == 200);
        assert_eq!(home.ideogram.seen().calls.len() - arrived, sent, "{known:?}");
        let said = seam(&home).await;
        assert_eq!(said["after"]["trusted"], known == Known::Trusted, "{said}");
        assert_eq!(said["before"]["key"], left.key.as_str());
        if is_covered {
            assert_eq!(answers[place], answered, "as it was before the loss: {told}");
        }
        gateway.stop().await;
    }
    answers
}

#[tokio::test]
async fn a_revoked_token_stays_revoked() {
    assert_eq!(after(&[&["token", "revoke", "ID"]]).await, [401, 401, 200]);
}

#[tokio::test]
async fn a_disabled_token_stays_disabled() {
    assert_eq!(after(&[&["token", "disable", "ID"]]).await, [401, 401, 200]);
}

#[tokio::test]
async fn a_scope_that_was_removed_stays_removed() {
    let reduced = ["token", "reduce", "ID", "--without", "write:*"];
    assert_eq!(after(&[&reduced]).await, [403, 401, 200]);
}

#[tokio::test]
async fn a_narrower_list_stays_narrow() {
    let reduced = ["token", "reduce", "ID", "--model", "V_2", "--cidr", "192.0.2.0/24"];
    assert_eq!(after(&[&reduced]).await, [403, 401, 200]);
}

#[tokio::test]
async fn a_lower_budget_and_an_earlier_end_stay() {
    let budget = ["token", "reduce", "ID", "--daily-budget", "0.000001"];
    assert_eq!(after(&[&budget]).await, [402, 401, 200]);
}

#[tokio::test]
async fn what_was_given_after_the_backup_is_told_and_not_given() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let made = ["token", "create", "--environment", "app", "--name", "shop", "--scope", "read:*"];
    let made = home.json(&made).await;
    let (id, token) = (made["id"].as_str().unwrap(), made["token"].as_str().unwrap());
    let backup = back_up(&home, true).await;
    home.run(&["token", "update", id, "--add-scope", "write:generate"]).await.good();
    assert_eq!(tried(&gateway, token).await, 200);
    let left = lose(&home, gateway, backup).await;
    let (gateway, told) = restored(&home, &left, Known::All).await;
    assert_eq!(tried(&gateway, token).await, 403);
    let client = Client::new(gateway.ready.proxy.clone(), token);
    let refused = client.post(GENERATE, &json!({"prompt": "x"})).await;
    assert_eq!(refused.problem(), "403 scope_missing");
    let given = &told["not_applied"][0];
    assert_eq!((&given["action"], &given["resource"]), (&json!("token.update"), &json!(id)));
    assert_eq!(given["command"], format!("ideogate token update {id} --scope …"));
    gateway.stop().await;
}
