//! JSON bodies, rule by rule.

use super::fixture::{Request, flat, nested};
use crate::domain::Route;

fn check(route: impl Fn() -> Route, table: &[(&str, &str)]) {
    for (body, expected) in table {
        let request = Request::json(route(), body);
        assert_eq!(request.verdict(), *expected, "{body}");
        assert_eq!(request.on_disk().verdict(), *expected, "on disk: {body}");
    }
}

const MALFORMED: &str = "malformed_request num_images";
const AMBIGUOUS: &str = "ambiguous_request num_images";
const BODY: &str = "malformed_request body";

#[test]
fn the_number_of_images_is_found_at_the_top_level() {
    check(
        flat,
        &[
            ("{}", "1"),
            (r#"{"num_images":1}"#, "1"),
            (r#"{"num_images":8}"#, "8"),
            (" \t\r\n{ \"num_images\" : 3 } \n", "3"),
            (r#"{"prompt":"a \"num_images\":8 }","num_images":2}"#, "2"),
            (r#"{"num\u005fimages":4}"#, "4"),
            (r#"{"\u006eum_images":4}"#, "4"),
            (r#"{"nested":{"num_images":8},"list":[{"num_images":7}],"num_images":2}"#, "2"),
            (r#"{"nested":{"num_images":8}}"#, "1"),
            (r#"{"Num_Images":8,"num_images ":8,"num_image":8,"num_imagess":8}"#, "1"),
            (r#"{"image_request":{"num_images":5}}"#, "1"),
        ],
    );
}

#[test]
fn the_number_of_images_is_found_inside_its_object() {
    check(
        nested,
        &[
            ("{}", "1"),
            (r#"{"image_request":{}}"#, "1"),
            (r#"{"image_request":{"prompt":"x","num_images":4}}"#, "4"),
            (r#"{"image\u005frequest":{"num\u005fimages":4}}"#, "4"),
            (r#"{"image_request":{"deeper":{"num_images":8}},"x":{"num_images":8}}"#, "1"),
            (r#"{"num_images":4}"#, MALFORMED),
            (r#"{"image_request":{"num_images":4},"num_images":4}"#, MALFORMED),
            (r#"{"image_request":{"num_images":4,"num_images":4}}"#, AMBIGUOUS),
            (
                r#"{"image_request":{},"image_request":{"num_images":4}}"#,
                "ambiguous_request image_request",
            ),
            (r#"{"image_request":{},"image_\u0072equest":{}}"#, "ambiguous_request image_request"),
            (r#"{"image_request":null}"#, "malformed_request image_request"),
            (r#"{"image_request":"{\"num_images\":4}"}"#, "malformed_request image_request"),
            (r#"{"image_request":[{"num_images":4}]}"#, "malformed_request image_request"),
        ],
    );
}

#[test]
fn only_a_whole_number_from_1_to_8_is_a_number_of_images() {
    for value in [
        "0",
        "9",
        "10",
        "18",
        "-1",
        "-0",
        "1.0",
        "1.5",
        "1e0",
        "1E0",
        "2e-0",
        "0.4e1",
        "\"2\"",
        "null",
        "true",
        "[2]",
        "{}",
        "18446744073709551617",
        "\"\"",
    ] {
        let body = format!(r#"{{"num_images":{value}}}"#);
        assert_eq!(Request::json(flat(), &body).verdict(), MALFORMED, "{body}");
    }
    for value in ["01", "+1", "1.", ".5", "1e", "--1", "0x2", "NaN", "1 2", "nul", "True", "'2'"] {
        let body = format!(r#"{{"num_images":{value}}}"#);
        assert!(Request::json(flat(), &body).verdict().starts_with("malformed"), "{body}");
    }
}

#[test]
fn a_name_that_comes_twice_is_ambiguous() {
    check(
        flat,
        &[
            (r#"{"num_images":1,"num_images":1}"#, AMBIGUOUS),
            (r#"{"num_images":1,"prompt":"x","num\u005fimages":8}"#, AMBIGUOUS),
            (r#"{"model":"V_2","model":"V_2"}"#, "ambiguous_request model"),
            (r#"{"model":null,"model":"V_2"}"#, "ambiguous_request model"),
            (
                r#"{"rendering_speed":"a","rendering_speed":"b"}"#,
                "ambiguous_request rendering_speed",
            ),
            (r#"{"webhook_url":"a","webhook_url":"b"}"#, "ambiguous_request webhook_url"),
            (r#"{"image_urls":[],"image_urls":["a"]}"#, "ambiguous_request image_urls"),
            (r#"{"async":true,"async":false}"#, "ambiguous_request async"),
            (
                r#"{"upscale_factor":"X1","upscale_factor":"X4"}"#,
                "ambiguous_request upscale_factor",
            ),
            (
                r#"{"custom_model_uri":"a","custom_model_uri":"b"}"#,
                "ambiguous_request custom_model_uri",
            ),
            (r#"{"prompt":"a","prompt":"b","seed":1,"seed":2}"#, "1"),
        ],
    );
}

#[test]
fn what_is_no_json_object_is_malformed() {
    check(
        flat,
        &[
            ("", BODY),
            (" ", BODY),
            ("[]", BODY),
            ("[{\"num_images\":2}]", BODY),
            ("null", BODY),
            ("\"{}\"", BODY),
            ("\u{feff}{}", BODY),
            ("{}{}", BODY),
            ("{} x", BODY),
            ("{}\0", BODY),
            ("{", BODY),
            ("{\"a\"", BODY),
            ("{\"a\":", BODY),
            ("{\"a\":1", BODY),
            ("{\"a\":1,}", BODY),
            ("{,}", BODY),
            ("{a:1}", BODY),
            ("{'a':1}", BODY),
            ("{\"a\" 1}", BODY),
            ("{\"a\":1 \"b\":2}", BODY),
            ("{\"a\":[1,]}", BODY),
            ("{\"a\":[1}", BODY),
            ("{\"a\":{]}", BODY),
            ("{\"a\":tru}", BODY),
            ("{\"a\":\"x}", BODY),
            ("{\"a\":\"\\x\"}", BODY),
            ("{\"a\":\"\\u00g0\"}", BODY),
            ("{\"a\":\"line\nfeed\"}", BODY),
            ("{\"a\":1}//", BODY),
            ("/**/{}", BODY),
            ("\u{c}{}", BODY),
        ],
    );
}

#[test]
fn what_is_no_utf_8_is_malformed() {
    for bytes in [
        &b"{\"a\":\"\xff\"}"[..],
        b"{\"a\":\"\xc0\xaf\"}",
        b"{\"a\":\"\xed\xa0\x80\"}",
        b"{\"a\":\"\xf4\x90\x80\x80\"}",
        b"{\"a\":\"\xe2\x82\"}",
        b"{\"\xc3\":1}",
        b"\xff\xfe{\0}\0",
        b"{\0}\0",
    ] {
        assert_eq!(Request::json(flat(), bytes).verdict(), BODY, "{bytes:x?}");
    }
    assert_eq!(Request::json(flat(), "{\"ä€😀\":\"ä€😀\",\"num_images\":2}").verdict(), "2");
}

#[test]
fn nesting_is_read_to_a_depth_of_128() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let nest = |depth: usize| {
            format!("{{\"a\":{}1{},\"num_images\":2}}", open.repeat(depth), close.repeat(depth))
        };
        assert_eq!(Request::json(flat(), nest(127)).verdict(), "2");
        assert_eq!(Request::json(flat(), nest(128)).verdict(), BODY);
        assert_eq!(Request::json(flat(), open.repeat(1_000_000)).verdict(), BODY);
    }
}

#[test]
fn half_a_surrogate_pair_is_refused_only_where_it_matters() {
    check(
        flat,
        &[
            (r#"{"prompt":"cut \ud83d","num_images":2}"#, "2"),
            (r#"{"model":"\ud83d\ude00"}"#, "1"),
            (r#"{"model":"cut \ud83d"}"#, BODY),
            (r#"{"model":"cut \ud83dx"}"#, BODY),
            (r#"{"model":"\ud83d\u0041"}"#, BODY),
            (r#"{"model":"\ude00"}"#, BODY),
            (r#"{"num_\ud83dimages":8}"#, BODY),
        ],
    );
}

#[test]
fn other_fields_are_of_their_kind() {
    check(
        flat,
        &[
            (r#"{"model":7}"#, "malformed_request model"),
            (r#"{"model":["V_2"]}"#, "malformed_request model"),
            (r#"{"rendering_speed":{"a":1}}"#, "malformed_request rendering_speed"),
            (r#"{"webhook_url":true}"#, "malformed_request webhook_url"),
            (r#"{"custom_model_uri":1}"#, "malformed_request custom_model_uri"),
            (r#"{"image_urls":"https://a"}"#, "malformed_request image_urls"),
            (r#"{"image_urls":["https://a",1]}"#, "malformed_request image_urls"),
            (r#"{"image_urls":[["https://a"]]}"#, "malformed_request image_urls"),
            (r#"{"image_urls":["a",]}"#, "malformed_request image_urls"),
            (r#"{"async":"true"}"#, "malformed_request async"),
            (r#"{"async":1}"#, "malformed_request async"),
            (r#"{"model":null,"rendering_speed":null,"webhook_url":null,"image_urls":null}"#, "1"),
            (r#"{"async":null,"upscale_factor":null,"custom_model_uri":null}"#, "1"),
        ],
    );
    let long = "x".repeat(65_537);
    let body = format!("{{\"model\":\"{long}\"}}");
    assert_eq!(Request::json(flat(), body).verdict(), "malformed_request model");
    let body = format!("{{\"image_urls\":[\"a\"{}]}}", ",\"a\"".repeat(256));
    assert_eq!(Request::json(flat(), body).verdict(), "malformed_request image_urls");
}

#[test]
fn a_large_body_on_disk_is_read_in_pieces() {
    let long = "ä\\n".repeat(1_000_000);
    let body = format!("{{\"prompt\":\"{long}\",\"num_images\":6}}");
    let request = Request::json(flat(), body);
    assert_eq!(request.verdict(), "6");
    assert_eq!(request.clone().on_disk().verdict(), "6");
    let here = request.inspect().unwrap().fingerprint;
    assert_eq!(request.on_disk().inspect().unwrap().fingerprint, here);
}
