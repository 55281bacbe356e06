//! Holds the route table against the vendor's own description of its operations.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot read its facts fails")]

use http::Method;
use ideogate::{
    config::{LoadOptions, Settings},
    domain::{
        Asynchronous, BodyKind, DeniedPath, ModelRule, PlacesRule, Route, RouteMatch, RouteTable,
        Scope, WebhookRule,
    },
};
use serde_json::Value;
use std::{collections::BTreeSet, sync::Arc};

const OPERATIONS: &str = include_str!("operations.json");

/// What a POST costs nobody says; for these no price is known, and all others are billed.
const FREE_POSTS: [&str; 2] = ["/datasets", "/datasets/{dataset_id}/upload_assets"];

/// An operation as the vendor describes it.
struct Operation {
    method: Method,
    path: String,
    json: Value,
}

impl Operation {
    fn all() -> Vec<Self> {
        let list: Vec<Value> = serde_json::from_str(OPERATIONS).unwrap();
        let text = |json: &Value, key: &str| json[key].as_str().unwrap().to_owned();
        let one = |json: Value| Self {
            method: text(&json, "method").parse().unwrap(),
            path: text(&json, "path"),
            json,
        };
        list.into_iter().map(one).collect()
    }

    fn schemas(&self) -> impl Iterator<Item = (BodyKind, &Value)> {
        let bodies = self.json["body"].as_object().into_iter().flatten();
        bodies.map(|(kind, schema)| match kind.as_str() {
            "application/json" => (BodyKind::Json, schema),
            "multipart/form-data" => (BodyKind::Multipart, schema),
            other => panic!("{other}"),
        })
    }

    fn query(&self) -> BTreeSet<&str> {
        let parameters = self.json["parameters"].as_array().into_iter().flatten();
        let in_query = parameters.filter(|parameter| parameter["in"] == "query");
        in_query.map(|parameter| parameter["name"].as_str().unwrap()).collect()
    }

    fn is_for_everybody(&self) -> bool {
        self.json["security"].as_array().is_some_and(Vec::is_empty)
    }

    fn is_deprecated(&self) -> bool {
        self.json["deprecated"] == true
    }

    /// Where every kind of body keeps the number of images, and what it is when absent.
    fn places(&self) -> BTreeSet<Option<(Option<String>, u64)>> {
        // The bare facts lack what the request of /remix inherits from that of /generate.
        if self.path == "/remix" {
            return BTreeSet::from([Some((Some("image_request".to_owned()), 1))]);
        }
        self.schemas().map(|(_, schema)| count_field(schema)).collect()
    }

    /// The schema of a field, at the top or beside the number of images.
    fn field<'s>(schema: &'s Value, name: &str) -> Option<&'s Value> {
        let top = &schema["properties"];
        [&top[name], &top["image_request"]["properties"][name]]
            .into_iter()
            .find(|field| field.is_object())
    }
}

fn count_field(schema: &Value) -> Option<(Option<String>, u64)> {
    let default = |fields: &Value| fields["num_images"]["default"].as_u64();
    let properties = &schema["properties"];
    if let Some(default) = default(properties) {
        return Some((None, default));
    }
    let inner = properties.as_object().into_iter().flatten();
    inner.into_iter().find_map(|(name, field)| {
        default(&field["properties"]).map(|default| (Some(name.clone()), default))
    })
}

/// Everything that the table and the operations do not agree on.
fn disagreements(table: &RouteTable) -> Vec<String> {
    let operations = Operation::all();
    let mut found = Vec::new();
    for operation in &operations {
        let place = format!("{} {}", operation.method, operation.path);
        let mut tell = |problem: &str| found.push(format!("{place}: {problem}"));
        match listed(table, operation) {
            Some(route) => compare(route, operation, &mut tell),
            None if is_denied(table, operation) => {}
            None => tell("neither listed nor denied by name"),
        }
    }
    for route in table.routes() {
        let is_described = operations
            .iter()
            .any(|one| one.path == route.path.as_str() && one.method == route.method);
        if route.verified != is_described {
            found.push(format!("{}: verified is {}", route.name, route.verified));
        }
        found.extend(spending(route));
    }
    found
}

fn listed<'t>(table: &'t RouteTable, operation: &Operation) -> Option<&'t Arc<Route>> {
    let is_it = |route: &&Arc<Route>| {
        route.path.as_str() == operation.path && route.method == operation.method
    };
    table.routes().iter().find(is_it)
}

