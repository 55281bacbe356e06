//! Operators who were shut out, made smaller, or given another secret.

use super::{Known, back_up, lose, restored};
use crate::support::{Binary, Client, Home};

/// Asks as an operator over the network who they are, and whether they may administer.
async fn asked(gateway: &Binary, token: &str) -> (u16, u16) {
    let client = Client::new(gateway.ready.admin.clone(), "");
    let ask = async |method: &str, path: &str| {
        let request = client.bare(method, path).bearer_auth(token);
        client.send(request).await.status
    };
    (ask("GET", "/api/v1/tokens").await, ask("POST", "/api/v1/resume").await)
}

/// Makes an operator, makes a backup, does this to them, and returns what they are answered after a restore
/// with all that is known, and without.
async fn after(take: &[&str]) -> [(u16, u16); 2] {
    let home = Home::new().await;
    let gateway = home.start().await;
    let made = home.json(&["operator", "create", "--name", "anna", "--role", "operator"]).await;
    let token = made["token"].as_str().unwrap().to_owned();
    let backup = back_up(&home, true).await;
    assert_eq!(asked(&gateway, &token).await, (200, 200));
    home.run(take).await.good();
    let answered = asked(&gateway, &token).await;
    let left = lose(&home, gateway, backup).await;
    let mut answers = [(0, 0); 2];
    for (place, known) in [Known::All, Known::Nothing].into_iter().enumerate() {
        let (gateway, told) = restored(&home, &left, known).await;
        answers[place] = asked(&gateway, &token).await;
        if known == Known::All {
            assert_eq!(answers[place], answered, "{told}");
            assert_eq!(told["applied"]["operators"], 1, "{told}");
        }
        gateway.stop().await;
    }
    answers
}

#[tokio::test]
async fn whoever_was_shut_out_stays_out() {
    // Nobody is let in any more where there is no operator left.
    assert_eq!(after(&["operator", "revoke", "anna"]).await, [(403, 403), (200, 200)]);
    assert_eq!(after(&["operator", "disable", "anna"]).await[0].0, 401);
}

#[tokio::test]
async fn a_smaller_role_stays_small() {
    let role = ["operator", "set-role", "anna", "--role", "viewer"];
    assert_eq!(after(&role).await, [(200, 403), (200, 200)]);
}

#[tokio::test]
async fn a_secret_that_was_replaced_opens_nothing() {
    assert_eq!(after(&["operator", "rotate", "anna"]).await[0], (401, 401));
}
