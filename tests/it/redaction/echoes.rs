//! Our key in an answer of Ideogram's: stars of the same length, a flag, an alarm, and nothing left of it.

use super::GENERATE;
use crate::support::{Client, Home, KEY, Reply, Socket, TestApp, eventually};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE},
};
use ideogate::simulator::{Act, Script};
use serde_json::json;
use std::fmt::Write;

/// A form of the key: how it is written, what stands around it, and how much of it becomes stars.
struct Form {
    name: String,
    text: String,
    stars: std::ops::Range<usize>,
}

fn whole(name: &str, text: String) -> Form {
    let stars = 0..text.len();
    Form { name: name.to_owned(), text, stars }
}

fn each(write: impl Fn(u8) -> String) -> String {
    KEY.bytes().fold(String::new(), |mut all, byte| {
        write!(all, "{}", write(byte)).unwrap();
        all
    })
}

fn forms() -> Vec<Form> {
    let mut forms = vec![
        whole("raw", KEY.to_owned()),
        whole("JSON, slashes escaped", KEY.replace('/', "\\/")),
        whole("JSON, all escaped", each(|byte| format!("\\u{byte:04x}"))),
        whole("JSON, in upper case", each(|byte| format!("\\u{byte:04X}"))),
        whole("URL", KEY.replace('/', "%2F").replace('+', "%2B").replace('=', "%3D")),
        whole(
            "URL, in lower case",
            KEY.replace('/', "%2f").replace('+', "%2b").replace('=', "%3d"),
        ),
        whole("URL, all escaped", each(|byte| format!("%{byte:02X}"))),
    ];
    for (alphabet, engine) in [("standard", &BASE64_STANDARD), ("for URLs", &BASE64_URL_SAFE)] {
        for before in 0..3 {
            let raw = [&b"~~~"[..before], KEY.as_bytes(), b"~~"].concat();
            let stars = before * 8 / 6..((before + KEY.len()) * 8).div_ceil(6);
            let name = format!("base64 {alphabet}, behind {before}");
            forms.push(Form { name, text: engine.encode(raw), stars });
        }
    }
    forms
}

/// Where in an answer the key is.
#[derive(Debug, Clone, Copy)]
enum Place {
    Body(u16),
    Header,
}

/// Has Ideogram answer with the key, and asserts what becomes of it.
async fn assert_redacted(app: &TestApp, client: &Client, place: Place, form: &Form) {
    let case = format!("{place:?} {}", form.name);
    let mut hidden = form.text.clone().into_bytes();
    hidden[form.stars.clone()].fill(b'*');
    let hidden = String::from_utf8(hidden).unwrap();
    let around = |text: &str| format!("{{\"a\": \"b\", \"c\":\"{text}\",\n\"d\":[]}}");
    let act = match place {
        Place::Body(status) => Act::json(status, &around(&form.text)),
        Place::Header => {
            let value = format!("inline; filename=\"{}\"", form.text);
            Act::json(200, "{}").with("content-disposition", &value)
        }
    };
    app.ideogram.script(Script::new(act));
    let reply = client.post(GENERATE, &json!({"prompt": "a heron in the reeds"})).await;
    assert_eq!(reply.header("ideogate-key-redacted"), Some("true"), "{case}");
    match place {
        Place::Body(status) => {
            assert_eq!(reply.status, status, "{case}");
            assert_eq!(String::from_utf8_lossy(&reply.body), around(&hidden), "{case}");
        }
        Place::Header => {
            let value = format!("inline; filename=\"{hidden}\"");
            assert_eq!(reply.header("content-disposition"), Some(&*value), "{case}");
        }
    }
}

/// Asserts that so many calls are flagged in the record and counted.
async fn assert_flagged(app: &TestApp, count: usize) {
    let entries = app.entries().await;
    let flagged = entries.iter().filter(|entry| entry.metadata.more.key_redacted == Some(true));
    assert_eq!(flagged.count(), count);
    let line = format!("ideogate_echoed_keys_total{{account=\"ideogram\"}} {count}");
    let metrics = app.running.metrics().render();
    assert!(metrics.lines().any(|metric| metric == line), "{metrics}");
}

#[tokio::test]
async fn every_form_of_the_key_becomes_stars_in_every_place_of_an_answer() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let mut count = 0;
    for form in forms() {
        for place in [Place::Body(200), Place::Body(422), Place::Body(500), Place::Header] {
            assert_redacted(&app, &client, place, &form).await;
            count += 1;
        }
    }
    assert_flagged(&app, count).await;
}

#[tokio::test]
async fn an_answer_that_leaves_the_call_unknown_is_redacted_too() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let page = Act::Answer {
        status: 502,
        headers: vec![("content-type".to_owned(), "text/html".to_owned())],
        body: Some(format!("<p>bad key {KEY}</p>")),
    };
    app.ideogram.script(Script::new(page));
    let reply = client.post(GENERATE, &json!({"prompt": "a heron in the reeds"})).await;
    let stars = "*".repeat(KEY.len());
    assert_eq!(reply.body, format!("<p>bad key {stars}</p>"));
    assert_flagged(&app, 1).await;
}

