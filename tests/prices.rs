//! Holds the price table against what is known of Ideogram's prices, and quotes against the table.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its facts fails")]

use ideogate::{
    config::{LoadOptions, Settings},
    domain::{
        Demand, FieldValue, PriceCondition, PricePer, PriceRow, PriceTable, Quotation, RouteName,
        RouteTable, Usd,
    },
};
use proptest::{option, prelude::*, sample::select};
use std::sync::Arc;

fn shipped() -> (Arc<PriceTable>, Arc<RouteTable>) {
    let folder = tempfile::tempdir().unwrap();
    let options = LoadOptions { working_dir: folder.path().to_owned(), ..LoadOptions::default() };
    let settings = Settings::load(options).unwrap().settings;
    (settings.prices, settings.routes)
}

fn route(name: &str) -> RouteName {
    name.parse().unwrap()
}

/// A demand for one picture, written as `model=V_2 speed=TURBO field=value field`.
fn demand(text: &str) -> Demand {
    let mut demand = Demand { places: 1, ..Demand::default() };
    for word in text.split_whitespace() {
        match word.split_once('=') {
            Some(("model", model)) => demand.model = Some(model.into()),
            Some(("speed", speed)) => demand.speed = Some(speed.into()),
            Some((name, value)) => {
                demand.priced_fields.insert(name.into(), FieldValue::Text(value.into()));
            }
            None => {
                demand.priced_fields.insert(word.into(), FieldValue::Present(true));
            }
        }
    }
    demand
}

fn quote(prices: &PriceTable, name: &str, text: &str) -> Quotation {
    prices.quote(&route(name), &demand(text)).unwrap()
}

fn check(facts: &[(&str, &str, i64)]) {
    let (prices, _) = shipped();
    for (routes, text, micros) in facts {
        for name in routes.split_whitespace() {
            let bound = quote(&prices, name, text).bound().as_micros();
            assert_eq!(bound, *micros, "{name} {text}");
        }
    }
}

#[test]
fn the_first_api_costs_what_its_models_cost() {
    let all = "legacy.generate legacy.edit legacy.remix legacy.reframe";
    check(&[
        (all, "model=V_1_TURBO", 20_000),
        (all, "model=V_2", 80_000),
        (all, "model=V_2_TURBO", 50_000),
        (all, "model=V_2A", 40_000),
        (all, "model=V_2A_TURBO", 25_000),
        (all, "model=v_2a_turbo", 25_000),
        (all, "model=V_1", 80_000),
        (all, "model=AUTO", 80_000),
        ("legacy.upscale", "", 60_000),
        ("legacy.describe", "model=V_3", 10_000),
    ]);
}

#[test]
fn ideogram_3_costs_by_speed() {
    let v1 = "v3.generate v3.edit v3.inpaint v3.remix v3.reframe v3.replace-background";
    let v2 = "v2.generate.ideogram-3 v2.inpaint.ideogram-3 v2.remix.ideogram-3 \
              v2.reframe.ideogram-3 v2.replace-background.ideogram-3";
    check(&[
        (v1, "speed=FLASH", 30_000),
        (v1, "speed=TURBO", 30_000),
        (v1, "speed=DEFAULT", 60_000),
        (v1, "speed=QUALITY", 90_000),
        (v2, "speed=turbo", 30_000),
        (v2, "speed=default", 60_000),
        (v2, "speed=quality", 90_000),
    ]);
}

#[test]
fn a_character_or_a_custom_model_raises_the_price_of_ideogram_3() {
    let v1 = "v3.generate v3.edit v3.inpaint v3.remix";
    let character = "v2.generate.ideogram-3-character v2.inpaint.ideogram-3-character \
                     v2.remix.ideogram-3-character";
    let custom = "v2.generate.ideogram-3-custom-model v2.inpaint.ideogram-3-custom-model \
                  v2.remix.ideogram-3-custom-model";
    check(&[
        (v1, "speed=TURBO character_reference_images", 100_000),
        (v1, "speed=DEFAULT character_reference_images", 150_000),
        (v1, "speed=QUALITY character_reference_images", 200_000),
        (v1, "speed=FLASH character_reference_images", 200_000),
        (v1, "speed=TURBO custom_model_uri=model/x", 60_000),
        (v1, "speed=DEFAULT custom_model_uri=model/x", 120_000),
        (v1, "speed=QUALITY custom_model_uri=model/x", 180_000),
        (v1, "speed=FLASH custom_model_uri=model/x", 180_000),
        (v1, "speed=DEFAULT custom_model_uri=model/x character_reference_images", 150_000),
        (character, "speed=turbo", 100_000),
        (character, "speed=default", 150_000),
        (character, "speed=quality", 200_000),
        (custom, "speed=turbo", 60_000),
        (custom, "speed=default", 120_000),
        (custom, "speed=quality", 180_000),
        (custom, "", 180_000),
    ]);
}

