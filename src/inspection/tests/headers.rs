//! Content type and content encoding.

use super::fixture::{Request, bodiless, field, flat, form_of};
use crate::domain::{BodyKind, Route};

fn verdict(content_type: &str) -> String {
    let body = if content_type.to_lowercase().starts_with("multipart") {
        form_of("abc", &[field("num_images", "3")])
    } else {
        br#"{"num_images":2}"#.to_vec()
    };
    Request::new(flat(), content_type, body).verdict()
}

#[test]
fn a_content_type_is_read_strictly() {
    const UNSUPPORTED: &str = "unsupported_media_type content-type";
    const MALFORMED: &str = "malformed_request content-type";
    const AMBIGUOUS: &str = "ambiguous_request content-type";
    for (content_type, expected) in [
        ("application/json", "2"),
        ("Application/JSON", "2"),
        ("application/json;charset=utf-8", "2"),
        ("application/json; charset=\"UTF-8\"", "2"),
        ("application/json;", "2"),
        ("application/json; v=1", "2"),
        ("application/json; charset=utf-16", UNSUPPORTED),
        ("application/json; charset=UTF8", "2"),
        ("application/json; charset=us-ascii", "2"),
        ("application/json; charset=\"latin1\"", "2"),
        ("application/json; charset=windows-31j", UNSUPPORTED),
        ("application/json; charset=gbk", UNSUPPORTED),
        ("application/json; charset=\" utf-8\"", UNSUPPORTED),
        ("application/json; charset=utf8; charset=ascii", AMBIGUOUS),
        ("application/json; charset=utf-8; charset=utf-8", AMBIGUOUS),
        ("application/json; charset*=utf-8''utf-7", MALFORMED),
        ("application/json; charset", MALFORMED),
        ("application/json, multipart/form-data", UNSUPPORTED),
        ("application/problem+json", UNSUPPORTED),
        ("text/json", UNSUPPORTED),
        ("text/plain", UNSUPPORTED),
        ("application/x-www-form-urlencoded", UNSUPPORTED),
        ("", UNSUPPORTED),
        ("multipart/form-data; boundary=abc", "3"),
        ("Multipart/Form-Data; Boundary=\"abc\"", "3"),
        ("multipart/form-data; charset=utf-8; boundary=abc;", "3"),
        ("multipart/form-data; charset=ISO-8859-1; boundary=abc", "3"),
        ("multipart/form-data; boundary=abc; charset=utf8", "3"),
        ("multipart/form-data; charset=utf-16; boundary=abc", UNSUPPORTED),
        ("multipart/form-data; charset=gbk; boundary=abc", UNSUPPORTED),
        ("multipart/form-data", MALFORMED),
        ("multipart/form-data; boundary=", MALFORMED),
        ("multipart/form-data; boundary=\"\"", MALFORMED),
        ("multipart/form-data; boundary=\"abc", MALFORMED),
        ("multipart/form-data; boundary=\"abc \"", MALFORMED),
        ("multipart/form-data; boundary=\"a\\bc\"", MALFORMED),
        ("multipart/form-data; boundary=abc def", MALFORMED),
        ("multipart/form-data; boundary=abc, application/json", MALFORMED),
        ("multipart/form-data; boundary=a\u{e4}bc", MALFORMED),
        ("multipart/form-data; boundary*=abc", MALFORMED),
        ("multipart/form-data; boundary*0=abc; boundary=abc", MALFORMED),
        ("multipart/form-data; boundary=abc; boundary=abc", AMBIGUOUS),
        ("multipart/form-data; boundary=abc; boundary=def", AMBIGUOUS),
        ("multipart/form-data; x=\"; boundary=def\"; boundary=abc", MALFORMED),
        ("multipart/form-data boundary=abc", UNSUPPORTED),
        ("multipart/mixed; boundary=abc", UNSUPPORTED),
    ] {
        assert_eq!(verdict(content_type), expected, "{content_type}");
    }
}

#[test]
fn every_legal_boundary_is_known() {
    let longest = "0123456789".repeat(7);
    for boundary in ["a", "-", "--", "=_x", "'()+_,-./:=? b", "\u{27}", &longest] {
        let body = form_of(boundary, &[field("num_images", "3"), field("x", "--\r\n-\r\n--")]);
        assert_eq!(Request::form_of(flat(), boundary, body).verdict(), "3", "{boundary}");
    }
    let body = form_of(&format!("{longest}x"), &[]);
    let request = Request::form_of(flat(), &format!("{longest}x"), body);
    assert_eq!(request.verdict(), "malformed_request content-type");
    for boundary in ["----=_Part_1", "a/b:c?d"] {
        let body = form_of(boundary, &[field("num_images", "3")]);
        let content_type = format!("multipart/form-data; boundary={boundary}");
        assert_eq!(Request::new(flat(), &content_type, body).verdict(), "3", "{boundary}");
    }
}

#[test]
fn two_content_types_are_ambiguous() {
    let request = Request::json(flat(), "{}").header("content-type", "application/json");
    assert_eq!(request.verdict(), "ambiguous_request content-type");
}

#[test]
fn a_refused_content_type_says_what_is_accepted() {
    let error = Request::new(flat(), "text/plain", "x").inspect().unwrap_err();
    assert_eq!(
        error.to_string(),
        "content-type is not one that this route takes; it must be application/json or multipart/form-data"
    );
    let route = Route { bodies: vec![BodyKind::Multipart], ..flat() };
    let error = Request::json(route, "{}").inspect().unwrap_err();
    assert!(error.to_string().ends_with("it must be multipart/form-data"));
}

#[test]
fn a_body_needs_a_content_type_where_the_route_takes_one() {
    let expected = "unsupported_media_type content-type";
    assert_eq!(Request::bare(flat()).verdict(), expected);
    let mut request = Request::json(flat(), "{}");
    request.headers.clear();
    assert_eq!(request.verdict(), expected);
}

#[test]
fn a_route_without_bodies_takes_none() {
    assert_eq!(Request::bare(bodiless()).verdict(), "0");
    assert_eq!(Request::json(bodiless(), "").verdict(), "0");
    assert_eq!(Request::json(bodiless(), "{}").verdict(), "malformed_request body");
}

#[test]
fn a_compressed_body_is_refused() {
    for (encoding, expected) in [
        ("identity", "1"),
        ("Identity", "1"),
        ("gzip", "unsupported_media_type content-encoding"),
        ("identity, gzip", "unsupported_media_type content-encoding"),
        ("", "unsupported_media_type content-encoding"),
    ] {
        let request = Request::json(flat(), "{}").header("content-encoding", encoding);
        assert_eq!(request.verdict(), expected, "{encoding}");
    }
    let twice = Request::json(flat(), "{}")
        .header("content-encoding", "identity")
        .header("content-encoding", "br");
    assert_eq!(twice.verdict(), "unsupported_media_type content-encoding");
}
