//! Broken bodies: nothing panics, pieces make no difference, and whatever is accepted means the same
//! to a reader that forgives everything.

use super::fixture::{BOUNDARY, Request, field, file, flat, form, nested};
use crate::{
    domain::Route,
    inspection::{
        Subject,
        charset::Charset,
        digest::Digest,
        fields::Fields,
        form::{Boundary, FormType, scan as scan_form},
        json::{self, Place},
        query::Query,
    },
};
use proptest::{prelude::*, sample::Index};
use serde_json::Value;
use std::io::{BufReader, Read};

/// Gives out a few bytes at a time.
struct Trickle<'b>(&'b [u8], usize);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let len = buffer.len().min(self.1);
        self.0.read(&mut buffer[..len])
    }
}

fn json_in_pieces(route: &Route, body: &[u8], piece: usize) -> String {
    let mut fields = Fields::new(route);
    let reader = BufReader::with_capacity(piece, body);
    let result = json::scan(reader, Place::body(Charset::Utf8), &mut fields);
    format!("{result:?} {fields:?}")
}

fn form_in_pieces(route: &Route, body: &[u8], piece: usize) -> String {
    let request = Request::form(route.clone(), body);
    let subject = Subject {
        route,
        path: "",
        token: &request.token,
        query: None,
        headers: &request.headers,
        body: &request.body,
    };
    let mut fields = Fields::new(route);
    let query = Query::read(None, route, &fields).unwrap();
    let mut digest = Digest::new(&subject, &query);
    let boundary = Boundary::new(BOUNDARY.as_bytes()).unwrap();
    let form = FormType { boundary, charset: Charset::Utf8 };
    let mut reader = Trickle(body, piece);
    let result = scan_form(&mut reader, &form, &mut fields, &mut digest);
    let fingerprint = result.is_ok().then(|| digest.finish());
    format!("{result:?} {fields:?} {fingerprint:?}")
}

/// A change to a body.
#[derive(Debug, Clone)]
enum Change {
    Put(Index, u8),
    Insert(Index, Vec<u8>),
    Remove(Index, usize),
    Repeat(Index, Index),
}

/// Texts that mean something to one reader or another.
const TELLING: &[&str] = &[
    "\r\n",
    "\n",
    "\r",
    "--",
    "\"",
    "\\",
    "{",
    "}",
    ",",
    ";",
    "=",
    " ",
    "\0",
    "\u{feff}",
    "num_images",
    "name=",
    "\\u005f",
    "8",
    "\n------a Boundary'()+_,-./:=?x",
    "\"num_images\":8,",
    "\r\nContent-Disposition: form-data; name=\"num_images\"\r\n\r\n",
];

fn change() -> impl Strategy<Value = Change> {
    let telling = prop::sample::select(TELLING);
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Put(at, byte)),
        (any::<Index>(), telling).prop_map(|(at, bytes)| Change::Insert(at, bytes.into())),
        (any::<Index>(), 1..40usize).prop_map(|(at, len)| Change::Remove(at, len)),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Change::Repeat(from, to)),
    ]
}

fn changed(mut body: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        if body.is_empty() {
            break;
        }
        let len = body.len();
        match change {
            Change::Put(at, byte) => body[at.index(len)] = *byte,
            Change::Insert(at, bytes) => {
                let at = at.index(len);
                body.splice(at..at, bytes.iter().copied());
            }
            Change::Remove(at, count) => {
                let at = at.index(len);
                body.drain(at..len.min(at + count));
            }
            Change::Repeat(from, to) => {
                let (from, to) = (from.index(len), to.index(len));
                let copied = body[from.min(to)..from.max(to)].to_vec();
                body.splice(to..to, copied);
            }
        }
    }
    body
}

fn good_json() -> impl Strategy<Value = Vec<u8>> {
    let flat =
        r#"{"prompt":"a \"cat\" \u00e4\ud83d\ude00","num_images":2,"seed":-1.5e+3,"async":true}"#;
    let nested = r#" {"image_request" : {"model":"V_2","num_images":3,"x":[1,{"num_images":4}]}, "y":null} "#;
    prop::sample::select(vec![flat.into(), nested.into()])
}

