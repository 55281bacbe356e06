use super::support::Given;
use crate::{
    config::FieldErrors,
    domain::{Demand, PriceTable, RouteName},
};
use insta::assert_snapshot;
use std::sync::Arc;

const ROW: &str = "per = \"output\"\nsource = \"our contract\"\ndate = \"2026-11\"\n";

fn given(file: &str) -> Given {
    Given::settings("[prices]\nfile = \"mine.toml\"\n").file("mine.toml", file)
}

fn load(file: &str) -> Result<Arc<PriceTable>, FieldErrors> {
    given(file).load().map(|loaded| loaded.settings.prices)
}

fn wrong(file: &str) -> String {
    load(file).unwrap_err().to_string()
}

/// A file of rows that are good but for these lines.
fn rows(rows: &[&str]) -> String {
    let row = |lines: &&str| format!("[[prices]]\n{lines}\n{ROW}");
    let rows: Vec<String> = rows.iter().map(row).collect();
    format!("version = \"2026-12-01\"\n{}", rows.concat())
}

fn micros(prices: &PriceTable, route: &str, speed: &str) -> i64 {
    let demand = Demand { places: 1, speed: Some(speed.into()), ..Demand::default() };
    let route: RouteName = route.parse().unwrap();
    prices.quote(&route, &demand).unwrap().bound().as_micros()
}

#[test]
fn an_operators_row_replaces_all_shipped_rows_of_its_route_and_no_others() {
    let prices = load(&rows(&["routes = [\"v3.generate\"]\nspeed = \"turbo\"\nprice = \"0.02\""]));
    let prices = prices.unwrap();
    assert_eq!(micros(&prices, "v3.generate", "TURBO"), 20_000);
    assert_eq!(micros(&prices, "v3.generate", "QUALITY"), 20_000);
    assert_eq!(micros(&prices, "v3.remix", "QUALITY"), 90_000);
    assert_eq!(prices.version(), "2026-11-22+2026-12-01");
}

#[test]
fn a_star_stands_for_all_billed_routes_that_start_so() {
    let prices = load(&rows(&["routes = [\"v2.tool.*\"]\nprice = \"0.30\""])).unwrap();
    assert_eq!(micros(&prices, "v2.tool.colorways", "medium"), 300_000);
    let listed = load(&rows(&["routes = [\"v2.*\"]\nprice = \"1\""])).unwrap_err().to_string();
    assert!(listed.contains("for so v2.describe.ideogram-3 is billed"), "{listed}");
}

