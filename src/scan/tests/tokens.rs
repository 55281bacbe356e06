//! Tokens, wherever they may stand.

use super::looker::{Looker, found, token};
use crate::scan::{Leak, ScanFinding};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE},
};

fn is_token(finding: &ScanFinding, token: &str) -> bool {
    let expected = format!("…{}", &token[token.len() - 4..]);
    match &finding.leak {
        Leak::Token { redacted, .. } => redacted.ends_with(&expected),
        _ => false,
    }
}

/// Asserts that the token is found once, here.
fn assert_at(text: impl AsRef<[u8]>, token: &str, line: u64, column: u64) {
    assert_found(&Looker::new(), text, token, (line, column));
}

fn assert_found(looker: &Looker, text: impl AsRef<[u8]>, token: &str, place: (u64, u64)) {
    let text = text.as_ref();
    let found = looker.found(text);
    let shown = String::from_utf8_lossy(text);
    assert!(found.len() == 1 && is_token(&found[0], token), "{shown} gave {found:?}");
    assert_eq!((found[0].line, found[0].column), place, "{shown}");
}

#[test]
fn a_token_is_found_in_any_language() {
    let looker = Looker::new();
    let token = token("prod");
    let lines = [
        "KEY",
        "KEY=",
        "export KEY='",
        "Authorization: Bearer ",
        "\"key\": \"",
        "key = \"",
        "curl -H \"Api-Key: ",
        "https://gate.example.com/?api_key=",
        "\\\"key\\\":\\\"",
        "<key>",
        "- name: KEY\n  value: ",
        "const key = `",
        "// ",
        "ENV KEY ",
        "?key%3D",
        "ü€😀 ",
        "idg_",
        "idg_prod_",
        "x",
        "IDG_",
        "idg_test_0000",
    ];
    for before in lines {
        for after in ["", "\"", "\n", "\r\nnext", "'; // x", "</key>", "&x=1", "0abc", "_x", "\\n"]
        {
            let text = format!("{before}{token}{after}");
            let line = before.matches('\n').count() as u64 + 1;
            let column = before.rsplit('\n').next().unwrap().chars().count() as u64 + 1;
            assert_found(&looker, text, &token, (line, column));
        }
    }
}

#[test]
fn tokens_of_every_environment_are_found() {
    for name in ["a", "prod", "sandbox", "eu-west.1", "a2345678901234567890123456789012"] {
        let token = token(name);
        assert_at(&token, &token, 1, 1);
        let told = found(&token).remove(0);
        let public = format!("idg_{name}_…{}", &token[token.len() - 4..]);
        assert_eq!(told.leak, Leak::Token { environment: name.parse().unwrap(), redacted: public });
    }
}

#[test]
fn many_tokens_are_all_found() {
    let tokens = [token("dev"), token("prod"), token("prod")];
    let text = format!("{}\n{}{}\n{}", tokens[0], tokens[1], tokens[2], tokens[0]);
    let places: Vec<_> = found(text).iter().map(|one| (one.line, one.column)).collect();
    let length = tokens[1].len() as u64;
    assert_eq!(places, [(1, 1), (2, 1), (2, length + 1), (3, 1)]);
}

#[test]
fn a_file_full_of_tokens_does_not_fill_the_list() {
    let token = token("prod");
    assert_eq!(found(format!("{token}\n").repeat(100_000)).len(), 1000);
}

#[test]
fn a_token_is_found_in_bytes_that_are_no_text() {
    let token = token("prod");
    let binary = [&[0, 159, 255, b'\n', 0][..], token.as_bytes(), &[0, 0xff, 7]].concat();
    assert_at(binary, &token, 2, 2);
}

#[test]
fn a_token_is_found_in_a_long_line_and_far_into_a_file() {
    let token = token("prod");
    let long = "x=1;".repeat(1 << 20);
    assert_at(format!("{long}{token}{long}"), &token, 1, (4 << 20) + 1);
    let lines = "x\n".repeat(3 << 20);
    assert_at(format!("{lines}{token}"), &token, (3 << 20) + 1, 1);
}

#[test]
fn a_token_is_found_in_utf_16_with_a_mark_and_without() {
    let token = token("prod");
    let text = format!("\u{feff}ä = 1\r\n€={token}\r\n");
    for units in [u16::to_le_bytes, u16::to_be_bytes] {
        let marked: Vec<_> = text.encode_utf16().flat_map(units).collect();
        assert_at(&marked, &token, 2, 3);
        let bare: Vec<_> = token.encode_utf16().flat_map(units).collect();
        for before in [&b""[..], b"\0", b"MZ\0\xff", b"\0\0\0"] {
            let binary = [before, &bare[..], b"\0\0rest"].concat();
            assert_eq!(found(binary).len(), 1, "{before:?}");
        }
    }
}

#[test]
fn a_token_is_found_in_base64_at_every_shift() {
    let looker = Looker::new();
    let token = token("prod");
    for before in ["", "u", "us", "user:", "user:pass", "Bearer "] {
        for after in ["", "\n", "\"}"] {
            let plain = format!("{before}{token}{after}");
            for wrapped in [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE].map(|way| way.encode(&plain)) {
                for place in ["", "key: ", "Authorization: Basic ", "{\"auth\":\""] {
                    let found = looker.found(format!("{place}{wrapped}\"\n"));
                    assert!(found.len() == 1 && is_token(&found[0], &token), "{before} {after}");
                }
            }
        }
    }
}

#[test]
fn an_operators_token_is_found() {
    // Secrets of operators are made elsewhere: this one is put together by their rule.
    let zeros = "0".repeat(43);
    let told = found(format!("ido_{zeros}2dTVzm")).remove(0);
    assert_eq!(told.leak, Leak::OperatorToken { redacted: "ido_…TVzm".to_owned() });
}

#[test]
fn nothing_that_is_told_holds_the_secret() {
    let token = token("prod");
    let told = format!("{:?}", found(format!("key = {token}")));
    let digits = &token["idg_prod_".len()..token.len() - 6];
    assert!(digits.as_bytes().windows(4).all(|four| !told.contains(str::from_utf8(four).unwrap())));
}
