//! Random answers with a random key in random forms, cut at random places.

use super::*;
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE},
};
use proptest::{prelude::*, sample::Index};

/// Runs `body` through a redactor in pieces that end at `cuts`.
fn redacted(key: &[u8], body: &[u8], cuts: &[Index]) -> (Vec<u8>, bool) {
    let redaction = Redaction::new(key);
    let mut redactor = Redactor::new(&redaction);
    let mut ends: Vec<_> = cuts.iter().map(|cut| cut.index(body.len() + 1)).collect();
    ends.extend([0, body.len()]);
    ends.sort_unstable();
    let mut clean = Vec::new();
    for piece in ends.windows(2) {
        clean.extend(redactor.push(&body[piece[0]..piece[1]]).into_iter().flatten());
    }
    let (rest, found) = redactor.finish();
    clean.extend_from_slice(&rest);
    (clean, found)
}

/// Writes each character of `text` plainly or in one of the ways that JSON and URLs know.
fn spelled(text: &[u8], ways: &[u8]) -> Vec<u8> {
    let spell = |(byte, way): (&u8, &u8)| match (way % 6, *byte) {
        (1, byte) => format!("%{byte:02X}").into_bytes(),
        (2, byte) => format!("%{byte:02x}").into_bytes(),
        (3, byte) => format!("\\u{byte:04X}").into_bytes(),
        (4, byte) => format!("\\u{byte:04x}").into_bytes(),
        (5, byte @ (b'"' | b'\\' | b'/')) => vec![b'\\', byte],
        (_, byte) => vec![byte],
    };
    text.iter().zip(ways.iter().cycle()).flat_map(spell).collect()
}

/// Reads a text as JSON and URLs do, so that what is hidden in escapes can be looked for.
fn read(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    let mut rest = text;
    while let Some(&first) = rest.first() {
        let hex = |digits: &[u8]| {
            std::str::from_utf8(digits).ok().and_then(|digits| u8::from_str_radix(digits, 16).ok())
        };
        let (byte, width) = match rest {
            [b'%', a, b, ..] if hex(&[*a, *b]).is_some() => (hex(&[*a, *b]).unwrap(), 3),
            [b'\\', b'u', b'0', b'0', a, b, ..] if hex(&[*a, *b]).is_some() => {
                (hex(&[*a, *b]).unwrap(), 6)
            }
            [b'\\', byte @ (b'"' | b'\\' | b'/'), ..] => (*byte, 2),
            _ => (first, 1),
        };
        plain.push(byte);
        rest = &rest[width..];
    }
    plain
}

fn holds(text: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(text, part).is_some()
}

fn key() -> impl Strategy<Value = Vec<u8>> {
    let graphic = (b'!'..=b'~').prop_filter("no star is in a key", |byte| *byte != b'*');
    let usual = prop::sample::select(b"abcXYZ0189-_".to_vec());
    prop_oneof![prop::collection::vec(usual, 12..80), prop::collection::vec(graphic, 8..60),]
}

/// Text that is full of the beginnings of keys and escapes.
fn filling() -> impl Strategy<Value = Vec<u8>> {
    let tricky = prop::sample::select(b"%%\\\\u0042%2Fab*\"/".to_vec());
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        prop::collection::vec(tricky, 0..200),
        (any::<u8>(), 60_000..70_000_usize).prop_map(|(byte, length)| vec![byte; length]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_key_is_never_there_afterwards_and_nothing_else_is_touched(
        key in key(),
        parts in prop::collection::vec((filling(), any::<u8>(), prop::collection::vec(any::<u8>(), 1..20)), 1..5),
        last in filling(),
        cuts in prop::collection::vec(any::<Index>(), 0..12),
    ) {
        // What must become stars is known exactly for plain and escaped keys.
        let (mut body, mut certain) = (Vec::new(), Vec::new());
        for (filling, form, ways) in &parts {
            body.extend_from_slice(filling);
            let raw: Vec<u8> = [&filling[..filling.len().min(2)], &key, b"end"].concat();
            let written = match form % 4 {
                0 => key.clone(),
                1 => spelled(&key, ways),
                2 => BASE64_STANDARD.encode(&raw).into_bytes(),
                _ => spelled(BASE64_URL_SAFE.encode(&raw).as_bytes(), ways),
            };
            if form % 4 < 2 {
                certain.push(body.len()..body.len() + written.len());
            }
            body.extend(written);
        }
        body.extend_from_slice(&last);

        let (clean, found) = redacted(&key, &body, &cuts);

        prop_assert!(found);
        prop_assert_eq!(clean.len(), body.len());
        prop_assert!(certain.iter().all(|range| clean[range.clone()].iter().all(|byte| *byte == b'*')));
        for text in [&clean, &read(&clean)] {
            for form in super::super::forms::key_patterns(&key) {
                prop_assert!(!holds(text, &form.text));
            }
        }
        // Whatever changed became a star, and only inside what was written in a form of the key.
        let whole = Redaction::new(&key);
        let mut at_once = body.clone();
        whole.overwrite(&mut at_once);
        prop_assert_eq!(&clean, &at_once);
        prop_assert!(body.iter().zip(&clean).all(|(before, after)| before == after || *after == b'*'));
    }

    #[test]
    fn a_body_without_the_key_is_untouched(
        key in key(),
        parts in prop::collection::vec(filling(), 0..6),
        cuts in prop::collection::vec(any::<Index>(), 0..12),
    ) {
        // Random text of this length does not hold a random key.
        let body = parts.concat();
        let (clean, found) = redacted(&key, &body, &cuts);
        prop_assert!(!found);
        prop_assert_eq!(clean, body);
    }
}

#[test]
fn no_bit_of_a_key_is_left_at_the_edges_of_its_base64() {
    let key = b"0123456789-key-of-some-length-xy";
    let redaction = Redaction::new(key);
    let pad = vec![b'.'; BLOCK + redaction.reach()];
    for (before, after) in (0..3).flat_map(|before| (0..3).map(move |after| (before, after))) {
        let raw = [vec![0xff; before], key.to_vec(), vec![0xff; after]].concat();
        let body = BASE64_STANDARD.encode(&raw).into_bytes();
        let (first, end) = (before * 8 / 6, ((before + key.len()) * 8).div_ceil(6));
        let mut expected = body.clone();
        expected[first..end].fill(b'*');
        for cut in 0..=body.len() {
            let mut redactor = Redactor::new(&redaction);
            let mut clean = Vec::new();
            for piece in [&pad[..], &body[..cut], &body[cut..]] {
                clean.extend(redactor.push(piece).into_iter().flatten());
            }
            clean.extend(redactor.finish().0);
            assert_eq!(&clean[pad.len()..], expected, "{before} before, {after} after, {cut}");
        }
    }
}

#[test]
fn a_word_is_not_taken_for_a_short_key() {
    let (clean, found) = redacted(b"image", b"an image", &[]);
    assert_eq!((clean.as_slice(), found), (&b"an image"[..], false));
}

#[test]
fn work_stays_in_proportion_to_a_hostile_body() {
    let key = b"%41%41%41%41%41%41%41%41%41%41%41%41%41%41%41B";
    // Were each start tried again for every escape behind it, this would not end.
    let body: Vec<u8> = b"%41".repeat(100_000);
    let (clean, found) = redacted(key, &body, &[]);
    assert_eq!((clean == body, found), (true, false));
}