fn is_denied(table: &RouteTable, operation: &Operation) -> bool {
    let path = operation.path.replace(['{', '}'], "");
    matches!(table.find(&operation.method, &path), RouteMatch::Denied(_))
}

fn compare(route: &Route, operation: &Operation, tell: &mut dyn FnMut(&str)) {
    if route.deprecated != operation.is_deprecated() {
        tell("deprecated differs");
    }
    if route.scope.is_none() != operation.is_for_everybody() {
        tell("who may call differs");
    }
    let kinds: Vec<BodyKind> = operation.schemas().map(|(kind, _)| kind).collect();
    let has_all = kinds.iter().all(|kind| route.bodies.contains(kind));
    if !has_all || kinds.len() != route.bodies.len() {
        tell("body kinds differ");
    }
    if operation.query() != route.query.iter().map(AsRef::as_ref).collect() {
        tell("query differs");
    }
    let is_billed =
        operation.method == Method::POST && !FREE_POSTS.contains(&operation.path.as_str());
    if route.is_billable() != is_billed {
        tell("whether it is billed differs");
    }
    compare_places(route, operation, tell);
    compare_fields(route, operation, tell);
    compare_asynchronous(route, operation, tell);
}

fn compare_places(route: &Route, operation: &Operation, tell: &mut dyn FnMut(&str)) {
    let here = match &route.places {
        PlacesRule::None | PlacesRule::Fixed(1) => None,
        PlacesRule::Fixed(_) => return tell("takes a fixed number of places above 1"),
        PlacesRule::Field { name, .. } if &**name != "num_images" => {
            return tell("counts by another field than num_images");
        }
        PlacesRule::Field { inside, default, .. } => {
            Some((inside.as_deref().map(str::to_owned), u64::from(*default)))
        }
    };
    let there = operation.places();
    if (there.is_empty() && here.is_some()) || there.iter().any(|place| *place != here) {
        tell("where the number of images stands differs");
    }
}

fn compare_fields(route: &Route, operation: &Operation, tell: &mut dyn FnMut(&str)) {
    let mut named: Vec<(&str, Option<&str>)> =
        route.priced_fields.iter().map(|field| (&**field, None)).collect();
    if let ModelRule::Field { name, default } = &route.model
        && operation.path != "/remix"
    {
        named.push((name, Some(default)));
    }
    named.extend(route.speed_field.as_deref().map(|name| (name, route.default_speed.as_deref())));
    for (_, schema) in operation.schemas() {
        for (name, default) in &named {
            match Operation::field(schema, name) {
                None => tell(&format!("there is no field {name}")),
                Some(field) if default.is_some() && field["default"].as_str() != *default => {
                    tell(&format!("the default of {name} differs"));
                }
                Some(_) => {}
            }
        }
        let has_speed = schema["properties"]["rendering_speed"].is_object();
        if has_speed != route.speed_field.is_some() {
            tell("whether it has a rendering speed differs");
        }
    }
}

fn compare_asynchronous(route: &Route, operation: &Operation, tell: &mut dyn FnMut(&str)) {
    let is_asynchronous = operation.path.contains("/async/");
    if (route.asynchronous == Asynchronous::Always) != is_asynchronous {
        tell("whether it is asynchronous differs");
    }
    let takes_webhook = operation.query().contains("webhook_url");
    if takes_webhook != (route.webhook == WebhookRule::Query("webhook_url".into())) {
        tell("where the webhook address stands differs");
    }
}

/// What Ideogram bills needs a scope that spends.
fn spending(route: &Route) -> Option<String> {
    let may_spend =
        |scope: Scope| scope.as_str().starts_with("write:") || scope.as_str().starts_with("train:");
    let is_safe = !route.is_billable() || route.scope.is_some_and(may_spend);
    (!is_safe).then(|| format!("{}: billed, but no scope that spends", route.name))
}

fn shipped() -> Arc<RouteTable> {
    let folder = tempfile::tempdir().unwrap();
    let options = LoadOptions { working_dir: folder.path().to_owned(), ..LoadOptions::default() };
    Settings::load(options).unwrap().settings.routes
}

/// The shipped table with one route changed or taken away.
fn with(name: &str, change: impl Fn(Route) -> Option<Route>) -> RouteTable {
    let shipped = shipped();
    let routes = shipped.routes().iter().map(|route| (**route).clone());
    let changed = routes
        .filter_map(|route| if route.name.as_str() == name { change(route) } else { Some(route) });
    RouteTable::new(changed.collect(), shipped.denied().to_vec())
}

