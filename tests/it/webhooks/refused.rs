//! What is not exactly what the vendor signed, now, for us, does nothing.

use super::{PATH, Parcel, RECEIVE, receiving, seconds, still_pending, submitted, submitted_at};
use crate::support::{Client, TestApp, pass, raw};
use ideogate::simulator::WEBHOOK_USER;
use std::time::Duration;

const SIGNATURE: &str = "x-ideogram-webhook-signature";

#[tokio::test]
async fn a_delivery_that_was_changed_in_one_place_does_nothing() {
    let (app, _, id) = submitted().await;
    let good = Parcel::of(&app, &id);
    let mut byte = good.clone();
    byte.body[20] ^= 1;
    let mut longer = good.clone();
    longer.body.push(b' ');
    let flipped: String = {
        let signature = good.header(SIGNATURE);
        let first = if signature.starts_with('0') { '1' } else { '0' };
        format!("{first}{}", &signature[1..])
    };
    let other_time = (seconds(&app) + 1).to_string();
    let forged = [
        byte,
        longer,
        good.clone().with(SIGNATURE, &flipped),
        good.clone().with(SIGNATURE, &"0".repeat(128)),
        good.clone().with("x-ideogram-webhook-user-id", "other"),
        good.clone().with("x-ideogram-webhook-timestamp", &other_time),
        good.clone().with("x-ideogram-webhook-generation-id", "other"),
        good.clone().with("x-ideogram-webhook-timestamp", &format!("0{}", seconds(&app))),
    ];
    for parcel in forged {
        assert_eq!(parcel.told(&app).await, "403 webhook_rejected", "{:?}", parcel.headers);
    }
    still_pending(&app).await;
    let refusals = app.all_entries();
    let refusals: Vec<_> =
        refusals.iter().filter(|entry| &*entry.action == "webhook.refused").collect();
    assert!(!refusals.is_empty());
    assert!(refusals.iter().all(|entry| &*entry.resource == "webhooks.ideogram"));
    assert_eq!(good.told(&app).await, "200 ended", "the true one still counts");
}

#[tokio::test]
async fn each_header_comes_once_and_in_its_shape() {
    let (app, _, id) = submitted().await;
    let good = Parcel::of(&app, &id);
    for (name, value) in good.headers.clone() {
        let mut without = good.clone();
        without.headers.retain(|(known, _)| *known != name);
        assert_eq!(without.told(&app).await, "400 malformed_request", "without {name}");
        let mut twice = good.clone();
        twice.headers.push((name.clone(), value));
        assert_eq!(twice.told(&app).await, "400 ambiguous_request", "twice {name}");
        let empty = good.clone().with(&name, "");
        assert_eq!(empty.told(&app).await, "400 malformed_request", "empty {name}");
    }
    let signature = good.header(SIGNATURE).to_owned();
    for misshapen in [
        signature.to_uppercase(),
        signature[..126].to_owned(),
        format!("{signature}00"),
        format!("0x{}", &signature[2..]),
    ] {
        let parcel = good.clone().with(SIGNATURE, &misshapen);
        assert_eq!(parcel.told(&app).await, "400 malformed_request", "{misshapen}");
    }
    for at in ["now", "-1", "+1", "1e9", "9999999999999999", "1.5"] {
        let parcel = good.clone().with("x-ideogram-webhook-timestamp", at);
        assert_eq!(parcel.told(&app).await, "400 malformed_request", "{at}");
    }
    still_pending(&app).await;
}

#[tokio::test]
async fn a_delivery_without_any_signature_is_refused_before_its_body_is_read() {
    let (app, _, _) = submitted().await;
    let head = format!("POST {PATH} HTTP/1.1\r\nHost: gateway\r\nContent-Length: 9\r\n\r\n");
    let reply = raw(&app, head).await;
    assert_eq!(reply.problem(), "400 malformed_request");
    still_pending(&app).await;
}

#[tokio::test]
async fn a_delivery_outside_the_window_does_nothing_and_at_its_edge_counts() {
    let (app, _, id) = submitted().await;
    let now = seconds(&app);
    for at in [now - 301, now + 302, 0] {
        let parcel = Parcel::signed(&app, &id, WEBHOOK_USER, at);
        assert_eq!(parcel.told(&app).await, "403 webhook_rejected", "{at}");
    }
    still_pending(&app).await;
    let parcel = Parcel::signed(&app, &id, WEBHOOK_USER, now - 300);
    assert_eq!(parcel.told(&app).await, "200 ended");
}

#[tokio::test]
async fn the_window_is_a_setting() {
    let app = receiving("[webhooks]\nwindow = \"10s\"\n").await;
    let (_, id) = submitted_at(&app).await;
    let parcel = Parcel::signed(&app, &id, WEBHOOK_USER, seconds(&app) - 11);
    assert_eq!(parcel.told(&app).await, "403 webhook_rejected");
    still_pending(&app).await;
}

#[tokio::test]
async fn another_user_is_refused_even_with_a_true_signature() {
    // It goes on in the account's own section.
    let app = receiving("user_id = \"ours\"\n").await;
    let (_, id) = submitted_at(&app).await;
    let parcel = Parcel::signed(&app, &id, "theirs", seconds(&app));
    assert_eq!(parcel.told(&app).await, "403 webhook_rejected");
    still_pending(&app).await;
    let entry = app.entry_of("webhook_rejected").await;
    assert_eq!(entry.metadata.more.reason.as_deref(), Some("another user than the account's"));
    let parcel = Parcel::signed(&app, &id, "ours", seconds(&app));
    assert_eq!(parcel.told(&app).await, "200 ended");
}

