//! The places that the gateway counts are the images that Ideogram counts.

use super::{FORM, GENERATE, LEGACY, REMIX, form, send};
use crate::support::{TestApp, TestSettings};

const JSON: &str = "application/json";

#[tokio::test]
async fn both_sides_count_the_same_images() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let asks: Vec<(&str, &str, String)> = vec![
        (GENERATE, JSON, r#"{"prompt":"x"}"#.into()),
        (GENERATE, JSON, r#"{"prompt":"x","num_images":8}"#.into()),
        (GENERATE, JSON, r#"{"prompt":"x","\u006e\u0075m_images" : 3 }"#.into()),
        (GENERATE, JSON, r#"{"prompt":"x","Num_Images":8,"other":{"num_images":8}}"#.into()),
        (GENERATE, JSON, r#"{"prompt":"{\"num_images\":8}","num_images":2}"#.into()),
        (GENERATE, FORM, form(&[("prompt", "x"), ("num_images", "5")])),
        (GENERATE, FORM, form(&[("prompt", "num_images=8"), ("NUM_IMAGES", "8")])),
        (LEGACY, JSON, r#"{"image_request":{"prompt":"x","num_images":6}}"#.into()),
        (LEGACY, JSON, r#"{"image_request":{"prompt":"x","deep":{"num_images":7}}}"#.into()),
        (
            REMIX,
            FORM,
            form(&[("image_request", r#"{"prompt":"x","num_images":4}"#), ("@image_file", "p")]),
        ),
        (
            REMIX,
            FORM,
            form(&[("@image_file", "p"), ("image_request", r#"{"prompt":"x","num_images":4}"#)]),
        ),
        ("/v1/ideogram-v4/generate", JSON, r#"{"text_prompt":"x","num_images":8}"#.into()),
        (
            "/v1/ideogram-v3/remix",
            FORM,
            form(&[("@image", "p"), ("prompt", "x"), ("num_images", "2")]),
        ),
        ("/v1/remove-background", FORM, form(&[("@image", "p")])),
        ("/describe", FORM, form(&[("@image_file", "p"), ("num_images", "8")])),
        ("/v2/image/generate/ideogram-4-5", JSON, r#"{"prompt":"x","num_images":7}"#.into()),
    ];
    for (index, (path, kind, body)) in asks.into_iter().enumerate() {
        let reply = send(&client, path, kind, body.clone()).await;
        assert_eq!(reply.status, 200, "{path} {body}: {reply:?}");
        let seen = app.ideogram.seen();
        let theirs = seen.calls[index].places.to_string();
        assert_eq!(reply.header("ideogate-places"), Some(theirs.as_str()), "{path} {body}");
    }
    let places: Vec<_> = app.ideogram.seen().calls.iter().map(|call| call.places).collect();
    assert_eq!(places, [1, 8, 3, 1, 2, 5, 1, 6, 1, 4, 4, 1, 2, 1, 1, 7]);
    let entries = app.entries().await;
    let recorded: Vec<_> = entries.iter().filter_map(|entry| entry.metadata.places).collect();
    assert_eq!(recorded, places);
}

#[tokio::test]
async fn an_account_that_counts_requests_takes_one_place_for_each() {
    let toml = "[accounts.ideogram]\ncount = \"requests\"\nmax_in_flight = 2\n".to_owned();
    let app = TestApp::with(TestSettings { toml, ..TestSettings::default() }).await;
    let client = app.client().await;
    let reply = send(&client, GENERATE, JSON, r#"{"prompt":"x","num_images":8}"#).await;
    assert_eq!((reply.status, reply.header("ideogate-places")), (200, Some("1")));
}