#[test]
fn every_operation_is_listed_as_it_is_described_or_denied_by_name() {
    assert_eq!(disagreements(&shipped()), Vec::<String>::new());
    assert_eq!(Operation::all().len(), 81);
}

#[test]
fn the_check_notices_a_route_that_is_missing() {
    let table = with("v3.generate", |_| None);
    let told = ["POST /v1/ideogram-v3/generate: neither listed nor denied by name"];
    assert_eq!(disagreements(&table), told);
}

#[test]
fn the_check_notices_a_path_that_is_no_longer_denied() {
    let denied: Vec<DeniedPath> =
        shipped().denied().iter().filter(|one| &*one.path != "/magic-prompt").cloned().collect();
    let routes = shipped().routes().iter().map(|route| (**route).clone()).collect();
    let told = disagreements(&RouteTable::new(routes, denied));
    assert_eq!(told, ["POST /magic-prompt: neither listed nor denied by name"]);
}

#[test]
fn the_check_notices_every_column_that_is_wrong() {
    type Change = fn(&mut Route);
    let changes: [(&str, &str, Change); 8] = [
        ("v3.generate", "the number of images", |route| route.places = PlacesRule::Fixed(1)),
        ("legacy.generate", "the number of images", |route| {
            let name = "num_images".into();
            route.places = PlacesRule::Field { name, inside: None, default: 1 };
        }),
        ("v4.generate", "body kinds", |route| route.bodies = vec![BodyKind::Json]),
        ("v3.edit", "deprecated", |route| route.deprecated = false),
        ("models.list", "query", |route| route.query.clear()),
        ("v3.remix", "there is no field", |route| route.priced_fields.push("colour".into())),
        ("v4.generate-async", "webhook", |route| route.webhook = WebhookRule::None),
        ("v3.remix", "no scope that spends", |route| route.scope = Some(Scope::ReadModels)),
    ];
    for (name, problem, change) in changes {
        let table = with(name, |mut route| {
            change(&mut route);
            Some(route)
        });
        let told = disagreements(&table);
        assert!(told.iter().any(|line| line.contains(problem)), "{name}, {problem}: {told:?}");
    }
}

#[test]
fn the_documented_v2_operations_are_listed_and_the_dear_ones_are_off() {
    let table = shipped();
    let v2: Vec<_> =
        table.routes().iter().filter(|r| r.path.as_str().starts_with("/v2/")).collect();
    assert_eq!(v2.len(), 66);
    for route in v2 {
        let is_dear = matches!(route.scope, Some(Scope::WriteVideo | Scope::WriteTools));
        assert_eq!(route.enabled, !is_dear, "{}", route.name);
        let is_read = route.method == Method::GET;
        assert_eq!(route.is_billable(), !is_read, "{}", route.name);
        assert!(!(is_read && route.quote), "{}", route.name);
    }
}

#[test]
fn what_costs_tens_of_dollars_or_is_an_experiment_is_off() {
    let off: BTreeSet<String> = shipped()
        .routes()
        .iter()
        .filter(|route| !route.enabled && !route.path.as_str().starts_with("/v2/"))
        .map(|route| route.name.to_string())
        .collect();
    let expected = [
        "datasets.train",
        "v3.train",
        "v3.train-advanced",
        "v4.design",
        "v4.design-async",
        "v4.generate-fp8",
        "v4.generate-stable",
        "v4.train",
        "v4.train-advanced",
    ];
    assert_eq!(off, expected.map(str::to_owned).into());
}

#[test]
fn quotes_are_asked_only_where_they_are_declared() {
    let silent = ["ad-variations", "model-pose-variants", "sketch-to-render", "describe"];
    for route in shipped().routes() {
        let path = route.path.as_str();
        let declares = path.starts_with("/v2/")
            && route.is_billable()
            && !silent.iter().any(|part| path.contains(part));
        assert_eq!(route.quote, declares, "{}", route.name);
    }
}

#[test]
fn a_path_with_braces_never_stands_for_itself() {
    let table = shipped();
    let found = table.find(&Method::GET, "/models/{model_id}");
    assert!(matches!(found, RouteMatch::Unknown), "{found:?}");
    assert!(matches!(table.find(&Method::GET, "/models/m-1"), RouteMatch::Found(_)));
}
