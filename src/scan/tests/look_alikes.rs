//! What looks like a token and is none.

use super::looker::{Looker, token};
use base64::{Engine, engine::general_purpose::STANDARD};

#[test]
fn a_token_with_anything_changed_is_none() {
    let looker = Looker::new();
    let token = token("prod");
    for at in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[at] = if changed[at] == b'x' { b'y' } else { b'x' };
        assert_eq!(looker.found(&changed), [], "{at}");
        changed[at] = token.as_bytes()[at].wrapping_add(1);
        assert_eq!(looker.found(&changed), [], "{at}");
    }
    for end in 0..token.len() {
        assert_eq!(looker.found(&token[..end]), [], "{end}");
    }
    assert_eq!(looker.found(STANDARD.encode(&token[..token.len() - 1])), []);
    assert_eq!(looker.found(token.replace("idg_", "IDG_")), []);
    assert_eq!(looker.found(token.replace("_prod_", "_dev_")), []);
    assert_eq!(looker.found(token.replace("_prod_", "_prod_\n")), []);
}

#[test]
fn placeholders_are_none() {
    let x43 = "x".repeat(43);
    let texts = [
        "idg_",
        "idg_prod_",
        "idg_prod_…",
        "idg_prod_...",
        "idg_<environment>_<secret>",
        "idg_[a-z][a-z0-9.-]{0,31}_[0-9A-Za-z]{49}",
        "IDEOGRAM_API_KEY=idg_dev_your_token_here",
        "IDEOGATE_TOKEN=idg_prod_… ideogate whoami",
        "ido_…",
        "ido_<secret>",
        "widget_prod_1",
        &format!("idg_prod_{x43}xxxxxx"),
        &format!("IDEOGRAM_API_KEY=idg_prod_{x43}xxxxxx"),
        &format!("Api-Key: idg_sandbox_{}", "0".repeat(49)),
        "IDEOGRAM_API_KEY=idg_prod_4kT9vXq2LmZ7aB8cD3eF5gH6jK1nP0rS4tU7wY9zQ2xV5bN8m",
        "aWRnX3Byb2RfZm9v",
        "pZGdfcHJvZF8",
        "lkZ19wcm9kXw",
        "i\0d\0g\0_\0",
        "i\0d\0g\0_\0p\0_",
    ];
    let looker = Looker::new();
    for text in texts {
        assert_eq!(looker.found(text), [], "{text}");
    }
}