fn good_form() -> impl Strategy<Value = Vec<u8>> {
    let request = r#"{"num_images":3,"model":"V_2"}"#;
    prop_oneof![
        Just(form(&[field("prompt", "x"), field("num_images", "2"), file("image", b"\r\n--\xff")])),
        Just(form(&[file("image", "abc"), field("image_request", request)])),
    ]
}

/// Reads every number of images in a form, as the most forgiving reader would: any line end, any
/// line that starts with the boundary, any name that can be seen.
fn forgiving(body: &[u8]) -> Vec<Vec<u8>> {
    let delimiter = format!("--{BOUNDARY}");
    let closing = format!("{delimiter}--");
    let mut parts: Vec<Vec<&[u8]>> = Vec::new();
    let mut is_closed = false;
    for line in body.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line == closing.as_bytes() {
            // Another form may follow, of which some readers would read on.
            is_closed = true;
        } else if line.starts_with(delimiter.as_bytes()) {
            is_closed = false;
            parts.push(Vec::new());
        } else if let Some(part) = parts.last_mut().filter(|_| !is_closed) {
            part.push(line);
        }
    }
    let number = |part: &Vec<&[u8]>| {
        let blank = part.iter().position(|line| line.is_empty())?;
        // Folded lines belong to the line before them.
        let header = part[..blank].join(&b'\n');
        let header = header.strip_suffix(b"\r").unwrap_or(&header);
        let header = String::from_utf8_lossy(header).replace("\n ", " ").replace("\n\t", " ");
        let is_disposition =
            |line: &&str| line.trim().to_ascii_lowercase().starts_with("content-disposition");
        let header = header.lines().filter(is_disposition).collect::<String>();
        let is_named = ["name=\"num_images\"", "name=num_images"].iter().any(|name| {
            let mut found = header.match_indices(name);
            // What ends in `name`, as `filename` does, is another parameter.
            found.any(|(at, _)| !header[..at].ends_with(char::is_alphanumeric))
        });
        is_named.then(|| part[blank + 1..].join(&b'\n'))
    };
    parts.iter().filter_map(number).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn arbitrary_bytes_never_panic(body in prop::collection::vec(any::<u8>(), 0..400)) {
        for route in [flat(), nested()] {
            let _ = Request::json(route.clone(), &body).verdict();
            let _ = Request::form(route, &body).verdict();
        }
    }

    #[test]
    fn broken_json_means_the_same_in_pieces_and_to_another_reader(
        body in good_json(),
        changes in prop::collection::vec(change(), 0..6),
        piece in 1..40usize,
    ) {
        let body = changed(body, &changes);
        for route in [flat(), nested()] {
            let whole = json_in_pieces(&route, &body, 1 << 16);
            prop_assert_eq!(&json_in_pieces(&route, &body, piece), &whole);
        }
        let Ok(inspected) = Request::json(flat(), &body).inspect() else { return Ok(()) };
        match serde_json::from_slice::<Value>(&body) {
            Ok(read) => {
                let number = read.get("num_images").map_or(Some(1), Value::as_u64);
                prop_assert_eq!(number, Some(u64::from(inspected.demand.places)));
            }
            // Both are left to Ideogram, where nobody asks for the value.
            Err(error) => {
                let error = error.to_string();
                let is_left = ["surrogate", "out of range"].iter().any(|left| error.contains(left));
                prop_assert!(is_left || error.contains("hex escape"), "{error}");
            }
        }
    }

    #[test]
    fn a_broken_form_means_the_same_in_pieces_and_to_a_forgiving_reader(
        body in good_form(),
        changes in prop::collection::vec(change(), 0..6),
        piece in 1..40usize,
    ) {
        let body = changed(body, &changes);
        for route in [flat(), nested()] {
            let whole = form_in_pieces(&route, &body, usize::MAX);
            prop_assert_eq!(&form_in_pieces(&route, &body, piece), &whole);
        }
        let Ok(inspected) = Request::form(flat(), &body).inspect() else { return Ok(()) };
        let seen = forgiving(&body);
        let expected = inspected.demand.places.to_string().into_bytes();
        prop_assert!(seen.iter().all(|number| *number == expected), "{:?}", body.escape_ascii().to_string());
        prop_assert!(seen.len() <= 1, "{}", body.escape_ascii().to_string());
    }
}
