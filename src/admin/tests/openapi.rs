use super::house::House;
use serde_json::Value;
use std::collections::BTreeSet;

/// Returns methods and paths of a description, a line each.
fn served(document: &Value) -> String {
    let paths = document["paths"].as_object().unwrap().iter();
    let served: BTreeSet<_> = paths
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            methods.map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    served.into_iter().collect::<Vec<_>>().join("\n")
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a line for each path")]
async fn the_description_lists_every_path_that_is_served() {
    let house = House::open();
    let (status, document) = house.get("/api/openapi.json").await;
    assert_eq!(status, 200);
    insta::assert_snapshot!(served(&document), @"
    GET /api/openapi.json
    GET /api/v1/accounts
    GET /api/v1/audit
    GET /api/v1/audit/archive
    GET /api/v1/audit/checkpoint
    GET /api/v1/audit/export
    GET /api/v1/audit/export/{name}
    GET /api/v1/audit/key
    GET /api/v1/audit/persons
    GET /api/v1/audit/tail
    GET /api/v1/audit/{id}
    GET /api/v1/environments
    GET /api/v1/environments/{name}
    GET /api/v1/keys
    GET /api/v1/operators
    GET /api/v1/operators/me
    GET /api/v1/operators/{id}
    GET /api/v1/pause
    GET /api/v1/queue
    GET /api/v1/review
    GET /api/v1/routes
    GET /api/v1/routes/{name}
    GET /api/v1/settings
    GET /api/v1/status
    GET /api/v1/tokens
    GET /api/v1/tokens/{id}
    GET /api/v1/usage
    GET /api/v1/usage/balances
    GET /healthz
    GET /metrics
    GET /readyz
    POST /api/v1/audit/archive
    POST /api/v1/audit/persons/find
    POST /api/v1/audit/persons/forget
    POST /api/v1/backup
    POST /api/v1/backup/{name}/kept
    POST /api/v1/config/reload
    POST /api/v1/keys/rotate
    POST /api/v1/keys/verify
    POST /api/v1/operators
    POST /api/v1/operators/{id}/disable
    POST /api/v1/operators/{id}/enable
    POST /api/v1/operators/{id}/revoke
    POST /api/v1/operators/{id}/role
    POST /api/v1/operators/{id}/rotate
    POST /api/v1/pause
    POST /api/v1/queue/release/{call}
    POST /api/v1/resume
    POST /api/v1/tokens
    POST /api/v1/tokens/prune
    POST /api/v1/tokens/{id}/disable
    POST /api/v1/tokens/{id}/enable
    POST /api/v1/tokens/{id}/reduce
    POST /api/v1/tokens/{id}/revoke
    POST /api/v1/tokens/{id}/rotate
    POST /api/v1/tokens/{id}/rotate/finish
    POST /api/v1/tokens/{id}/update
    POST /api/v1/usage/balances/{account}
    POST /api/v1/usage/write-off/{call}
    POST /api/v1/usage/write-off/{call}/undo
    ");
}

#[tokio::test]
async fn the_description_names_every_field_that_is_answered() {
    let house = House::open();
    let body = serde_json::json!({"environment": "prod", "name": "a", "scopes": ["write:generate"], "no_budget": true});
    let (_, made) = house.post("/api/v1/tokens", Some(body)).await;
    let (_, document) = house.get("/api/openapi.json").await;
    let (_, tokens) = house.get("/api/v1/tokens").await;
    for (schema, example) in [("CreatedToken", &made), ("TokenView", &tokens[0])] {
        let described = &document["components"]["schemas"][schema]["properties"];
        let described: BTreeSet<_> = described.as_object().unwrap().keys().collect();
        assert_eq!(described, example.as_object().unwrap().keys().collect(), "{schema}");
    }
}
