//! Signatures as Standard Webhooks says.

use crate::config::NotifySecret;
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use base64::{Engine, engine::general_purpose::STANDARD};

/// Returns the signatures of a message by all secrets, each `v1,` and base64, with spaces between them. What
/// is signed is the id, the time in seconds since 1970 and the body, with dots between them.
pub(super) fn signature(secrets: &[NotifySecret], id: &str, at: i64, body: &[u8]) -> String {
    let mut signed = format!("{id}.{at}.").into_bytes();
    signed.extend_from_slice(body);
    let one = |secret: &NotifySecret| {
        let tag = secret.read(|secret| sign(&Key::new(HMAC_SHA256, secret), &signed));
        format!("v1,{}", STANDARD.encode(tag))
    };
    secrets.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_signature_of_the_example_in_the_specification() {
        let secret = NotifySecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
        let body = br#"{"test": 2432232314}"#;
        let signed = signature(std::slice::from_ref(&secret), id, 1_614_265_330, body);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let both = signature(&[secret.clone(), secret], id, 1_614_265_330, body);
        assert_eq!(both, format!("{signed} {signed}"));
    }
}
