//! Scopes: one for each kind of work, and no reading one spends.

use super::GENERATE;
use crate::support::{TestApp, TestSettings};
use ideogate::{
    config::{LoadOptions, Settings},
    domain::{Route, Scope},
    simulator::Simulator,
};
use serde_json::json;
use std::{collections::BTreeMap, sync::Arc};

/// Returns every route there is, switched on or not.
fn routes() -> Vec<Arc<Route>> {
    let nothing =
        LoadOptions { file: None, variables: Vec::new(), working_dir: std::env::temp_dir() };
    let loaded = Settings::load(nothing).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    loaded.settings.routes.routes().to_vec()
}

/// Starts a gateway on which every route is open, training too.
async fn all_open() -> TestApp {
    let names: Vec<_> = routes()
        .iter()
        .filter(|route| !route.enabled)
        .map(|route| format!("\"{}\"", route.name))
        .collect();
    let scopes: Vec<_> = Scope::ALL.iter().map(|scope| format!("\"{scope}\"")).collect();
    let toml = format!(
        "[routes]\nenable = [{}]\n[environments.all]\naccount = \"ideogram\"\nscopes = [{}, \"read:*\"]\n",
        names.join(","),
        scopes.join(",")
    );
    TestApp::with(TestSettings { toml, ..TestSettings::default() }).await
}

/// Returns a path that the route covers.
fn path(route: &Route) -> String {
    let segments = route.path.as_str().split('/');
    let filled = segments.map(|segment| if segment.starts_with('{') { "abc" } else { segment });
    filled.collect::<Vec<_>>().join("/")
}

fn billed(ideogram: &Simulator) -> (u64, u64) {
    (ideogram.billed_images(), ideogram.billed_usd_micros())
}

#[tokio::test]
async fn no_reading_scope_reaches_a_route_that_is_billed() {
    let app = all_open().await;
    let reader = app.client_with("all", &["read:*", "read:account"]).await;
    let billable: Vec<_> = routes().into_iter().filter(|route| route.is_billable()).collect();
    assert!(billable.len() > 80, "{}", billable.len());
    for route in &billable {
        let scope = route.scope.expect("what is billed needs a scope");
        assert!(scope.in_write_wildcard() || scope == Scope::TrainModels, "{}", route.name);
        for query in ["", "?dry_run=false", "?dry_run=TRUE", "?a=b"] {
            let method = route.method.as_str();
            let request = reader.request(method, &format!("{}{query}", path(route)));
            let reply = reader.send(request.json(&json!({"prompt": "x"}))).await;
            assert_eq!(reply.problem(), "403 scope_missing", "{} {query}", route.name);
            assert_eq!(reply.json()["scope"], scope.as_str(), "{}", route.name);
        }
    }
    assert_eq!(app.arrived(), 0);
    assert_eq!(billed(&app.ideogram), (0, 0));
}

#[tokio::test]
async fn a_quote_is_the_only_thing_a_reader_gets_of_a_route_that_is_billed() {
    let app = all_open().await;
    let reader = app.client_with("all", &["read:*"]).await;
    let billable: Vec<_> = routes().into_iter().filter(|route| route.is_billable()).collect();
    let body = json!({"prompt": "x"});
    for route in &billable {
        let before = app.arrived();
        let reply = reader.post(&format!("{}?dry_run=true", path(route)), &body).await;
        if route.quote {
            let arrived = app.ideogram.seen().calls;
            for call in &arrived[before..] {
                assert_eq!(call.path_and_query, format!("{}?dry_run=true", path(route)));
            }
        } else {
            assert_eq!(reply.problem(), "403 scope_missing", "{}", route.name);
            assert_eq!(app.arrived(), before, "{}", route.name);
        }
    }
    assert_eq!(billed(&app.ideogram), (0, 0));
}

#[tokio::test]
async fn each_scope_opens_its_own_routes_and_no_other() {
    let app = all_open().await;
    let mut by_scope: BTreeMap<Scope, Arc<Route>> = BTreeMap::new();
    for route in routes() {
        if let Some(scope) = route.scope {
            by_scope.entry(scope).or_insert(route);
        }
    }
    assert!(by_scope.len() >= 15, "{by_scope:?}");
    for (scope, route) in &by_scope {
        // Whoever makes something may poll it, whatever else it may read.
        let comes_with =
            |other: &Scope| *scope == Scope::ReadGenerations && other.in_write_wildcard();
        let others = Scope::ALL.iter().filter(|other| *other != scope && !comes_with(other));
        let others: Vec<_> = others.map(|other| other.as_str()).collect();
        let without = app.client_with("all", &others).await;
        let reply = without.send(without.request(route.method.as_str(), &path(route))).await;
        assert_eq!(reply.problem(), "403 scope_missing", "{scope}");
        assert_eq!(reply.json()["scope"], scope.as_str());
        let entry = app.entries().await.pop().unwrap();
        assert_eq!(&*entry.metadata.decision, "scope_missing");
        assert_eq!(entry.metadata.more.route.as_ref(), Some(&route.name));
        assert_eq!(app.arrived(), 0, "{scope}");
    }
    for (scope, route) in &by_scope {
        let with = app.client_with("all", &[scope.as_str()]).await;
        let reply = with.send(with.request(route.method.as_str(), &path(route))).await;
        assert_ne!(reply.status, 403, "{scope}: {reply:?}");
    }
}

#[tokio::test]
async fn training_and_the_account_are_in_no_wildcard() {
    let app = all_open().await;
    let client = app.client_with("app", &["read:*", "write:*"]).await;
    for route in routes() {
        if matches!(route.scope, Some(Scope::TrainModels | Scope::ReadAccount)) {
            let reply = client.send(client.request(route.method.as_str(), &path(&route))).await;
            assert_eq!(reply.problem(), "403 scope_missing", "{}", route.name);
        }
    }
    assert_eq!(app.arrived(), 0);
}

#[tokio::test]
async fn a_public_route_needs_a_token_and_no_scope() {
    let app = TestApp::spawn().await;
    let client = app.client_with("app", &["write:generate"]).await;
    assert_eq!(client.get("/v1/.well-known/jwks.json").await.status, 200);
    let bare = client.send(client.bare("GET", "/v1/.well-known/jwks.json")).await;
    assert_eq!(bare.problem(), "401 token_missing");
    assert_eq!(client.get("/models").await.problem(), "403 scope_missing");
    assert_eq!(client.post(GENERATE, &json!({"prompt": "x"})).await.status, 200);
    assert_eq!(app.arrived(), 2);
}