#[test]
fn transparent_pictures_cost_by_speed_and_factor() {
    let both = "v3.generate-transparent v2.generate.ideogram-3-transparent";
    check(&[
        (both, "speed=TURBO", 40_000),
        (both, "speed=DEFAULT", 70_000),
        (both, "speed=QUALITY", 100_000),
        (both, "speed=DEFAULT upscale_factor=X1", 70_000),
        (both, "speed=TURBO upscale_factor=X2", 160_000),
        (both, "speed=DEFAULT upscale_factor=x2", 190_000),
        (both, "speed=QUALITY upscale_factor=X2", 220_000),
        (both, "speed=TURBO upscale_factor=X4", 200_000),
        (both, "speed=DEFAULT upscale_factor=X4", 230_000),
        (both, "speed=QUALITY upscale_factor=X4", 260_000),
        (both, "speed=TURBO upscale_factor=X8", 260_000),
        (both, "speed=TURBO upscale_factor", 260_000),
        ("v3.generate-transparent", "speed=TURBO custom_model_uri=model/x", 260_000),
    ]);
}

#[test]
fn ideogram_4_and_4_5_cost_by_speed() {
    let v4 = "v4.generate v4.generate-async v4.remix v2.generate.ideogram-4 v2.remix.ideogram-4";
    let custom = "v4.generate v4.generate-async v2.generate.ideogram-4-custom-model";
    let v45 = "v2.generate.ideogram-4-5 v2.precise-edit.ideogram-4-5";
    check(&[
        (v4, "speed=TURBO", 30_000),
        (v4, "speed=default", 60_000),
        (v4, "speed=QUALITY", 100_000),
        (custom, "speed=TURBO custom_model_uri=model/x", 60_000),
        (custom, "speed=DEFAULT custom_model_uri=model/x", 120_000),
        (custom, "speed=QUALITY custom_model_uri=model/x", 200_000),
        ("v2.generate.ideogram-4-transparent", "speed=default", 60_000),
        (v45, "speed=medium", 60_000),
        (v45, "speed=high", 100_000),
        (v45, "", 100_000),
    ]);
}

#[test]
fn what_has_one_price_costs_it() {
    check(&[
        ("v1.edit", "", 200_000),
        ("v4.describe v2.describe.ideogram-3 v2.describe.ideogram-4", "", 10_000),
        ("v1.remove-background v2.remove-background", "", 10_000),
        ("v1.remove-object v2.remove-object", "", 30_000),
        ("v3.layerize-text v2.layerize", "", 90_000),
        ("datasets.train v3.train v3.train-advanced v4.train v4.train-advanced", "", 40_000_000),
        ("v2.generate.auto", "", 30_000),
        ("v2.remix.auto", "", 60_000),
        ("v2.generate.ideogram-2", "speed=turbo", 50_000),
        ("v2.generate.ideogram-2", "speed=default", 80_000),
        ("v2.generate.ideogram-2a", "speed=turbo", 25_000),
        ("v2.generate.ideogram-2a", "speed=default", 40_000),
        ("v2.generate.gpt-image-2", "", 211_000),
        ("v2.replace-background.gpt-image-2", "", 226_700),
        ("v2.generate.gpt-image-2-5-flare v2.generate.gpt-image-2-5-sunburst", "", 52_900),
        ("v2.generate.nano-banana-2 v2.reframe.nano-banana-2", "", 67_200),
        ("v2.generate.nano-banana-pro v2.upscale.nano-banana-pro", "", 134_400),
        ("v2.generate.p-image-ideogram", "", 10_000),
        ("v2.generate.z-image", "", 5_000),
        ("v2.upscale.topaz-standard-2 v2.upscale.topaz-text-refine", "", 125_830),
        ("v2.upscale.topaz-redefine v2.upscale.topaz-wonder-3-5", "", 251_659),
        ("v2.upscale.topaz-bloom-2 v2.upscale.auto", "", 377_488),
    ]);
}

#[test]
fn a_speed_that_nobody_priced_costs_as_much_as_the_dearest_row_of_its_route() {
    check(&[
        ("v3.generate v3.remix", "speed=BALANCED", 200_000),
        ("v3.reframe", "speed=BALANCED", 90_000),
        ("v4.generate", "speed=FLASH", 200_000),
        ("v4.remix", "", 100_000),
        ("v3.generate", "speed=BALANCED character_reference_images", 200_000),
    ]);
}

#[test]
fn pictures_are_priced_each_and_inputs_once() {
    let (prices, _) = shipped();
    let four = |name: &str| {
        let demand = Demand { places: 4, ..demand("speed=TURBO") };
        prices.quote(&route(name), &demand).unwrap()
    };
    assert_eq!(four("v3.generate").bound(), Usd::from_micros(120_000));
    assert_eq!(four("v3.generate").actual(Some(3)), Usd::from_micros(90_000));
    assert_eq!(four("legacy.upscale").bound(), Usd::from_micros(60_000));
    assert_eq!(four("legacy.upscale").actual(Some(3)), Usd::from_micros(60_000));
}

