//! The number of images, in every wrong way.

use super::{FORM, GENERATE, LEGACY, REMIX, form, send, verdict};
use crate::support::{TestApp, TestSettings};

const MALFORMED: &str = "400 malformed_request num_images";
const AMBIGUOUS: &str = "400 ambiguous_request num_images";

#[tokio::test]
async fn a_number_of_images_in_json_is_a_whole_number_from_1_to_8() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    for value in [
        "\"4\"",
        "\"\"",
        "1.0",
        "1.5",
        "1e0",
        "10e-1",
        "-1",
        "-0",
        "0",
        "9",
        "16",
        "01",
        "+1",
        "true",
        "null",
        "[1]",
        "{}",
        "{\"num_images\":1}",
        "18446744073709551617",
        "1e400",
        "\"\\u0034\"",
    ] {
        let body = format!("{{\"prompt\":\"x\",\"num_images\":{value}}}");
        let told = verdict(&send(&client, GENERATE, "application/json", body).await);
        let is_no_json = matches!(value, "01" | "+1");
        let expected = if is_no_json { "400 malformed_request body" } else { MALFORMED };
        assert!(told == expected || told == MALFORMED, "{value}: {told}");
        let body = format!("{{\"image_request\":{{\"prompt\":\"x\",\"num_images\":{value}}}}}");
        let told = verdict(&send(&client, LEGACY, "application/json", body.clone()).await);
        assert!(told == expected || told == MALFORMED, "{value}: {told}");
        let request = body.trim_start_matches("{\"image_request\":").strip_suffix('}').unwrap();
        let body = form(&[("image_request", request), ("@image_file", "pixels")]);
        let told = verdict(&send(&client, REMIX, FORM, body).await);
        assert!(told.starts_with("400 malformed_request"), "{value}: {told}");
    }
    assert_eq!(app.arrived(), 0);
}

#[tokio::test]
async fn a_number_of_images_in_a_form_is_one_digit() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    for value in
        ["", "0", "9", "10", "-1", "+1", "1.0", " 1", "1 ", "1\r\n", "01", "one", "4;5", "４"]
    {
        for path in [GENERATE, "/v1/ideogram-v3/remix", "/edit", "/reframe", "/v1/edit"] {
            let body = form(&[("@image", "pixels"), ("prompt", "x"), ("num_images", value)]);
            assert_eq!(
                verdict(&send(&client, path, FORM, body).await),
                MALFORMED,
                "{path} {value:?}"
            );
        }
    }
    // A file is no number, and neither is text in another charset.
    let body = form(&[("prompt", "x"), ("@num_images", "4")]);
    assert_eq!(verdict(&send(&client, GENERATE, FORM, body).await), MALFORMED);
    assert_eq!(app.arrived(), 0);
}

#[tokio::test]
async fn a_number_of_images_that_comes_twice_is_refused_however_it_is_spelled() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    for body in [
        r#"{"num_images":1,"prompt":"x","num_images":1}"#,
        r#"{"num_images":1,"prompt":"x","num_images":8}"#,
        r#"{"num_images":1,"prompt":"x","\u006eum_images":8}"#,
        r#"{"n\u0075m\u005fimages":8,"prompt":"x","num_images":1}"#,
    ] {
        assert_eq!(
            verdict(&send(&client, GENERATE, "application/json", body).await),
            AMBIGUOUS,
            "{body}"
        );
        let nested = format!("{{\"image_request\":{body}}}");
        let reply = send(&client, LEGACY, "application/json", nested).await;
        assert_eq!(verdict(&reply), AMBIGUOUS, "{body}");
        let nested = form(&[("@image_file", "pixels"), ("image_request", body)]);
        assert_eq!(verdict(&send(&client, REMIX, FORM, nested).await), AMBIGUOUS, "{body}");
    }
    let twice = form(&[("num_images", "1"), ("prompt", "x"), ("num_images", "1")]);
    assert_eq!(verdict(&send(&client, GENERATE, FORM, twice).await), AMBIGUOUS);
    for twice in [
        r#"{"image_request":{"prompt":"x"},"image_request":{"prompt":"x","num_images":8}}"#,
        r#"{"image_request":{"prompt":"x"},"image\u005frequest":{"prompt":"x","num_images":8}}"#,
    ] {
        let told = verdict(&send(&client, LEGACY, "application/json", twice).await);
        assert_eq!(told, "400 ambiguous_request image_request");
    }
    let twice =
        form(&[("image_request", "{}"), ("@image_file", "pixels"), ("image_request", "{}")]);
    assert_eq!(
        verdict(&send(&client, REMIX, FORM, twice).await),
        "400 ambiguous_request image_request"
    );
    assert_eq!(app.arrived(), 0);
}

#[tokio::test]
async fn a_number_of_images_in_the_wrong_place_is_not_overlooked() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let top = r#"{"image_request":{"prompt":"x"},"num_images":8}"#;
    assert_eq!(verdict(&send(&client, LEGACY, "application/json", top).await), MALFORMED);
    let both = r#"{"num_images":8,"image_request":{"prompt":"x","num_images":1}}"#;
    assert_eq!(verdict(&send(&client, LEGACY, "application/json", both).await), MALFORMED);
    for path in [REMIX, "/upscale"] {
        let request = ("image_request", "{\"prompt\":\"x\"}");
        let beside = form(&[request, ("@image_file", "pixels"), ("num_images", "8")]);
        assert_eq!(verdict(&send(&client, path, FORM, beside).await), MALFORMED, "{path}");
    }
    let told = verdict(
        &send(&client, LEGACY, "application/json", r#"{"image_request":[{"num_images":8}]}"#).await,
    );
    assert_eq!(told, "400 malformed_request image_request");
    let text = form(&[("image_request", "\"{\\\"num_images\\\":8}\""), ("@image_file", "pixels")]);
    assert_eq!(
        verdict(&send(&client, REMIX, FORM, text).await),
        "400 malformed_request image_request"
    );
    assert_eq!(app.arrived(), 0);
}

#[tokio::test]
async fn more_images_than_places_can_never_fit() {
    let toml = "[accounts.ideogram]\nmax_in_flight = 4\n".to_owned();
    let app = TestApp::with(TestSettings { toml, ..TestSettings::default() }).await;
    let client = app.client().await;
    let ask = |count| format!("{{\"prompt\":\"x\",\"num_images\":{count}}}");
    for count in 5..=8 {
        let reply = send(&client, GENERATE, "application/json", ask(count)).await;
        assert_eq!(reply.problem(), "400 too_many_places");
        assert_eq!(reply.json()["field"], "num_images");
    }
    assert_eq!(app.arrived(), 0);
    let entry = app.entries().await.remove(0);
    assert_eq!((entry.metadata.places, &*entry.metadata.decision), (Some(5), "too_many_places"));
    let reply = send(&client, GENERATE, "application/json", ask(4)).await;
    assert_eq!((reply.status, reply.header("ideogate-places")), (200, Some("4")));
    assert_eq!(app.ideogram.seen().calls[0].places, 4);
}
