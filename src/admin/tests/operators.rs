//! Who is let in, and what each role may do: every endpoint, every role.

use super::house::{House, answer, on_socket, over_tcp, text};
use crate::{
    admin::{Endpoint, endpoints},
    domain::{Operator, PlainSecret, Principal, RecordBody, Role, TokenState},
    operators::{NewOperator, OperatorRotation, RoleChange},
    tokens::PlainToken,
};
use axum::{body::Body, response::Response};
use http::{HeaderMap, Request};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

const BY: Principal = Principal::LocalUser(0);

impl House {
    async fn operator(&self, name: &str, role: Role) -> (PlainSecret, Arc<Operator>) {
        let new = NewOperator { name: name.into(), role: role.to_string(), expires_in: None };
        self.state.operators.create(new, &BY).await.unwrap()
    }

    /// Returns the codes and reasons of refusals on record, oldest first.
    async fn refusals(&self) -> Vec<String> {
        self.state.journal.flush().await.unwrap();
        let told = |record: &crate::store::SealedRecord| match &record.record.body {
            RecordBody::Refusal(refusal) => {
                let (who, what) = (&record.record.principal, &record.record.resource);
                Some(format!("{who} {what}: {} {}", refusal.code, refusal.reason))
            }
            _ => None,
        };
        self.records().iter().filter_map(told).collect()
    }

    async fn changes(&self) -> usize {
        self.state.journal.flush().await.unwrap();
        self.records().iter().filter(|one| one.record.body.kind() == "admin").count()
    }
}

fn bearing(token: &str, method: &str, path: &str) -> Request<Body> {
    let mut request = over_tcp(method, path, "localhost");
    let value = format!("Bearer {token}").parse().unwrap();
    request.headers_mut().insert("authorization", value);
    request
}

fn with_json(mut request: Request<Body>, body: &Value) -> Request<Body> {
    request.headers_mut().insert("content-type", "application/json".parse().unwrap());
    *request.body_mut() = Body::from(body.to_string());
    request
}

async fn code(response: Response) -> (u16, String) {
    let (status, problem) = answer(response).await;
    (status, problem["code"].as_str().unwrap_or_default().to_owned())
}

