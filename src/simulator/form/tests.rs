use super::{Flaw, FormError, FormValues, read, validate};
use crate::simulator::{
    routes::{Operation, find},
    webhooks::Delivers,
};
use http::{HeaderMap, HeaderValue, header::CONTENT_TYPE};

fn operation(path: &str) -> &'static Operation {
    find("POST", path).expect("an operation")
}

fn read_as(path: &str, kind: &str, body: &str) -> Result<FormValues, FormError> {
    let kind = HeaderValue::from_str(kind).expect("a header");
    read(operation(path), &HeaderMap::from_iter([(CONTENT_TYPE, kind)]), body.as_bytes())
}

fn flaw(path: &str, body: &str) -> Option<Flaw> {
    let form = read_as(path, "application/json", body).expect("a form");
    validate(operation(path), &form, &Delivers::default()).err()
}

const PARTS: &str = "preamble\r\n--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\n\
    a cat\r\n--b  \r\nContent-Type: text/plain\r\ncontent-disposition: form-data; \
    name=\"image\"; filename=\"a\\\"b.png\"\r\n\r\n\r\n--bxyz\r\n--b\r\n\
    Content-Disposition: form-data; name=num_images\r\n\r\n3\r\n--b--\r\nafter";

#[test]
fn parts_are_told_apart_by_the_boundary_alone() {
    let kind = "Multipart/Form-Data; charset=utf-8; boundary=\"b\"";
    let form = read_as("/v1/ideogram-v3/remix", kind, PARTS).expect("a form");
    assert_eq!(form.text("prompt").as_deref(), Some("a cat"));
    assert_eq!(form.integer("num_images"), Some(3));
    assert!(form.has("image"));
}

#[test]
fn a_body_without_its_last_boundary_is_refused() {
    let body = "--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\na cat\r\n";
    let kind = "multipart/form-data; boundary=b";
    let problem = read_as("/v1/ideogram-v3/generate", kind, body).err();
    assert_eq!(problem, Some(FormError::Multipart));
}

#[test]
fn other_kinds_of_body_are_refused() {
    let refused = |path, kind| read_as(path, kind, "{}").err();
    assert_eq!(refused("/generate", "text/plain"), Some(FormError::Kind));
    assert_eq!(refused("/remix", "application/json"), Some(FormError::Kind));
    assert_eq!(refused("/generate", "application/json"), Some(FormError::Wrapper));
}

#[test]
fn the_number_of_images_is_a_whole_number_from_one_to_eight() {
    for bad in ["0", "9", "1.5", "\"2\"", "true", "[1]"] {
        let body = format!("{{\"prompt\":\"a\",\"num_images\":{bad}}}");
        let expected = Flaw::Wrong("num_images", "a whole number within the range is needed");
        assert_eq!(flaw("/v1/ideogram-v3/generate", &body), Some(expected), "{bad}");
    }
    assert_eq!(flaw("/v1/ideogram-v3/generate", "{\"prompt\":\"a\",\"num_images\":8}"), None);
}

#[test]
fn the_wrapped_number_counts_and_not_the_one_beside_it() {
    let body =
        "{\"num_images\":1,\"seed\":9,\"image_request\":{\"prompt\":\"a\",\"num_images\":4}}";
    let form = read_as("/generate", "application/json", body).expect("a form");
    assert_eq!((form.integer("num_images"), form.all("num_images").len()), (Some(4), 1));
    assert!(!form.has("seed"));
}

#[test]
fn version_four_takes_exactly_one_prompt_and_not_the_fastest_speed() {
    let path = "/v1/ideogram-v4/generate";
    assert_eq!(flaw(path, "{}"), Some(Flaw::Prompts));
    assert_eq!(flaw(path, "{\"text_prompt\":\"a\",\"json_prompt\":{}}"), Some(Flaw::Prompts));
    assert_eq!(flaw(path, "{\"text_prompt\":\"a\"}"), None);
    let fast = flaw(path, "{\"text_prompt\":\"a\",\"rendering_speed\":\"FLASH\"}");
    assert_eq!(fast, Some(Flaw::Wrong("rendering_speed", "this value is not known")));
}

#[test]
fn a_missing_prompt_and_an_unknown_size_are_named() {
    let path = "/v1/ideogram-v3/generate";
    assert_eq!(flaw(path, "{\"prompt\":null}"), Some(Flaw::Missing("prompt")));
    let size = flaw(path, "{\"prompt\":\"a\",\"resolution\":\"1x1\"}");
    assert_eq!(size, Some(Flaw::Wrong("resolution", "this value is not known")));
    let size = "{\"image_request\":{\"prompt\":\"a\",\"resolution\":\"RESOLUTION_1024_1024\"}}";
    assert_eq!(flaw("/generate", size), None);
}