#[tokio::test]
async fn the_key_is_found_wherever_an_answer_is_cut_into_chunks() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let stars = "*".repeat(KEY.len());
    let cuts = (1..KEY.len()).step_by(5).chain([KEY.len() - 1]);
    let mut count = 0;
    for cut in cuts {
        let (first, second) = (format!("<{}", &KEY[..cut]), format!("{}>", &KEY[cut..]));
        let text = format!(
            "HTTP/1.1 422 No\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n\
             {:x}\r\n{first}\r\n{:x}\r\n{second}\r\n0\r\n\r\n",
            first.len(),
            second.len()
        );
        app.ideogram.script(Script::new(Act::Raw { text }));
        let reply = client.post(GENERATE, &json!({"prompt": "a heron in the reeds"})).await;
        assert_eq!((reply.status, reply.body), (422, format!("<{stars}>").into()), "{cut}");
        count += 1;
    }
    assert_flagged(&app, count).await;
}

#[tokio::test]
async fn a_key_in_a_refusal_that_is_tried_again_is_flagged_although_nobody_gets_it() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    app.ideogram.script(Script::new(Act::json(429, &format!("{{\"error\":\"{KEY}\"}}"))));
    let reply = client.post(GENERATE, &json!({"prompt": "a heron in the reeds"})).await;
    assert_eq!((reply.status, reply.header("ideogate-key-redacted")), (200, None));
    assert_flagged(&app, 1).await;
}

fn assert_same(reply: &Reply, first: &Reply) {
    assert_eq!((reply.status, &reply.body), (first.status, &first.body));
    assert_eq!(reply.header("ideogate-key-redacted"), Some("true"));
    assert_eq!(reply.header("content-disposition"), first.header("content-disposition"));
}

#[tokio::test]
async fn an_answer_that_is_given_again_has_stars_and_flag_again() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let act = Act::json(200, &format!("{{\"data\":[],\"key\":\"{KEY}\"}}"))
        .with("content-disposition", &format!("inline; n=\"{KEY}\""));
    app.ideogram.script(Script::new(act));
    let post = async |client: &Client| {
        let request = client.request("POST", GENERATE).header("Idempotency-Key", "one-of-a-client");
        client.send(request.json(&json!({"prompt": "a heron in the reeds"}))).await
    };
    let first = post(&client).await;
    let stars = "*".repeat(KEY.len());
    assert_eq!(first.body, format!("{{\"data\":[],\"key\":\"{stars}\"}}"));
    assert_same(&post(&client).await, &first);
    let app = app.restart().await;
    let client = client.at(app.url());
    assert_same(&post(&client).await, &first);
    let app = app.crash().await;
    assert_same(&post(&client.at(app.url())).await, &first);
    assert_eq!(app.arrived(), 1);
}

#[tokio::test]
async fn an_answer_that_nobody_received_has_stars_when_it_is_found() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let body = json!({"prompt": "a heron in the reeds"}).to_string();
    let act = Act::json(200, &format!("{{\"data\":[],\"key\":\"{KEY}\"}}"));
    app.ideogram.script(Script::new(act).delayed(std::time::Duration::from_millis(300)));
    let mut socket = Socket::open(&app).await;
    socket.post(&client, GENERATE, &body).await;
    app.ideogram.seen_when(|seen| seen.calls.len() == 1).await;
    socket.reset();
    eventually("the answer is there", || app.places().0 == 0).await;
    let reply = client.post_text(GENERATE, &body).await;
    assert_eq!(reply.header("ideogate-recovered"), Some("true"));
    assert_eq!(reply.header("ideogate-key-redacted"), Some("true"));
    let stars = "*".repeat(KEY.len());
    assert_eq!(reply.body, format!("{{\"data\":[],\"key\":\"{stars}\"}}"));
    assert_eq!(app.arrived(), 1);
}

#[tokio::test]
async fn sixty_megabytes_are_searched_on_their_way() {
    let app = TestApp::spawn().await;
    let client = app.client().await;
    let mut body = "x".repeat(60_000_000);
    let mut expected = body.clone();
    for at in [0, 65_536 - 7, 1 << 20, 30_000_001, body.len() - KEY.len()] {
        body.replace_range(at..at + KEY.len(), KEY);
        expected.replace_range(at..at + KEY.len(), &"*".repeat(KEY.len()));
    }
    app.ideogram.script(Script::new(Act::json(200, &body)));
    let reply = client.post(GENERATE, &json!({"prompt": "a heron in the reeds"})).await;
    assert_eq!((reply.status, reply.body.len()), (200, body.len()));
    assert!(reply.body == expected, "the answer is not what it should be");
    assert_flagged(&app, 1).await;
}

#[tokio::test]
async fn operators_hear_of_it() {
    let home = Home::new().await;
    let gateway = home.start().await;
    let client = home.client(&gateway).await;
    home.ideogram.script(Script::new(Act::json(400, &format!("{{\"error\":\"{KEY}\"}}"))));
    assert_eq!(client.post(GENERATE, &json!({"prompt": "a heron in the reeds"})).await.status, 400);
    let log = gateway.log();
    let alarm = log.lines().find(|line| line.contains("key_echoed")).unwrap();
    assert!(alarm.contains("ERROR") && alarm.contains("account=ideogram"), "{alarm}");
    let entry = &home.calls().await[0];
    assert_eq!(entry["metadata"]["key_redacted"], true, "{entry}");
}