#[tokio::test]
async fn the_first_user_is_kept_after_a_restart_too() {
    let (app, client, id) = submitted().await;
    assert_eq!(Parcel::of(&app, &id).told(&app).await, "200 ended");
    let app = app.restart().await;
    let client = Client::new(app.url(), &client.token);
    app.ideogram.script(ideogate::simulator::Script::new(ideogate::simulator::Act::Hold));
    let next = super::submit(&client).await;
    let parcel = Parcel::signed(&app, &next, "another-user", seconds(&app));
    assert_eq!(parcel.told(&app).await, "403 webhook_rejected");
    assert_eq!(app.places(), (1, 1, 0));
    assert_eq!(Parcel::of(&app, &next).told(&app).await, "200 ended");
}

#[tokio::test]
async fn a_generation_that_was_not_submitted_here_is_unknown() {
    let app = receiving("[webhooks]\nwait = \"0s\"\n").await;
    let (_, _) = submitted_at(&app).await;
    let parcel = Parcel::of(&app, "somebody-elses");
    assert_eq!(parcel.told(&app).await, "404 generation_unknown");
    still_pending(&app).await;
    let pinned = app.running.reader().vendor_users().unwrap();
    assert!(pinned.is_empty(), "a stranger's generation pins nobody");
}

#[tokio::test]
async fn a_body_about_another_generation_is_refused_although_it_is_signed() {
    let (app, _, id) = submitted().await;
    for body in [r#"{"generation_id":"other","data":[]}"#, r#"{"request_id":"other","data":[]}"#] {
        let body = body.as_bytes().to_vec();
        let parcel = Parcel::with_body(&app, &id, WEBHOOK_USER, seconds(&app), body);
        assert_eq!(parcel.told(&app).await, "400 malformed_request");
    }
    still_pending(&app).await;
}

#[tokio::test]
async fn a_large_body_is_refused() {
    let app = receiving("[webhooks]\nmax_body = \"2KiB\"\n").await;
    let (_, id) = submitted_at(&app).await;
    let body = vec![b' '; 2049];
    let parcel = Parcel::with_body(&app, &id, WEBHOOK_USER, seconds(&app), body);
    assert_eq!(parcel.told(&app).await, "413 body_too_large");
    still_pending(&app).await;
}

#[tokio::test]
async fn an_address_that_fails_too_often_is_not_looked_at_for_a_minute() {
    let app = receiving("[webhooks]\nfailures_per_minute = 3\n").await;
    let (_, id) = submitted_at(&app).await;
    let good = Parcel::of(&app, &id);
    let forged = good.clone().with(SIGNATURE, &"0".repeat(128));
    for _ in 0..3 {
        assert_eq!(forged.told(&app).await, "403 webhook_rejected");
    }
    let reply = good.post(&app).await;
    assert_eq!(reply.problem(), "429 rate_limited");
    assert!(reply.header("retry-after").is_some());
    still_pending(&app).await;
    pass(Duration::from_mins(1)).await;
    assert_eq!(good.told(&app).await, "200 ended");
}

#[tokio::test]
async fn a_flood_of_false_deliveries_is_bounded_on_record() {
    let app = receiving("[webhooks]\nfailures_per_minute = 1000\n").await;
    let (_, id) = submitted_at(&app).await;
    let forged = Parcel::of(&app, &id).with(SIGNATURE, &"0".repeat(128));
    for _ in 0..40 {
        assert_eq!(forged.told(&app).await, "403 webhook_rejected");
    }
    app.running.tokens().list();
    app.entry_of("webhook_rejected").await;
    let refused = app.all_entries();
    let refused = refused.iter().filter(|entry| &*entry.action == "webhook.refused").count();
    assert!(refused <= 10, "{refused} in full");
    still_pending(&app).await;
}

#[tokio::test]
async fn only_posts_are_taken_and_only_where_an_account_receives() {
    let app = TestApp::spawn().await;
    let parcel = Parcel::of(&app, "any");
    assert_eq!(parcel.told(&app).await, "404 route_unknown");
    assert_eq!(app.arrived(), 0, "no keys were asked for");
    let (app, client, _) = submitted().await;
    let reply = client.send(client.bare("GET", PATH)).await;
    assert_eq!(reply.problem(), "405 method_not_allowed");
    assert_eq!(reply.header("allow"), Some("POST"));
    still_pending(&app).await;
}

#[tokio::test]
async fn keys_of_one_account_end_nothing_of_another() {
    // The generation is the real account's; only the simulator's keys sign.
    let toml = "[accounts.simulator]\nwebhooks = \"receive\"\n\
                [webhooks]\nwait = \"0s\"\n[environments.app]\naccount = \"ideogram\"\n";
    let app = TestApp::with(crate::support::TestSettings {
        toml: format!("{RECEIVE}{toml}"),
        delivers: ideogate::simulator::Delivers::Loopback,
        ..Default::default()
    })
    .await;
    let sandbox = app.client_with("sandbox", &["read:*", "write:*"]).await;
    let id = super::submit(&sandbox).await;
    let parcel = Parcel::of(&app, &id);
    assert_eq!(parcel.told(&app).await, "403 webhook_rejected");
    let entry = app.entry_of("webhook_rejected").await;
    assert_eq!(entry.metadata.more.reason.as_deref(), Some("generation of another account"));
}
