//! What makes two requests the same.

use super::fixture::{Request, field, file, flat, form, form_of, nested, raw_part};
use crate::domain::{Fingerprint, TokenId};
use proptest::prelude::*;
use std::collections::HashSet;

fn fingerprint(request: &Request) -> Fingerprint {
    request.inspect().unwrap().fingerprint
}

#[test]
fn the_same_request_has_the_same_fingerprint() {
    let request = Request::json(flat(), "{\"num_images\":2}").query("scope=a&status=b");
    assert_eq!(fingerprint(&request), fingerprint(&request.clone()));
    let mut other_way = request.clone().query("status=%62&scope=a");
    other_way.headers.clear();
    let other_way = other_way.header("content-type", "application/json; charset=utf-8");
    assert_eq!(fingerprint(&request), fingerprint(&other_way));
}

#[test]
fn whatever_differs_shows() {
    let json = Request::json(flat(), "{\"seed\":1}");
    let mut another_token = json.clone();
    another_token.token = TokenId::from_stored("tok_b");
    let mut another_path = json.clone();
    another_path.path = "/another/path".into();
    let parts = |parts: &[Vec<u8>]| Request::form(flat(), form(parts));
    let typed = "Content-Disposition: form-data; name=\"a\"\r\nContent-Type: text/plain";
    let named = "Content-Disposition: form-data; name=\"a\"; filename=\"\"";
    let requests = [
        json.clone(),
        another_token,
        another_path,
        Request { route: nested(), ..json.clone() },
        json.clone().query("scope=a"),
        json.clone().query("scope=a&status="),
        json.clone().query("scope=a%26status%3D"),
        json.clone().query("dry_run=true"),
        Request::json(flat(), "{\"seed\":2}"),
        Request::json(flat(), "{\"seed\":1 }"),
        parts(&[]),
        parts(&[field("a", "")]),
        parts(&[field("a", "b")]),
        parts(&[field("ab", "")]),
        parts(&[field("a", "b"), field("c", "d")]),
        parts(&[field("c", "d"), field("a", "b")]),
        parts(&[field("a", "b"), field("a", "b")]),
        parts(&[field("a", "bb")]),
        parts(&[file("a", "b")]),
        parts(&[raw_part(typed, "b")]),
        parts(&[raw_part(named, "b")]),
    ];
    let distinct: HashSet<_> = requests.iter().map(fingerprint).collect();
    assert_eq!(distinct.len(), requests.len());
}

/// Contents that cannot hold one of the boundaries below, which all have an `=`.
fn content() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![Just(b'\r'), Just(b'\n'), Just(b'-'), any::<u8>()];
    prop::collection::vec(byte.prop_map(|b| if b == b'=' { b'-' } else { b }), 0..300)
}

fn boundary() -> impl Strategy<Value = String> {
    "[A-Za-z0-9'()+_,./:? -]{0,68}=".prop_map(|text| text)
}

proptest! {
    #[test]
    fn the_boundary_makes_no_difference(
        parts in prop::collection::vec((any::<bool>(), "[a-z]{1,8}", content()), 0..8),
        first in boundary(),
        second in boundary(),
    ) {
        let parts: Vec<_> = parts
            .into_iter()
            .map(|(is_file, name, content)| {
                let name = format!("x{name}");
                if is_file { file(&name, content) } else { field(&name, content) }
            })
            .collect();
        let by = |boundary: &str| Request::form_of(flat(), boundary, form_of(boundary, &parts));
        let expected = fingerprint(&by(&first));
        prop_assert_eq!(expected, fingerprint(&by(&second)));
        prop_assert_eq!(expected, fingerprint(&by(&second).on_disk()));
        let more = [parts.clone(), vec![field("x", "")]].concat();
        prop_assert_ne!(expected, fingerprint(&Request::form_of(flat(), &first, form_of(&first, &more))));
    }
}
