use super::house::{House, on_socket};
use crate::domain::Principal;
use serde_json::json;

fn asked() -> serde_json::Value {
    json!({"environment": "prod", "name": "poster-bot", "scopes": ["write:generate"], "no_budget": true})
}

#[tokio::test]
async fn a_token_is_made_and_its_secret_shown_once() {
    let house = House::open();
    let response = house.ask(on_socket("POST", "/api/v1/tokens", Some(asked()))).await;
    assert_eq!(response.headers()["cache-control"], "no-store");
    let location = response.headers()["location"].to_str().unwrap().to_owned();
    let (status, made) = super::house::answer(response).await;
    assert_eq!(status, 201);
    assert_eq!(location, format!("/api/v1/tokens/{}", made["id"].as_str().unwrap()));
    let secret = made["token"].as_str().unwrap();
    assert!(house.state.tokens.authenticate(secret).is_ok());
    assert!(made["words"][0].as_str().unwrap().starts_with("may generate images"));
    let (_, shown) = house.get(&location).await;
    let (_, listed) = house.get("/api/v1/tokens").await;
    assert_eq!(listed, json!([shown]));
    assert!(!listed.to_string().contains("idg_"));
}

#[tokio::test]
async fn the_local_user_who_made_a_token_is_on_record() {
    let house = House::open();
    house.post("/api/v1/tokens", Some(asked())).await;
    let records = house.records();
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].record.principal, Principal::LocalUser(1000));
    assert_eq!(&*records[0].record.action, "token.create");
}

#[tokio::test]
async fn all_mistakes_come_in_one_problem_document() {
    let house = House::open();
    let wrong = json!({"environment": "prod", "name": "", "scopes": ["read:*"], "max_images": 9});
    let response = house.ask(on_socket("POST", "/api/v1/tokens", Some(wrong))).await;
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let (status, problem) = super::house::answer(response).await;
    assert_eq!((status, &problem["code"]), (422, &json!("request_invalid")));
    assert_eq!(problem["type"], "urn:ideogate:problem:request_invalid");
    let fields: Vec<_> = problem["mistakes"].as_array().unwrap().iter().collect();
    let fields: Vec<_> = fields.iter().map(|one| one["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["name", "max_images", "scopes"]);
    // That it was refused is written behind the answer.
    assert!(house.records().iter().all(|one| &*one.record.action == "admin.request"));
}

#[tokio::test]
async fn a_token_is_disabled_enabled_and_revoked_for_ever() {
    let house = House::open();
    let (_, made) = house.post("/api/v1/tokens", Some(asked())).await;
    let (id, secret) = (made["id"].as_str().unwrap(), made["token"].as_str().unwrap());
    let steps = [("disable", "disabled"), ("enable", "enabled"), ("revoke", "revoked")];
    for (step, state) in steps {
        let (status, token) = house.post(&format!("/api/v1/tokens/{id}/{step}"), None).await;
        assert_eq!((status, &token["state"]), (200, &json!(state)));
        assert_eq!(house.state.tokens.authenticate(secret).is_ok(), state == "enabled");
    }
    let (status, problem) = house.post(&format!("/api/v1/tokens/{id}/enable"), None).await;
    assert_eq!((status, &problem["code"]), (409, &json!("token_revoked")));
}

#[tokio::test]
async fn an_expired_token_is_shown_as_expired() {
    let house = House::open();
    let (_, made) = house.post("/api/v1/tokens", Some(asked())).await;
    house.clock.advance(std::time::Duration::from_hours(91 * 24));
    let (_, token) = house.get(&format!("/api/v1/tokens/{}", made["id"].as_str().unwrap())).await;
    assert_eq!(token["state"], "expired");
}

#[tokio::test]
async fn an_unknown_token_is_a_problem_and_not_a_fault() {
    let house = House::open();
    for (method, path) in [("GET", "tok_x"), ("POST", "tok_x/revoke"), ("GET", "%ff")] {
        let response = house.ask(on_socket(method, &format!("/api/v1/tokens/{path}"), None)).await;
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        assert!([400, 404].contains(&response.status().as_u16()));
    }
}