#[test]
fn the_routes_without_a_price_are_known_by_name() {
    let (prices, routes) = shipped();
    let names: Vec<String> = prices.unpriced(&routes).iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(names.join("\n"), @"
    v3.generate-design
    v3.graphic
    v3.layerize-design
    v3.try-on
    v4.image-to-image
    v4.image-to-image-async
    v4.magic-prompt
    ");
    assert_eq!(prices.version(), "2026-11-22");
}

#[test]
fn a_route_that_is_off_or_free_needs_no_price() {
    let (_, routes) = shipped();
    let unpriced = PriceTable::default().unpriced(&routes);
    assert!(unpriced.contains(&route("v3.generate")));
    assert!(!unpriced.contains(&route("models.list")));
    assert!(!unpriced.contains(&route("v2.tool.colorways")));
}

const WORDS: [&str; 3] = ["A", "b", "C"];

fn word() -> impl Strategy<Value = Option<Box<str>>> {
    option::of(select(&WORDS[..]).prop_map(Into::into))
}

fn condition() -> impl Strategy<Value = PriceCondition> {
    let field = || select(vec!["one", "two"]).prop_map(Into::<Box<str>>::into);
    prop_oneof![
        field().prop_map(PriceCondition::Present),
        (field(), select(&WORDS[..]))
            .prop_map(|(name, value)| PriceCondition::Value(name, value.into())),
    ]
}

fn row() -> impl Strategy<Value = PriceRow> {
    let per = select(vec![PricePer::Output, PricePer::Input]);
    let parts = (word(), word(), option::of(condition()), per, 1_i64..1_000_000);
    parts.prop_map(|(model, speed, when, per, micros)| PriceRow {
        route: route("v3.generate"),
        model,
        speed,
        when,
        per,
        price: Usd::from_micros(micros),
    })
}

fn any_demand() -> impl Strategy<Value = Demand> {
    let value = prop_oneof![
        select(vec!["a", "B", "c", "other"]).prop_map(|text| FieldValue::Text(text.into())),
        Just(FieldValue::Present(true)),
    ];
    let fields = prop::collection::btree_map(select(vec!["one", "two", "three"]), value, 0..3);
    let named = || option::of(select(vec!["a", "B", "c", "other"]));
    (0_u32..9, named(), named(), fields).prop_map(|(places, model, speed, fields)| Demand {
        places,
        model: model.map(Into::into),
        speed: speed.map(Into::into),
        priced_fields: fields.into_iter().map(|(name, value)| (name.into(), value)).collect(),
        ..Demand::default()
    })
}

/// Says whether a row is for a demand, by the words of the table and not by its code.
fn is_for(row: &PriceRow, demand: &Demand) -> bool {
    let same = |row: &Option<Box<str>>, given: &Option<Box<str>>| {
        let small = |word: &Option<Box<str>>| word.as_deref().map(str::to_lowercase);
        row.is_none() || small(row) == small(given)
    };
    let holds = match &row.when {
        None => true,
        Some(PriceCondition::Present(name)) => demand.priced_fields.contains_key(name),
        Some(PriceCondition::Value(name, value)) => {
            let text = FieldValue::Text(value.to_lowercase().into());
            let given = demand.priced_fields.get(name).map(|given| match given {
                FieldValue::Text(given) => FieldValue::Text(given.to_lowercase().into()),
                FieldValue::Present(there) => FieldValue::Present(*there),
            });
            given == Some(text)
        }
    };
    holds && same(&row.model, &demand.model) && same(&row.speed, &demand.speed)
}

fn price(row: &PriceRow, demand: &Demand) -> Usd {
    match row.per {
        PricePer::Output => row.price.times(demand.places.max(1)),
        PricePer::Input => row.price,
    }
}

proptest! {
    #[test]
    fn a_quote_is_at_least_every_row_that_applies_and_at_most_the_dearest(
        rows in prop::collection::vec(row(), 1..12),
        demand in any_demand(),
    ) {
        let prices = PriceTable::new("2026-11-22", rows.clone());
        let bound = prices.quote(&route("v3.generate"), &demand).unwrap().bound();
        let dearest = rows.iter().map(|row| price(row, &demand)).max().unwrap();
        let applying = rows.iter().filter(|row| is_for(row, &demand));
        let dearest_applying = applying.map(|row| price(row, &demand)).max();
        prop_assert!(bound >= dearest_applying.unwrap_or(dearest));
        prop_assert!(bound <= dearest);
    }

    #[test]
    fn one_more_field_never_makes_a_call_cheaper_than_the_rows_that_apply_without_it(
        rows in prop::collection::vec(row(), 1..12),
        demand in any_demand(),
    ) {
        let prices = PriceTable::new("2026-11-22", rows.clone());
        let mut bare = demand.clone();
        bare.priced_fields.clear();
        if rows.iter().any(|row| is_for(row, &bare)) {
            let bound = |demand| prices.quote(&route("v3.generate"), demand).unwrap().bound();
            prop_assert!(bound(&demand) >= bound(&bare));
        }
    }
}
