use super::support::Given;
use crate::{
    config::FieldErrors,
    domain::{Asynchronous, BodyKind, Cost, PlacesRule, Route, RouteMatch, RouteTable, Scope},
};
use http::Method;
use insta::assert_snapshot;
use std::sync::Arc;

fn load(file: &str) -> Result<Arc<RouteTable>, FieldErrors> {
    let given = Given::settings("[routes]\nfile = \"mine.toml\"\n").file("mine.toml", file);
    given.load().map(|loaded| loaded.settings.routes)
}

fn wrong(file: &str) -> String {
    load(file).unwrap_err().to_string()
}

fn route(table: &RouteTable, name: &str) -> Arc<Route> {
    Arc::clone(table.by_name(&name.parse().unwrap()).unwrap())
}

#[test]
fn a_route_has_the_columns_of_the_table_its_template_and_its_own() {
    let table = Given::nothing().load().unwrap().settings.routes;
    let generate = route(&table, "v3.generate");
    assert_eq!(generate.path.as_str(), "/v1/ideogram-v3/generate");
    assert_eq!(generate.scope, Some(Scope::WriteGenerate));
    assert_eq!(generate.bodies, [BodyKind::Multipart, BodyKind::Json]);
    assert_eq!(generate.cost, Cost::PerOutput);
    assert_eq!(generate.default_speed.as_deref(), Some("DEFAULT"));
    assert!(generate.enabled && generate.verified && !generate.deprecated && !generate.quote);
    let inside = |name: &str| match &route(&table, name).places {
        PlacesRule::Field { inside, .. } => inside.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(inside("v3.generate"), None);
    assert_eq!(inside("legacy.generate").as_deref(), Some("image_request"));
    assert_eq!(inside("legacy.upscale").as_deref(), Some("image_request"));
    assert_eq!(route(&table, "v4.generate-async").asynchronous, Asynchronous::Always);
    assert_eq!(
        route(&table, "v2.generate.ideogram-4-5").asynchronous,
        Asynchronous::Field("async".into())
    );
}

#[test]
fn an_operators_file_changes_columns_and_adds_routes_and_closes_paths() {
    let table = load(
        "[denied]\n\"/v1/edit\" = \"not here\"\n\
         [routes.\"v3.generate\"]\nbody_cap = \"2MiB\"\n\
         [routes.\"v45.generate\"]\ntemplate = \"v4\"\npath = \"/v1/ideogram-v45/generate\"\n\
         scope = \"write:generate\"\nverified = false\n",
    )
    .unwrap();
    assert_eq!(route(&table, "v3.generate").body_cap, 2 << 20);
    assert_eq!(route(&table, "v3.generate").scope, Some(Scope::WriteGenerate));
    let found = table.find(&Method::POST, "/v1/ideogram-v45/generate");
    assert!(matches!(found, RouteMatch::Found(route) if route.places == PlacesRule::Fixed(1)));
    let closed = table.find(&Method::POST, "/v1/edit");
    assert!(matches!(closed, RouteMatch::Denied(reason) if &*reason == "not here"));
}

#[test]
fn routes_are_switched_by_name() {
    let given = Given::settings("[routes]\nenable = [\"v2.tool.colorways\"]\n");
    let given = given.variable("IDEOGATE__ROUTES__DISABLE", "v3.generate,v3.remix");
    let table = given.load().unwrap().settings.routes;
    assert!(route(&table, "v2.tool.colorways").enabled);
    assert!(!route(&table, "v3.generate").enabled && !route(&table, "v3.remix").enabled);
    let off = table.find(&Method::POST, "/v1/ideogram-v3/generate");
    assert!(matches!(off, RouteMatch::Disabled(_)));
}

#[test]
fn switching_a_route_that_is_not_there_or_both_ways_is_a_mistake() {
    let given = Given::settings(
        "[routes]\nenable = [\"v3.genrate\"]\ndisable = [\"nothing\", \"v3.generate\"]\n",
    );
    assert_snapshot!(given.mistakes(), @r#"
    2 mistakes in the settings
      routes.enable = "v3.genrate" (ideogate.toml:2): there is no route v3.genrate; did you mean v3.generate?
      routes.disable = "nothing" (ideogate.toml:3): there is no route nothing; `ideogate route list` shows those there are
    "#);
    let given = Given::settings("[routes]\nenable = [\"jwks\"]\ndisable = [\"jwks\"]\n");
    assert!(given.mistakes().contains("jwks stands in routes.enable too"));
}

#[test]
fn a_billable_route_can_never_hang_on_a_reading_scope() {
    assert_snapshot!(wrong("[routes.\"v3.generate\"]\nscope = \"read:models\"\n"), @r#"
    1 mistake in the settings
      routes."v3.generate".scope = "read:models" (mine.toml:2): must be a write: scope or train:models, for Ideogram bills this route
    "#);
    let told = wrong("[routes.\"v4.generate\"]\nscope = \"none\"\n");
    assert!(told.contains("for Ideogram bills this route"), "{told}");
    let told = wrong("[routes.\"models.list\"]\ncost = \"per_input\"\n");
    assert!(told.contains("for Ideogram bills this route"), "{told}");
}

#[test]
fn a_mistake_in_a_template_is_told_once_and_all_of_a_file_at_once() {
    let file = "[templates.v3]\nbody_cap = \"huge\"\n\
                [templates.mine]\ncolour = 1\n\
                [routes.a]\ntemplate = \"mine\"\npath = \"generate\"\nscope = \"write:genrate\"\n\
                [routes.b]\ntemplate = \"theirs\"\npath = \"/x/{a}/../b\"\n\
                places = \"a.b.c\"\nmethod = \"PUSH\"\ncost = \"much\"\n";
    assert_snapshot!(wrong(file), @r#"
    10 mistakes in the settings
      routes."v3.edit".body_cap = "huge" (mine.toml:2): must be a size like "64MiB" or "4GiB"
      routes.a.path = "generate" (mine.toml:7): a path starts with '/' and has segments of letters, digits, '.', '_', '-' or one {name}
      routes.a.scope = "write:genrate" (mine.toml:8): is no scope; did you mean write:generate?
      routes.a.colour (mine.toml:4): there is no such key; routes.a has template, method, path, scope, bodies, body_cap, places, places_default, cost, settlement, query, model, model_field, speed, speed_field, priced_fields, webhook_query, webhook_field, quote, asynchronous, async_field, place_ttl, deprecated, verified, enabled
      routes.b.template = "theirs" (mine.toml:10): must be a template: legacy, mine, read, train, v2, v2-polled, v2-single, v2-tool, v2-video, v3, v4, v4-async
      routes.b.method = "PUSH" (mine.toml:13): must be GET, POST, PUT, PATCH or DELETE
      routes.b.path = "/x/{a}/../b" (mine.toml:11): a path starts with '/' and has segments of letters, digits, '.', '_', '-' or one {name}
      routes.b.scope: must be given
      routes.b.places = "a.b.c" (mine.toml:12): must be 0, a number up to 8, or a field like "num_images" or "image_request.num_images"
      routes.b.cost = "much" (mine.toml:14): must be "free" or "per_output" or "per_input"
    "#);
}

#[test]
fn columns_that_contradict_each_other_are_mistakes() {
    let file = "[routes.a]\npath = \"/a\"\nscope = \"read:models\"\nmethod = \"GET\"\n\
                bodies = [\"json\", \"json\"]\nquery = [\"dry_run\"]\nwebhook_query = \"hook\"\n\
                [routes.b]\npath = \"/datasets/{id}\"\nmethod = \"GET\"\nscope = \"read:models\"\n\
                places = \"num_images\"\n\
                [routes.c]\npath = \"/manage/api/usage\"\nscope = \"none\"\n";
    assert_snapshot!(wrong(file), @r#"
    8 mistakes in the settings
      routes.a.query = ["dry_run"] (mine.toml:6): must not hold dry_run: the gateway writes it itself where quote = true
      routes.a.webhook_query = "hook" (mine.toml:7): must be one of the route's query
      routes.a.bodies = ["json", "json"] (mine.toml:5): must be empty, for GET has no body
      routes.a.bodies = ["json", "json"] (mine.toml:5): must hold each kind once
      routes.b.places = "num_images" (mine.toml:12): names a field, but the route takes no body
      routes.c.scope = "none" (mine.toml:15): "none" is for GET only
      routes.c.path = "/manage/api/usage" (mine.toml:14): is closed by name: /manage/*: the vendor's account management is for people, and takes no API key
      routes.b.path = "/datasets/{id}" (mine.toml:9): is the same operation as datasets.get
    "#);
}

#[test]
fn an_operators_file_has_no_defaults_and_no_other_tables() {
    assert_snapshot!(wrong("[defaults]\nenabled = false\n[route.x]\n[denied]\n\"/a*b\" = \"x\"\n"), @r#"
    3 mistakes in the settings
      defaults (mine.toml:1): belongs to the shipped table; use a template, as in [templates.mine]
      route (mine.toml:3): there is no such table; a route file has templates, routes and denied
      denied."/a*b" (mine.toml:5): must be a path like "/manage/*" with a reason
    "#);
    let given = Given::settings("[routes]\nfile = \"none.toml\"\n");
    let told = given.mistakes();
    assert!(told.contains("routes.file = \"none.toml\" (ideogate.toml:2): cannot be read: "));
}
