//! Texts under labels other than UTF-8.

use super::fixture::{BOUNDARY, Request, field, flat, form, nested, raw_part};
use crate::domain::{FieldValue, Route};

/// Inspects a body in memory and on disk, which must not differ.
fn verdict(route: Route, content_type: &str, body: impl AsRef<[u8]>) -> String {
    let request = Request::new(route, content_type, body);
    let verdict = request.verdict();
    assert_eq!(request.on_disk().verdict(), verdict);
    verdict
}

/// Returns a part as Java's common client sends it.
fn labelled(name: &str, label: &str, content: impl AsRef<[u8]>) -> Vec<u8> {
    let header = format!(
        "Content-Disposition: form-data; name=\"{name}\"\r\n\
         Content-Type: text/plain; charset={label}\r\nContent-Transfer-Encoding: 8bit"
    );
    raw_part(&header, content)
}

fn form_verdict(parts: &[Vec<u8>]) -> String {
    verdict(flat(), &format!("multipart/form-data; boundary=\"{BOUNDARY}\""), form(parts))
}

const BEYOND: [&[u8]; 3] = ["V_2ä".as_bytes(), b"V_2\xe4", b"\x81\x40"];

#[test]
fn ascii_is_the_same_under_each_label() {
    for label in ["ISO-8859-1", "\"iso-8859-1\"", "US-ASCII", "windows-1252", "utf8", "GBK", "Big5"]
    {
        let parts = [
            labelled("prompt", label, "a cat"),
            labelled("num_images", label, "2"),
            labelled("model", label, "V_2_TURBO"),
            labelled("upscale_factor", label, "X2"),
        ];
        assert_eq!(form_verdict(&parts), "2", "{label}");
        let demand = Request::form(flat(), form(&parts)).demand();
        assert_eq!(demand.model.as_deref(), Some("V_2_TURBO"));
        assert_eq!(demand.priced_fields["upscale_factor"], FieldValue::Text("X2".into()));
    }
    let text = r#"{"num_images":4,"prompt":"a cat"}"#;
    let parts = form(&[labelled("image_request", "ISO-8859-1", text)]);
    assert_eq!(Request::form(nested(), parts).verdict(), "4");
}

#[test]
fn a_label_under_which_ascii_may_mean_something_else_is_refused() {
    for label in
        ["utf-16", "UTF-7", "ISO-2022-JP", "hz-gb-2312", "ibm037", "Shift_JIS", "what", "\"\""]
    {
        let told = form_verdict(&[labelled("num_images", label, "2")]);
        assert_eq!(told, "malformed_request num_images", "{label}");
        // What nobody asks for is nobody's business.
        let parts = [labelled("prompt", label, "a cat"), field("num_images", "3")];
        assert_eq!(form_verdict(&parts), "3", "{label}");
    }
}

#[test]
fn what_is_beyond_ascii_must_be_utf_8_by_each_label_where_it_is_inspected() {
    for value in BEYOND {
        for label in ["ISO-8859-1", "us-ascii", "GBK"] {
            for name in ["model", "rendering_speed", "webhook_url", "image_urls", "upscale_factor"]
            {
                let told = form_verdict(&[labelled(name, label, value)]);
                assert_eq!(told, format!("malformed_request {name}"), "{label} {value:?}");
            }
            let long = [value, &b"x".repeat(300)].concat();
            let told = form_verdict(&[labelled("upscale_factor", label, long)]);
            assert_eq!(told, "malformed_request upscale_factor", "{label} {value:?}");
            assert_eq!(form_verdict(&[labelled("prompt", label, value)]), "1", "{label}");
        }
    }
    assert_eq!(form_verdict(&[labelled("model", "UTF8", "V_2ä")]), "1");
    let request = Request::form(
        nested(),
        form(&[labelled("image_request", "latin1", "{\"prompt\":\"Käse\"}")]),
    );
    assert_eq!(request.verdict(), "malformed_request image_request");
}

#[test]
fn the_label_of_the_form_counts_for_its_texts() {
    let kind =
        |label: &str| format!("multipart/form-data; charset={label}; boundary=\"{BOUNDARY}\"");
    let (plain, own) =
        (form(&[field("model", "V_2ä")]), form(&[labelled("model", "utf-8", "V_2ä")]));
    for body in [&plain, &own] {
        assert_eq!(verdict(flat(), &kind("utf8"), body), "1");
        assert_eq!(verdict(flat(), &kind("iso-8859-1"), body), "malformed_request model");
    }
    let ascii = form(&[field("prompt", "Käse"), field("model", "V_2"), field("num_images", "2")]);
    assert_eq!(verdict(flat(), &kind("iso-8859-1"), ascii), "2");
}

#[test]
fn the_label_of_json_counts_where_a_field_is_inspected() {
    for label in ["utf8", "us-ascii", "ISO-8859-15", "cp1252"] {
        let kind = format!("application/json; charset={label}");
        let beyond = |name: &str| match label {
            "utf8" => "1".to_owned(),
            _ => format!("malformed_request {name}"),
        };
        for (body, expected) in [
            (r#"{"num_images":2,"model":"V_2"}"#, "2".to_owned()),
            (r#"{"num_images":2,"prompt":"Käse","ä":[{"ä":"ä"}]}"#, "2".to_owned()),
            (r#"{"num_images":2,"model":"V_2\u00e4"}"#, "2".to_owned()),
            (r#"{"prompt":"Käse","model":"V_2ä"}"#, beyond("model")),
            (r#"{"image_urls":["https://a.example/","https://ä.example/"]}"#, beyond("image_urls")),
            (r#"{"image_urls":["https://ä.example/","https://a.example/"]}"#, beyond("image_urls")),
            (r#"{"webhook_url":"https://ä.example/"}"#, beyond("webhook_url")),
            (r#"{"upscale_factor":"ä"}"#, beyond("upscale_factor")),
        ] {
            assert_eq!(verdict(flat(), &kind, body), expected, "{label} {body}");
        }
        let nested_body = r#"{"image_request":{"num_images":3,"model":"V_2ä"}}"#;
        let found = verdict(nested(), &kind, nested_body);
        assert_eq!(found, if label == "utf8" { "3".to_owned() } else { beyond("model") });
    }
}
