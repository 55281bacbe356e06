//! Deliveries that are signed with a shared secret.

use super::{Parcel, RECEIVE, seconds, still_pending, submitted, submitted_at};
use crate::support::{TestApp, TestSettings};
use aws_lc_rs::hmac;
use ideogate::simulator::Delivers;
use serde_json::json;

async fn with_secrets(text: &str) -> TestApp {
    TestApp::with(TestSettings {
        toml: RECEIVE.to_owned(),
        delivers: Delivers::Loopback,
        variables: vec![("IDEOGRAM_SECRET".to_owned(), text.to_owned())],
        ..TestSettings::default()
    })
    .await
}

fn sign(secret: &str, message: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    hex::encode(hmac::sign(&key, message))
}

fn body(app: &TestApp, id: &str) -> Vec<u8> {
    let body = json!({"generation_id": id, "created": app.now().to_string(), "data": [{}]});
    body.to_string().into_bytes()
}

/// Returns a delivery signed over its body alone.
fn parcel(app: &TestApp, id: &str, secret: &str) -> Parcel {
    let body = body(app, id);
    Parcel { headers: vec![("x-ideogram-signature".to_owned(), sign(secret, &body))], body }
}

#[tokio::test]
async fn either_of_two_secrets_counts_while_they_are_rotated() {
    let app = with_secrets("the-old-secret-0123, the-new-secret-4567").await;
    for secret in ["the-old-secret-0123", "the-new-secret-4567"] {
        let (_, id) = submitted_at(&app).await;
        assert_eq!(parcel(&app, &id, secret).told(&app).await, "200 ended");
        assert_eq!(app.places(), (0, 0, 0));
    }
    assert_eq!(super::key_fetches(&app), 0, "the vendor's keys are not needed");
}

#[tokio::test]
async fn a_wrong_secret_an_altered_byte_or_a_short_signature_does_nothing() {
    let app = with_secrets("the-secret-0123456789").await;
    let (_, id) = submitted_at(&app).await;
    let good = parcel(&app, &id, "the-secret-0123456789");
    let mut altered = good.clone();
    altered.body[3] ^= 1;
    for bad in [parcel(&app, &id, "another-secret"), altered] {
        assert_eq!(bad.told(&app).await, "403 webhook_rejected");
    }
    let signature = good.header("x-ideogram-signature").to_owned();
    for misshapen in [&signature[..62], "sha1=00", "", &format!("{signature}00")] {
        let bad = good.clone().with("x-ideogram-signature", misshapen);
        assert_eq!(bad.told(&app).await, "400 malformed_request", "{misshapen}");
    }
    still_pending(&app).await;
    let prefixed = format!("sha256={signature}");
    let good = good.with("x-ideogram-signature", &prefixed);
    assert_eq!(good.told(&app).await, "200 ended");
    assert_eq!(good.told(&app).await, "200 no_effect");
}

#[tokio::test]
async fn without_a_secret_such_a_signature_is_refused() {
    let (app, _, id) = submitted().await;
    assert_eq!(parcel(&app, &id, "any-secret-at-all").told(&app).await, "403 webhook_rejected");
    still_pending(&app).await;
}

#[tokio::test]
async fn its_time_is_in_its_body_or_in_a_header_that_is_signed_too() {
    let secret = "the-secret-0123456789";
    let app = with_secrets(secret).await;
    let (_, id) = submitted_at(&app).await;
    let old = json!({"generation_id": id, "created": "2026-01-01T00:00:00Z", "data": []});
    let none = json!({"generation_id": id, "data": []});
    for (body, told) in [(&old, "403 webhook_rejected"), (&none, "400 malformed_request")] {
        let body = body.to_string().into_bytes();
        let headers = vec![("x-ideogram-signature".to_owned(), sign(secret, &body))];
        assert_eq!(Parcel { headers, body }.told(&app).await, told);
    }
    let stamped = |at: i64, signed_at: i64| {
        let body = none.to_string().into_bytes();
        let message = [format!("{signed_at}.").as_bytes(), &body[..]].concat();
        let headers = vec![
            ("x-ideogram-signature".to_owned(), sign(secret, &message)),
            ("x-ideogram-timestamp".to_owned(), at.to_string()),
        ];
        Parcel { headers, body }
    };
    let now = seconds(&app);
    assert_eq!(stamped(now - 301, now - 301).told(&app).await, "403 webhook_rejected");
    assert_eq!(stamped(now, now - 301).told(&app).await, "403 webhook_rejected");
    still_pending(&app).await;
    assert_eq!(stamped(now, now).told(&app).await, "200 ended");
}

#[tokio::test]
async fn beside_the_vendors_signature_it_decides_nothing_but_must_hold() {
    let secret = "the-secret-0123456789";
    let app = with_secrets(secret).await;
    let (_, id) = submitted_at(&app).await;
    let both = |vendor: &Parcel, signature: String| {
        let mut parcel = vendor.clone();
        parcel.headers.push(("x-ideogram-signature".to_owned(), signature));
        parcel
    };
    let vendor = Parcel::of(&app, &id);
    let forged = vendor.clone().with("x-ideogram-webhook-signature", &"0".repeat(128));
    let good = sign(secret, &vendor.body);
    assert_eq!(both(&forged, good.clone()).told(&app).await, "403 webhook_rejected");
    assert_eq!(both(&vendor, sign("other", &vendor.body)).told(&app).await, "403 webhook_rejected");
    still_pending(&app).await;
    assert_eq!(both(&vendor, good).told(&app).await, "200 ended");
}

#[tokio::test]
async fn the_secret_is_nowhere_on_disk() {
    let app = with_secrets("the-secret-0123456789").await;
    let (_, id) = submitted_at(&app).await;
    parcel(&app, &id, "the-secret-0123456789").told(&app).await;
    for entry in std::fs::read_dir(app.data()).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_file() {
            let bytes = std::fs::read(entry.path()).unwrap();
            let secret = b"the-secret-0123456789";
            let found = bytes.windows(secret.len()).any(|window| window == secret);
            assert!(!found, "{:?}", entry.path());
        }
    }
}