#[test]
fn a_price_that_no_one_could_mean_is_a_mistake() {
    let file = rows(&[
        "routes = [\"v3.generate\"]\nprice = 0.06",
        "routes = [\"v3.generate\"]\nprice = \"-0.06\"",
        "routes = [\"v3.generate\"]\nprice = \"0.00\"",
        "routes = [\"v3.generate\"]\nprice = \"0.0000001\"",
        "routes = [\"v3.generate\"]\nprice = 1",
        "routes = [\"v3.generate\"]\nunits = 0\nprice = \"0.06\"",
        "routes = [\"v3.generate\"]",
    ]);
    assert_snapshot!(wrong(&file), @r#"
    7 mistakes in the settings
      prices[1].price = 0.06 (mine.toml:4): must be dollars in quotes, above zero, like "0.06"
      prices[2].price = "-0.06" (mine.toml:10): must be dollars in quotes, above zero, like "0.06"
      prices[3].price = "0.00" (mine.toml:16): must be above zero; what Ideogram gives away is cost = "free" in the route table
      prices[4].price = "0.0000001" (mine.toml:22): must be dollars in quotes, above zero, like "0.06"
      prices[5].price = 1 (mine.toml:28): must be dollars in quotes, above zero, like "0.06"
      prices[6].units (mine.toml:34): there is no such key; prices[6] has routes, model, speed, when, per, price, source, date
      prices[7].price (mine.toml:39): must be given
    "#);
}

#[test]
fn a_row_for_what_is_not_there_or_not_billed_is_a_mistake() {
    let file = rows(&[
        "routes = [\"v3.genrate\"]\nprice = \"1\"",
        "routes = [\"v9.*\"]\nprice = \"1\"",
        "routes = []\nprice = \"1\"",
        "routes = \"v3.generate\"\nprice = \"1\"",
        "routes = [\"models.*\"]\nprice = \"1\"",
    ]);
    assert_snapshot!(wrong(&file), @r#"
    5 mistakes in the settings
      prices[1].routes = "v3.genrate" (mine.toml:3): there is no route v3.genrate; did you mean v3.generate?
      prices[2].routes = "v9.*" (mine.toml:9): no billed route starts so; `ideogate route list` shows them
      prices[3].routes = [] (mine.toml:15): must name a route
      prices[4].routes = "v3.generate" (mine.toml:21): must be a list like ["one", "two"]
      prices[5].routes = "models.*" (mine.toml:27): no billed route starts so; `ideogate route list` shows them
    "#);
    let file = rows(&["routes = [\"v3.edit\", \"models.list\"]\nprice = \"1\""]);
    assert_snapshot!(wrong(&file), @r#"
    1 mistake in the settings
      prices[1].routes = ["v3.edit", "models.list"] (mine.toml:3): models.list costs nothing: it is "free" in the route table
    "#);
}

#[test]
fn a_row_that_could_never_apply_is_a_mistake() {
    let file = rows(&[
        "routes = [\"v1.edit\"]\nspeed = \"TURBO\"\nprice = \"1\"",
        "routes = [\"v1.edit\"]\nmodel = \"V_3\"\nprice = \"1\"",
        "routes = [\"v3.edit\"]\nwhen = { field = \"upscale_factor\", value = \"X2\" }\nprice = \"1\"",
        "routes = [\"v4.describe\"]\nprice = \"1\"",
    ]);
    assert_snapshot!(wrong(&file), @r#"
    4 mistakes in the settings
      prices[1].speed = "TURBO" (mine.toml:4): v1.edit has no speed
      prices[2].model = "V_3" (mine.toml:11): v1.edit has no model
      prices[3].when = a table (mine.toml:18): upscale_factor is none of the priced_fields of v3.edit
      prices[4].per = "output" (mine.toml:26): must be "input", for so v4.describe is billed
    "#);
}

#[test]
fn a_condition_is_a_value_or_a_presence() {
    let row = |when: &str| {
        format!("routes = [\"v3.generate-transparent\"]\nwhen = {when}\nprice = \"1\"")
    };
    let file = [
        row("{ field = \"upscale_factor\", value = \"X2\", present = true }"),
        row("{ field = \"upscale_factor\" }"),
        row("{ value = \"X2\" }"),
        row("{ field = \"upscale_factor\", present = false }"),
        row("{ field = \"upscale_factor\", value = 0.5 }"),
        row("{ field = \"upscale_factor\", is = \"X2\" }"),
        row("\"upscale_factor\""),
    ];
    let file: Vec<&str> = file.iter().map(String::as_str).collect();
    assert_snapshot!(wrong(&rows(&file)), @r#"
    7 mistakes in the settings
      prices[1].when (mine.toml:4): has both value and present, and needs one of them; it is written { field = "upscale_factor", value = "X2" } or { field = "…", present = true }
      prices[2].when (mine.toml:11): has neither value nor present; it is written { field = "upscale_factor", value = "X2" } or { field = "…", present = true }
      prices[3].when (mine.toml:18): names no field; it is written { field = "upscale_factor", value = "X2" } or { field = "…", present = true }
      prices[4].when (mine.toml:25): has a present that is not true; it is written { field = "upscale_factor", value = "X2" } or { field = "…", present = true }
      prices[5].when (mine.toml:32): has a value that is no text, whole number or boolean; it is written { field = "upscale_factor", value = "X2" } or { field = "…", present = true }
      prices[6].when (mine.toml:39): there is no such key: is; it is written { field = "upscale_factor", value = "X2" } or { field = "…", present = true }
      prices[7].when = "upscale_factor" (mine.toml:46): must be { field = "upscale_factor", value = "X2" } or { field = "…", present = true }
    "#);
}

#[test]
fn two_prices_for_the_same_are_a_mistake() {
    let file = rows(&[
        "routes = [\"v3.generate\"]\nspeed = \"TURBO\"\nprice = \"1\"",
        "routes = [\"v3.edit\", \"v3.generate\"]\nspeed = \"turbo\"\nprice = \"2\"",
    ]);
    assert_snapshot!(wrong(&file), @r#"
    1 mistake in the settings
      prices[2].routes = ["v3.edit", "v3.generate"] (mine.toml:10): v3.generate has a price for the same in prices[1]
    "#);
}

#[test]
fn a_file_without_a_version_a_date_or_a_row_is_a_mistake() {
    assert_snapshot!(wrong("[[price]]\n"), @"
    3 mistakes in the settings
      price (mine.toml:1): there is no such key; a price file has version and [[prices]]
      version (mine.toml:1): must be given
      prices (mine.toml:1): must be given
    ");
    assert_snapshot!(wrong("version = \"12\"\nprices = 1\n"), @r#"
    2 mistakes in the settings
      version = "12" (mine.toml:1): must be a date like "2026-11-22", and may go on as in "2026-11-22.2"
      prices = 1 (mine.toml:2): must be rows, each under [[prices]]
    "#);
    let file = rows(&["routes = [\"v3.edit\"]\nprice = \"1\""]);
    let file = file.replace("2026-12-01", "2026-13-01").replace("2026-11", "last year");
    assert_snapshot!(wrong(&file), @r#"
    2 mistakes in the settings
      version = "2026-13-01" (mine.toml:1): must be a date like "2026-11-22", and may go on as in "2026-11-22.2"
      prices[1].date = "last year" (mine.toml:7): must be a date like "2026-10-10", or a month like "2026-10"
    "#);
    let told = Given::settings("[prices]\nfile = \"none.toml\"\n").mistakes();
    assert!(told.contains("prices.file = \"none.toml\" (ideogate.toml:2): cannot be read: "));
}

#[test]
fn mistakes_of_prices_are_told_beside_those_of_routes() {
    let settings = "[prices]\nfile = \"mine.toml\"\n[routes]\nfile = \"routes.toml\"\n";
    let given = Given::settings(settings)
        .file("mine.toml", &rows(&["routes = [\"x.y\"]\nprice = 2"]))
        .file("routes.toml", "[routes.\"v3.edit\"]\nbody_cap = 1\n");
    assert_snapshot!(given.mistakes(), @r#"
    2 mistakes in the settings
      routes."v3.edit".body_cap = 1 (routes.toml:2): must be a size like "64MiB" or "4GiB"
      prices[1].price = 2 (mine.toml:4): must be dollars in quotes, above zero, like "0.06"
    "#);
}

#[test]
fn a_route_file_that_hides_what_prices_depend_on_needs_prices_of_its_own() {
    let change = "[routes.\"v3.remix\"]\npriced_fields = []\n";
    let settings = "[routes]\nfile = \"routes.toml\"\n";
    let given = Given::settings(settings).file("routes.toml", change);
    let told = given.mistakes();
    assert!(told.contains("character_reference_images is none of the priced_fields of v3.remix"));
    let settings = format!("{settings}[prices]\nfile = \"mine.toml\"\n");
    let mine = rows(&["routes = [\"v3.remix\"]\nprice = \"0.10\""]);
    let given = Given::settings(&settings).file("routes.toml", change).file("mine.toml", &mine);
    assert!(given.load().is_ok());
}