/// Returns a path with something in place of its variable parts.
fn filled(path: &str) -> String {
    path.split('/')
        .map(|part| if part.starts_with('{') { "none" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

#[tokio::test]
async fn every_endpoint_lets_in_exactly_the_roles_it_names() {
    let house = House::open();
    for role in Role::ALL {
        let (secret, _) = house.operator(role.as_str(), role).await;
        let made = house.changes().await;
        for Endpoint { path, method, role: least } in endpoints() {
            let request = bearing(secret.reveal(), method, &filled(path));
            let response = house.ask(request).await;
            let is_let_in = least.is_none_or(|least| role >= least);
            let status = response.status().as_u16();
            if is_let_in {
                assert!(!matches!(status, 401 | 403 | 429), "{role} {method} {path}: {status}");
                continue;
            }
            let (status, problem) = answer(response).await;
            let least = least.unwrap().to_string();
            assert_eq!((status, &problem["code"]), (403, &json!("role_missing")), "{path}");
            assert_eq!(problem["role"], least, "{role} {method} {path}");
        }
        if role == Role::Viewer {
            assert_eq!(house.changes().await, made, "a viewer changes nothing");
        }
    }
}

#[tokio::test]
async fn nobody_else_gets_in_anywhere() {
    let house = House::open();
    let (expired, _) = house.operator("expired", Role::Admin).await;
    house.clock.advance(Duration::from_hours(91 * 24));
    let (revoked, one) = house.operator("revoked", Role::Admin).await;
    house.state.operators.set_state(&one.id, TokenState::Revoked, &BY).await.unwrap();
    let (disabled, one) = house.operator("disabled", Role::Admin).await;
    house.state.operators.set_state(&one.id, TokenState::Disabled, &BY).await.unwrap();
    let (rotated, one) = house.operator("rotated", Role::Admin).await;
    house.state.operators.rotate(&one.id, &OperatorRotation::default(), &BY).await.unwrap();
    let unknown = PlainSecret::mint("ido_").unwrap();
    let client = PlainSecret::mint("idg_prod_").unwrap();
    let changes = house.changes().await;
    let mut bodies = Vec::new();
    for secret in [&expired, &revoked, &disabled, &rotated, &unknown, &client] {
        for Endpoint { path, method, role } in endpoints() {
            if role.is_none() {
                continue;
            }
            // One failure costs six seconds.
            house.clock.advance(Duration::from_secs(6));
            let response = house.ask(bearing(secret.reveal(), method, &filled(path))).await;
            assert_eq!(response.status(), 401, "{method} {path}");
            assert_eq!(
                response.headers()["www-authenticate"],
                r#"Bearer realm="ideogate admin", error="invalid_token""#
            );
            bodies.push(text(response).await);
        }
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "all of them read alike");
    assert!(bodies[0].contains("operator_token_invalid") && !bodies[0].contains("ido_"));
    for Endpoint { path, method, role } in endpoints() {
        let response = house.ask(over_tcp(method, &filled(path), "localhost")).await;
        match role {
            Some(_) => {
                let challenge = response.headers()["www-authenticate"].clone();
                assert_eq!(challenge, r#"Bearer realm="ideogate admin""#);
                let expected = (401, "operator_token_missing".to_owned());
                assert_eq!(code(response).await, expected, "{method} {path}");
            }
            None => assert_eq!(response.status(), 200, "{path}"),
        }
    }
    assert_eq!(house.changes().await, changes, "nothing was done");
    tell_apart(&house, &[&expired, &revoked, &disabled, &rotated, &unknown, &client]).await;
}

/// What reads alike outside is told apart on record, and no secret is there.
async fn tell_apart(house: &House, secrets: &[&PlainSecret]) {
    let told = house.refusals().await;
    for words in [
        "operator:expired GET /api/v1/tokens: operator_token_invalid operator token expired: op_",
        "operator:revoked GET /api/v1/tokens: operator_token_invalid operator revoked: op_",
        "operator:disabled GET /api/v1/tokens: operator_token_invalid operator disabled: op_",
        "address:127.0.0.1 GET /api/v1/tokens: operator_token_invalid operator token unknown",
        "address:127.0.0.1 GET /api/v1/tokens: operator_token_invalid a client's token was presented to the control plane",
        "address:127.0.0.1 GET /api/v1/tokens: operator_token_missing no token",
    ] {
        assert!(told.iter().any(|line| line.starts_with(words)), "{words}\n{told:#?}");
    }
    let written: String = house
        .records()
        .iter()
        .map(|one| String::from_utf8_lossy(&one.bytes).into_owned())
        .collect();
    for secret in secrets {
        let digits = &secret.reveal()[secret.reveal().len() - 49..];
        assert!(!written.contains(&digits[..10]), "no secret is on record");
    }
}

#[tokio::test]
async fn a_token_is_looked_for_in_one_place_only() {
    let house = House::open();
    let (secret, _) = house.operator("anna", Role::Admin).await;
    let token = secret.reveal();
    let ask = async |change: &dyn Fn(&mut HeaderMap)| {
        let mut request = over_tcp("GET", "/api/v1/tokens", "localhost");
        change(request.headers_mut());
        code(house.ask(request).await).await.1
    };
    let put = |headers: &mut HeaderMap, name: &'static str, value: String| {
        headers.append(name, value.parse().unwrap());
    };
    assert_eq!(
        ask(&|headers| put(headers, "authorization", format!("bearer  {token} "))).await,
        ""
    );
    let missing = "operator_token_missing";
    assert_eq!(ask(&|headers| put(headers, "api-key", token.to_owned())).await, missing);
    assert_eq!(
        ask(&|headers| put(headers, "authorization", format!("Basic {token}"))).await,
        missing
    );
    assert_eq!(ask(&|headers| put(headers, "authorization", token.to_owned())).await, missing);
    assert_eq!(ask(&|headers| put(headers, "cookie", format!("token={token}"))).await, missing);
    let twice = |headers: &mut HeaderMap| {
        put(headers, "authorization", format!("Bearer {token}"));
        put(headers, "authorization", format!("Bearer {token}"));
    };
    assert_eq!(ask(&twice).await, "operator_token_invalid");
    let in_path = over_tcp("GET", &format!("/api/v1/tokens?token={token}"), "localhost");
    assert_eq!(code(house.ask(in_path).await).await.1, missing);
    let told = house.refusals().await.join("\n");
    assert!(told.contains("an operator token was presented as Api-Key"), "{told}");
    assert!(!told.contains(&token[..12]));
}

#[tokio::test]
async fn too_many_failures_of_an_address_are_refused_and_a_valid_token_from_there_is_not() {
    let house = House::open();
    let (secret, _) = house.operator("anna", Role::Admin).await;
    let unknown = PlainSecret::mint("ido_").unwrap();
    let path = "/api/v1/tokens";
    for _ in 0..10 {
        let response = house.ask(bearing(unknown.reveal(), "GET", path)).await;
        assert_eq!(response.status(), 401);
    }
    let (revoked, bert) = house.operator("bert", Role::Admin).await;
    house.state.operators.set_state(&bert.id, TokenState::Revoked, &BY).await.unwrap();
    let client = PlainToken::mint(&"prod".parse().unwrap()).unwrap();
    let mut answers = Vec::new();
    for token in [unknown.reveal(), revoked.reveal(), client.reveal(), "ido_short", "x"] {
        let response = house.ask(bearing(token, "GET", path)).await;
        assert_eq!(response.headers()["retry-after"], "6");
        answers.push(answer(response).await);
        assert_eq!(house.ask(bearing(secret.reveal(), "GET", path)).await.status(), 200);
    }
    assert_eq!((answers[0].0, &answers[0].1["code"]), (429, &json!("too_many_attempts")));
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "why is not told: {answers:?}");
    let mut elsewhere = bearing(secret.reveal(), "GET", path);
    let addr = "192.0.2.9:50000".parse().unwrap();
    elsewhere.extensions_mut().insert(crate::admin::AdminPeer::Tcp { addr });
    assert_eq!(house.ask(elsewhere).await.status(), 200, "others are not concerned");
    assert_eq!(house.get(path).await.0, 200, "nor is the socket");
    house.clock.advance(Duration::from_secs(6));
    assert_eq!(house.ask(bearing(secret.reveal(), "GET", path)).await.status(), 200);
    for _ in 0..100 {
        assert_eq!(house.ask(bearing(secret.reveal(), "GET", path)).await.status(), 200);
    }
    let told = house.refusals().await;
    let told: Vec<_> = told.iter().filter(|line| line.contains("too_many_attempts")).collect();
    assert_eq!(told.len(), 5);
    assert!(told[1].contains("operator revoked"), "the record tells: {told:?}");
}

#[tokio::test]
async fn a_flood_of_refusals_is_counted_instead_of_written() {
    let house = House::open();
    house.operator("anna", Role::Viewer).await;
    for _ in 0..500 {
        house.ask(over_tcp("GET", "/api/v1/tokens", "localhost")).await;
    }
    assert_eq!(house.refusals().await.len(), 10);
    house.clock.advance(Duration::from_mins(1));
    let summaries = house.state.refusals.summaries();
    assert_eq!(summaries.len(), 1);
    let RecordBody::Summary(summary) = &summaries[0].body else { panic!("{summaries:?}") };
    assert_eq!(summary.count, 490);
}

#[tokio::test]
async fn pages_of_other_origins_change_nothing() {
    let house = House::open();
    let (secret, _) = house.operator("anna", Role::Admin).await;
    let changes = house.changes().await;
    let ask = async |method: &str, fields: &[(&'static str, &str)]| {
        let mut request = bearing(secret.reveal(), method, "/api/v1/pause");
        for (name, value) in fields {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        code(house.ask(request).await).await
    };
    let denied = (403, "origin_denied".to_owned());
    for foreign in ["https://evil.example", "null", "http://localhost:8081", ""] {
        assert_eq!(ask("POST", &[("origin", foreign)]).await, denied, "{foreign}");
    }
    for site in ["cross-site", "same-site", "x"] {
        assert_eq!(ask("POST", &[("sec-fetch-site", site)]).await, denied, "{site}");
    }
    assert_eq!(house.changes().await, changes);
    assert_eq!(house.state.calls.pauses(), []);
    assert_eq!(ask("GET", &[("origin", "https://evil.example")]).await.0, 200);
    let own = [("origin", "http://localhost"), ("sec-fetch-site", "same-origin")];
    assert_eq!(ask("POST", &own).await.0, 200);
    assert_eq!(ask("POST", &[("sec-fetch-site", "none")]).await.0, 200);
    let mut on_socket = on_socket("POST", "/api/v1/resume", None);
    on_socket.headers_mut().insert("origin", "https://evil.example".parse().unwrap());
    assert_eq!(code(house.ask(on_socket).await).await, denied);
}

/// Somebody who was let in and is shut out while their body is on its way changes nothing.
#[tokio::test]
async fn whoever_is_revoked_while_sending_changes_nothing() {
    let house = House::open();
    let lowered = RoleChange { role: "viewer".into() };
    for way in ["revoked", "disabled", "rotated", "lowered"] {
        let (secret, one) = house.operator(way, Role::Admin).await;
        let (pieces, body) = tokio::sync::mpsc::channel::<Result<bytes::Bytes, std::io::Error>>(1);
        let stream = futures_util::stream::unfold(body, async |mut body| {
            body.recv().await.map(|piece| (piece, body))
        });
        let mut request = bearing(secret.reveal(), "POST", "/api/v1/tokens");
        request.headers_mut().insert("content-type", "application/json".parse().unwrap());
        *request.body_mut() = Body::from_stream(stream);
        let asking = tokio::spawn({
            let router = house.router.clone();
            async move { tower::ServiceExt::oneshot(router, request).await.unwrap() }
        });
        let new = json!({"environment": "prod", "name": "late", "scopes": ["write:generate"], "daily_budget": "5.00"});
        pieces.send(Ok(new.to_string().into())).await.unwrap();
        while pieces.capacity() == 0 {
            tokio::task::yield_now().await;
        }
        let operators = &house.state.operators;
        match way {
            "revoked" => drop(operators.set_state(&one.id, TokenState::Revoked, &BY).await),
            "disabled" => drop(operators.set_state(&one.id, TokenState::Disabled, &BY).await),
            "rotated" => drop(operators.rotate(&one.id, &OperatorRotation::default(), &BY).await),
            _ => drop(operators.set_role(&one.id, &lowered, &BY).await),
        }
        drop(pieces);
        let refused = code(asking.await.unwrap()).await;
        assert_eq!(refused, (401, "operator_token_invalid".to_owned()), "{way}");
        assert!(house.state.tokens.list().is_empty(), "{way}");
    }
}

#[tokio::test]
async fn somebody_who_is_let_in_is_named_on_record() {
    let house = House::open();
    let (secret, anna) = house.operator("anna", Role::Operator).await;
    let response = house.ask(bearing(secret.reveal(), "POST", "/api/v1/pause")).await;
    assert_eq!(response.status(), 200);
    let record = house.records().pop().unwrap().record;
    assert_eq!((&*record.action, &*record.principal.to_string()), ("queue.pause", "operator:anna"));
    let RecordBody::Admin(change) = record.body else { panic!("{:?}", record.body) };
    assert_eq!(change.operator, Some(anna.id.clone()));
    let (_, me) =
        answer(house.ask(bearing(secret.reveal(), "GET", "/api/v1/operators/me")).await).await;
    assert_eq!((&me["user_id"], &me["role"]), (&json!("operator:anna"), &json!("operator")));
    assert_eq!(me["operator"]["id"], anna.id.as_str());
    let (_, me) = house.get("/api/v1/operators/me").await;
    assert_eq!(me, json!({"user_id": "uid:1000", "role": "admin"}));
}

#[tokio::test]
async fn an_admin_makes_operators_over_the_network_and_nobody_learns_their_secrets_again() {
    let house = House::open();
    let (secret, _) = house.operator("root", Role::Admin).await;
    let new = json!({"name": "anna", "role": "viewer", "expires_in": "1h"});
    let request = with_json(bearing(secret.reveal(), "POST", "/api/v1/operators"), &new);
    let (status, made) = answer(house.ask(request).await).await;
    assert_eq!(status, 201);
    let token = made["token"].as_str().unwrap();
    assert_eq!(house.ask(bearing(token, "GET", "/api/v1/tokens")).await.status(), 200);
    let id = made["id"].as_str().unwrap();
    for path in ["/api/v1/operators".to_owned(), format!("/api/v1/operators/{id}")] {
        let (_, seen) = house.get(&path).await;
        assert!(!seen.to_string().contains("ido_"), "{seen}");
    }
    let (status, problem) = house.post("/api/v1/operators", Some(json!({"name": "anna"}))).await;
    assert_eq!(status, 422);
    assert_eq!(problem["mistakes"][0]["field"], "role");
    house.clock.advance(Duration::from_hours(1));
    assert_eq!(house.ask(bearing(token, "GET", "/api/v1/tokens")).await.status(), 401);
    let (_, seen) = house.get(&format!("/api/v1/operators/{id}")).await;
    assert_eq!(seen["state"], "expired");
}
