//! What a secret of ours covers.

use crate::webhooks::{
    claims::SharedClaims,
    shared::{Covered, SharedSecrets},
};
use aws_lc_rs::hmac;

fn secrets(texts: &[&str]) -> SharedSecrets {
    SharedSecrets::new(texts.iter().map(|text| SharedSecrets::key(text.as_bytes())).collect())
}

fn claims(secret: &str, message: &[u8], timestamp: Option<&str>) -> SharedClaims {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let signature = hmac::sign(&key, message).as_ref().try_into().unwrap();
    SharedClaims { signature, timestamp: timestamp.map(Into::into) }
}

#[test]
fn any_of_the_secrets_counts_and_no_other() {
    let both = secrets(&["first", "second"]);
    for secret in ["first", "second"] {
        assert_eq!(both.covers(&claims(secret, b"body", None), b"body"), Some(Covered::Body));
    }
    for secret in ["third", "firs", "first ", ""] {
        assert_eq!(both.covers(&claims(secret, b"body", None), b"body"), None, "{secret}");
    }
    assert_eq!(secrets(&[]).covers(&claims("first", b"body", None), b"body"), None);
}

#[test]
fn a_time_counts_only_where_it_is_signed() {
    let secrets = secrets(&["s"]);
    let stamped = claims("s", b"17.body", Some("17"));
    assert_eq!(secrets.covers(&stamped, b"body"), Some(Covered::TimeAndBody));
    assert_eq!(secrets.covers(&claims("s", b"17.body", Some("18")), b"body"), None);
    assert_eq!(secrets.covers(&claims("s", b"body", Some("18")), b"body"), Some(Covered::Body));
    assert_eq!(secrets.covers(&claims("s", b"17.body", None), b"body"), None);
}

#[test]
fn what_is_shown_of_secrets_is_their_number() {
    assert_eq!(format!("{:?}", secrets(&["hunter2", "x"])), "SharedSecrets(2)");
}
