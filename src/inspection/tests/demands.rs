//! What is found beside the number of images.

use super::fixture::{Request, bodiless, field, file, flat, form, nested};
use crate::domain::{Asynchronous, Demand, FieldValue, ModelRule, PlacesRule, Route, WebhookRule};

fn text(value: &str) -> FieldValue {
    FieldValue::Text(value.into())
}

#[test]
fn what_is_absent_is_the_routes_default() {
    let expected = Demand {
        places: 1,
        model: Some("V_2".into()),
        speed: Some("default".into()),
        ..Demand::default()
    };
    assert_eq!(Request::json(flat(), "{}").demand(), expected);
    assert_eq!(Request::form(flat(), form(&[])).demand(), expected);
    let nothing = Route { default_speed: None, speed_field: None, ..bodiless() };
    assert_eq!(Request::bare(nothing).demand(), Demand::default());
}

#[test]
fn everything_is_found_in_json() {
    let body = r#"{"num_images":2,"model":"V_3","rendering_speed":"turbo","async":true,
        "webhook_url":"https://a.example/hook","image_urls":["https://b/1","https://b/\u0032"],
        "custom_model_uri":"model/x","upscale_factor":"X4","character_reference_images":["a"]}"#;
    let demand = Request::json(flat(), body).demand();
    assert_eq!(demand, everything("X4"));
}

#[test]
fn everything_is_found_in_a_form() {
    let body = form(&[
        file("character_reference_images", [0, 1, 2]),
        field("image_urls", "https://b/1"),
        file("character_reference_images", "more"),
        field("num_images", "2"),
        field("model", "V_3"),
        field("rendering_speed", "turbo"),
        field("async", "true"),
        field("webhook_url", "https://a.example/hook"),
        field("image_urls", "https://b/2"),
        field("custom_model_uri", "model/x"),
        field("upscale_factor", "X4"),
        file("image", vec![0; 300_000]),
    ]);
    let request = Request::form(flat(), body);
    assert_eq!(request.demand(), everything("X4"));
    assert_eq!(request.on_disk().demand(), everything("X4"));
}

fn everything(factor: &str) -> Demand {
    Demand {
        places: 2,
        model: Some("V_3".into()),
        speed: Some("turbo".into()),
        priced_fields: [
            ("upscale_factor".into(), text(factor)),
            ("character_reference_images".into(), FieldValue::Present(true)),
        ]
        .into(),
        webhook_url: Some("https://a.example/hook".into()),
        image_urls: vec!["https://b/1".into(), "https://b/2".into()],
        custom_model: Some("model/x".into()),
        is_quote: false,
        is_asynchronous: true,
    }
}

#[test]
fn everything_beside_the_number_of_images_is_found_inside_its_object() {
    let request = r#"{"num_images":3,"model":"V_1","upscale_factor":2,"image_urls":["a"]}"#;
    let json = Request::json(nested(), format!(r#"{{"image_request":{request},"model":"V_9"}}"#));
    let form = Request::form(nested(), form(&[field("image_request", request), file("x", "y")]));
    for demand in [json.demand(), form.demand()] {
        assert_eq!(demand.places, 3);
        assert_eq!(demand.model.as_deref(), Some("V_1"));
        assert_eq!(demand.priced_fields.get("upscale_factor"), Some(&text("2")));
        assert_eq!(demand.image_urls, ["a".into()]);
    }
}

#[test]
fn an_address_outside_and_inside_is_ambiguous() {
    for name in ["webhook_url", "custom_model_uri"] {
        let body = format!(r#"{{"image_request":{{"{name}":"a"}},"{name}":"b"}}"#);
        let request = Request::json(nested(), body);
        assert_eq!(request.verdict(), format!("ambiguous_request {name}"));
    }
}

#[test]
fn a_priced_field_is_a_short_scalar_or_just_there() {
    let long = format!("\"{}\"", "x".repeat(257));
    let present = Some(FieldValue::Present(true));
    for (value, expected) in [
        ("\"X\\u0032\"", Some(text("X2"))),
        ("2", Some(text("2"))),
        ("-0.5e+3", Some(text("-0.5e+3"))),
        ("true", Some(text("true"))),
        ("false", Some(text("false"))),
        ("null", None),
        ("[]", present.clone()),
        ("{\"a\":[1,2,{}]}", present.clone()),
        (&*long, present.clone()),
    ] {
        let request = Request::json(flat(), format!("{{\"upscale_factor\":{value}}}"));
        assert_eq!(request.demand().priced_fields.get("upscale_factor"), expected.as_ref());
    }
    for (value, expected) in
        [("X2", text("X2")), (&*long, FieldValue::Present(true)), ("", text(""))]
    {
        let request = Request::form(flat(), form(&[field("upscale_factor", value)]));
        assert_eq!(request.demand().priced_fields.get("upscale_factor"), Some(&expected));
    }
}

#[test]
fn a_priced_field_that_is_also_read_otherwise_is_both() {
    let route = Route {
        priced_fields: vec!["num_images".into(), "custom_model_uri".into(), "async".into()],
        ..flat()
    };
    let body = r#"{"num_images":2,"custom_model_uri":"m","async":true}"#;
    let demand = Request::json(route, body).demand();
    assert_eq!(demand.custom_model.as_deref(), Some("m"));
    let expected = [("num_images", "2"), ("custom_model_uri", "m"), ("async", "true")];
    assert_eq!(
        demand.priced_fields,
        expected.map(|(name, value)| (name.into(), text(value))).into()
    );
}

#[test]
fn fixed_rules_do_not_look_at_the_body() {
    let route = Route {
        places: PlacesRule::Fixed(1),
        model: ModelRule::Fixed("V_4".into()),
        asynchronous: Asynchronous::Always,
        ..flat()
    };
    let demand = Request::json(route, r#"{"num_images":8,"model":"V_9"}"#).demand();
    assert_eq!(demand.places, 1);
    assert_eq!(demand.model.as_deref(), Some("V_4"));
    assert!(demand.is_asynchronous);
}

#[test]
fn a_webhook_address_is_found_where_the_route_takes_it_and_where_it_is_usual() {
    let by_query = Route { webhook: WebhookRule::Query("webhook_url".into()), ..flat() };
    let found = |request: Request| request.demand().webhook_url;
    let in_query = Request::json(by_query.clone(), "{}").query("webhook_url=https%3A%2F%2Fa%2Fb");
    assert_eq!(found(in_query).as_deref(), Some("https://a/b"));
    let in_body = Request::json(by_query.clone(), r#"{"webhook_url":"b"}"#);
    assert_eq!(found(in_body.clone()).as_deref(), Some("b"));
    assert_eq!(in_body.query("webhook_url=b").verdict(), "ambiguous_request webhook_url");

    let own_name = Route { webhook: WebhookRule::Field("callback".into()), ..flat() };
    let request = Request::json(own_name.clone(), r#"{"callback":"c"}"#);
    assert_eq!(found(request).as_deref(), Some("c"));
    let both = Request::json(own_name, r#"{"callback":"c","webhook_url":"c"}"#);
    assert_eq!(both.verdict(), "ambiguous_request webhook_url");

    let none = Route { webhook: WebhookRule::None, ..flat() };
    let request = Request::json(none, r#"{"webhook_url":"d"}"#);
    assert_eq!(found(request).as_deref(), Some("d"));
}
