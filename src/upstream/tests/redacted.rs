//! Answers that hold our key.

use super::{
    fake::{Fake, json, reply},
    house::{House, KEY, answered, content, generate},
};
use crate::upstream::{SendOutcome, UnknownReason};
use base64::{Engine, prelude::BASE64_STANDARD};
use std::fmt::Write;
use tokio::join;

fn stars(count: usize) -> String {
    "*".repeat(count)
}

async fn body_of(reply: &[u8]) -> (Vec<u8>, bool) {
    let fake = Fake::listen().await;
    let house = House::new(&fake.url());
    let (sent, _) = join!(house.send(generate()), fake.answer(reply));
    let answer = answered(sent);
    (content(&answer).to_vec(), answer.echoed_key)
}

#[tokio::test]
async fn a_key_in_a_small_answer_becomes_stars_in_every_form() {
    let url = KEY.bytes().fold(String::new(), |mut all, byte| {
        write!(all, "%{byte:02X}").unwrap();
        all
    });
    let forms = [
        KEY.to_owned(),
        KEY.replace('\\', r"\\").replace('"', r#"\""#),
        KEY.replace('\\', r"\\").replace('"', r#"\""#).replace('/', r"\/"),
        url.to_lowercase(),
        url,
        KEY.replace('/', "%2f").replace('?', "%3F"),
    ];
    for form in forms {
        let before = format!(r#"{{"error":"bad key {form}!"}}"#);
        let after = format!(r#"{{"error":"bad key {}!"}}"#, stars(form.len()));
        let (body, echoed) = body_of(&json("400 No", &before)).await;
        assert_eq!((String::from_utf8(body).unwrap(), echoed), (after, true));
    }
    let (body, echoed) = body_of(&json("400 No", &BASE64_STANDARD.encode(KEY))).await;
    assert!(echoed);
    let whole = stars(KEY.len() * 8 / 6);
    assert!(String::from_utf8(body).unwrap().starts_with(&whole));
}

#[tokio::test]
async fn an_answer_without_the_key_is_untouched() {
    let almost = format!("{}x {}", &KEY[..KEY.len() - 1], &KEY[1..]);
    let (body, echoed) = body_of(&json("200 OK", &almost)).await;
    assert_eq!((String::from_utf8(body).unwrap(), echoed), (almost, false));
}

#[tokio::test]
async fn a_key_in_a_large_answer_is_found_wherever_it_is_cut() {
    let block = 64 * 1024;
    let mut body: Vec<u8> = (0..6_000_000_u32).map(|at| at.to_le_bytes()[1]).collect();
    let mut expected = body.clone();
    for at in [0, block - 1, 2 * block - KEY.len(), 3 * block + 7, 5_000_000, 6_000_000 - KEY.len()]
    {
        body[at..at + KEY.len()].copy_from_slice(KEY.as_bytes());
        expected[at..at + KEY.len()].fill(b'*');
    }
    let (seen, echoed) = body_of(&reply("200 OK", "image/png", &body)).await;
    assert!(echoed);
    assert!(seen == expected, "the answer is not what it should be");
}

#[tokio::test]
async fn a_key_in_a_header_becomes_stars() {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-disposition: inline; n={KEY}\r\n\
         content-length: 0\r\n\r\n"
    );
    let fake = Fake::listen().await;
    let house = House::new(&fake.url());
    let (sent, _) = join!(house.send(generate()), fake.answer(head.as_bytes()));
    let answer = answered(sent);
    let expected = format!("inline; n={}", stars(KEY.len()));
    assert_eq!(answer.headers["content-disposition"], expected);
    assert_eq!(answer.headers["content-type"], "text/plain");
    assert!(answer.echoed_key);
}

#[tokio::test]
async fn a_key_in_a_doubtful_answer_becomes_stars_too() {
    let fake = Fake::listen().await;
    let house = House::new(&fake.url());
    let html = reply("502 Bad", "text/html", KEY.as_bytes());
    let (sent, _) = join!(house.send(generate()), fake.answer(&html));
    let SendOutcome::Unknown { reason: UnknownReason::Gateway, answer: Some(answer) } = sent else {
        panic!("{sent:?}")
    };
    assert_eq!(content(&answer), stars(KEY.len()));
    assert!(answer.echoed_key);
}
