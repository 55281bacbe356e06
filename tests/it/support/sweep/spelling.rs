//! The ways in which code may write a secret down.

use super::Canary;
use base64::{
    Engine,
    engine::GeneralPurpose,
    prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD},
};

/// A secret written in one way, as a row of units that can be told apart.
#[derive(Debug)]
pub(crate) struct Spelling {
    pub(crate) canary: usize,
    pub(crate) encoding: String,
    pub(crate) units: Vec<Vec<u8>>,
    /// How many units in a row give too much away.
    pub(crate) least: usize,
}

/// So many bytes of a secret in a row are a leak, wherever in it they are.
const WINDOW: usize = 16;

type Letter = fn(u8) -> Vec<u8>;

/// Ways that write each letter by itself.
const LETTERS: &[(&str, Letter)] = &[
    ("as it is", |byte| vec![byte]),
    ("in upper case", |byte| vec![byte.to_ascii_uppercase()]),
    ("in lower case", |byte| vec![byte.to_ascii_lowercase()]),
    ("JSON, where it must", |byte| escaped(byte, b"\"\\", "\\")),
    ("JSON, slashes too", |byte| escaped(byte, b"\"\\/", "\\")),
    ("JSON \\u0061", |byte| format!("\\u{byte:04x}").into_bytes()),
    ("JSON \\u004A", |byte| format!("\\u{byte:04X}").into_bytes()),
    ("Rust \\u{61}", |byte| format!("\\u{{{byte:x}}}").into_bytes()),
    ("percent, where it must", |byte| percent(byte, b"-._~")),
    ("percent, all but letters", |byte| percent(byte, b"")),
    ("percent, throughout", |byte| format!("%{byte:02X}").into_bytes()),
    ("percent, in lower case", |byte| format!("%{byte:02x}").into_bytes()),
    ("percent twice", |byte| format!("%25{byte:02X}").into_bytes()),
    ("quoted-printable", |byte| format!("={byte:02X}").into_bytes()),
    ("hex", |byte| format!("{byte:02x}").into_bytes()),
    ("HEX", |byte| format!("{byte:02X}").into_bytes()),
    ("hex with colons", |byte| format!("{byte:02x}:").into_bytes()),
    ("hex with blanks", |byte| format!("{byte:02x} ").into_bytes()),
    ("Debug in hex", |byte| format!("{byte:02x}, ").into_bytes()),
    ("Debug of bytes", |byte| format!("{byte}, ").into_bytes()),
    ("JSON of bytes", |byte| format!("{byte},").into_bytes()),
    ("\\x61", |byte| format!("\\x{byte:02x}").into_bytes()),
    ("\\x4A", |byte| format!("\\x{byte:02X}").into_bytes()),
    ("octal", |byte| format!("\\{byte:03o}").into_bytes()),
    ("UTF-16, little end first", |byte| vec![byte, 0]),
    ("UTF-16, big end first", |byte| vec![0, byte]),
    ("HTML, where it must", html),
    ("HTML &#97;", |byte| format!("&#{byte};").into_bytes()),
    ("HTML &#x61;", |byte| format!("&#x{byte:x};").into_bytes()),
];

const BASE64: &[(&str, &GeneralPurpose, usize)] = &[
    ("base64", &BASE64_STANDARD_NO_PAD, 0),
    ("base64 behind one byte", &BASE64_STANDARD_NO_PAD, 1),
    ("base64 behind two bytes", &BASE64_STANDARD_NO_PAD, 2),
    ("base64 for URLs", &BASE64_URL_SAFE_NO_PAD, 0),
    ("base64 for URLs behind one byte", &BASE64_URL_SAFE_NO_PAD, 1),
    ("base64 for URLs behind two bytes", &BASE64_URL_SAFE_NO_PAD, 2),
];

impl Spelling {
    /// Returns every way to write a secret; ways that read alike are there once.
    pub(crate) fn all(number: usize, canary: &Canary) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for (encoding, units) in ways(&canary.text) {
            let is_base64 = encoding.starts_with("base64");
            let window = if is_base64 { (WINDOW * 8).div_ceil(6) } else { WINDOW };
            let spelling = Self { canary: number, encoding, least: window.min(units.len()), units };
            if !all.iter().any(|other| other.units == spelling.units) {
                all.push(spelling);
            }
        }
        all
    }
}

/// Returns a secret in every way, each with its name.
pub(crate) fn spell(text: &[u8]) -> Vec<(String, Vec<u8>)> {
    ways(text).into_iter().map(|(encoding, units)| (encoding, units.concat())).collect()
}

fn ways(text: &[u8]) -> Vec<(String, Vec<Vec<u8>>)> {
    let letters = LETTERS.iter().flat_map(|(encoding, letter)| {
        let units: Vec<_> = text.iter().map(|byte| letter(*byte)).collect();
        // JSON writes a backslash as two, in the log as well.
        let has_escapes = units.iter().flatten().any(|byte| *byte == b'\\');
        let within: Vec<_> = units.iter().map(|unit| doubled(unit)).collect();
        let within = has_escapes.then(|| (format!("{encoding}, within JSON"), within));
        [((*encoding).to_owned(), units)].into_iter().chain(within)
    });
    let backwards = ("backwards".to_owned(), text.iter().rev().map(|byte| vec![*byte]).collect());
    let base64 = BASE64.iter().map(|(encoding, engine, before)| {
        let padded = [vec![0; *before], text.to_vec()].concat();
        let (first, end) = ((before * 8).div_ceil(6), padded.len() * 8 / 6);
        let whole = engine.encode(padded).into_bytes();
        ((*encoding).to_owned(), whole[first..end].iter().map(|byte| vec![*byte]).collect())
    });
    letters.chain([backwards]).chain(base64).collect()
}

fn doubled(unit: &[u8]) -> Vec<u8> {
    unit.iter().flat_map(|byte| vec![*byte; if *byte == b'\\' { 2 } else { 1 }]).collect()
}

fn escaped(byte: u8, special: &[u8], with: &str) -> Vec<u8> {
    if special.contains(&byte) { [with.as_bytes(), &[byte]].concat() } else { vec![byte] }
}

fn percent(byte: u8, plain: &[u8]) -> Vec<u8> {
    let is_plain = byte.is_ascii_alphanumeric() || plain.contains(&byte);
    if is_plain { vec![byte] } else { format!("%{byte:02X}").into_bytes() }
}

fn html(byte: u8) -> Vec<u8> {
    match byte {
        b'&' => b"&amp;".to_vec(),
        b'<' => b"&lt;".to_vec(),
        b'>' => b"&gt;".to_vec(),
        b'"' => b"&quot;".to_vec(),
        b'\'' => b"&#x27;".to_vec(),
        b'/' => b"&#x2f;".to_vec(),
        b'=' => b"&#x3D;".to_vec(),
        byte => vec![byte],
    }
}
