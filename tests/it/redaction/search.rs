//! What is looked for is found, however it is written; and nothing else is.

use crate::support::sweep::{Canary, Kind, Leak, Sieve, Sink, spell};

/// A secret with a character for everything that some spelling treats on its own.
const SECRET: &[u8] = br#"Zq8/Kv+3w=X"p\7&Jt<5>R'g%1d_Ls-9.bN~4yH"#;

fn sieve() -> Sieve {
    Sieve::of(&[Canary { kind: Kind::Key, text: SECRET.to_vec() }])
}

fn leaks(text: &[u8]) -> Vec<Leak> {
    sieve().leaks(text, Sink::Log, "")
}

#[test]
fn a_secret_is_found_in_every_spelling_and_told_without_it() {
    let spellings = spell(SECRET);
    assert!(spellings.len() > 40, "{}", spellings.len());
    let sieve = sieve();
    for (encoding, secret) in spellings {
        for (before, after) in [("", ""), ("key=", "&x"), ("\"", "\""), ("aaa", "AAA")] {
            let text = [before.as_bytes(), &secret, after.as_bytes()].concat();
            let found = sieve.leaks(&text, Sink::Log, "a place");
            assert!(!found.is_empty(), "{encoding}");
            for leak in found {
                let told = leak.to_string();
                assert!(told.contains("a place") && told.contains("********"), "{told}");
                let shown = sieve.leaks(told.as_bytes(), Sink::Log, "");
                assert!(shown.is_empty(), "{encoding}: {told}");
            }
        }
    }
}

#[test]
fn sixteen_letters_of_a_secret_are_a_leak_wherever_they_begin() {
    let sieve = sieve();
    for first in 0..=SECRET.len() - 16 {
        for (encoding, part) in spell(&SECRET[first..first + 16]) {
            // What base64 shows of sixteen bytes depends on where they begin within three.
            if encoding.starts_with("base64") {
                continue;
            }
            let text = [b"<", &part[..], b">"].concat();
            assert!(!sieve.leaks(&text, Sink::Log, "").is_empty(), "{encoding} from {first}");
        }
    }
    for (encoding, whole) in spell(SECRET).iter().filter(|(name, _)| name.starts_with("base64")) {
        for part in whole.windows(22) {
            assert!(!sieve.leaks(part, Sink::Log, "").is_empty(), "{encoding}");
        }
    }
}

#[test]
fn the_end_of_a_key_that_names_it_is_no_leak() {
    let end = &SECRET[SECRET.len() - 4..];
    assert_eq!(leaks(&[b"key_version\":\"...", end].concat()), []);
    // Less than a window says too little to be told from chance.
    assert_eq!(leaks(&SECRET[..15]), []);
}

#[test]
fn a_short_secret_is_found_only_as_a_whole() {
    let sieve = Sieve::of(&[Canary { kind: Kind::Prompt, text: b"a heron".to_vec() }]);
    for (encoding, text) in spell(b"a heron") {
        assert!(!sieve.leaks(&text, Sink::Log, "").is_empty(), "{encoding}");
    }
    assert_eq!(sieve.leaks(b"a hero", Sink::Log, ""), []);
}

#[test]
fn a_secret_is_found_wherever_a_large_file_is_cut() {
    use std::io::{Seek, SeekFrom, Write};
    let sieve = sieve();
    let block = 256 * 1024;
    for (encoding, secret) in spell(SECRET) {
        for at in [0, block - secret.len() / 2, block, 2 * block - 1, 3 * block + 17] {
            let mut file = tempfile::tempfile().unwrap();
            file.set_len(4 * block as u64).unwrap();
            file.seek(SeekFrom::Start(at as u64)).unwrap();
            file.write_all(&secret).unwrap();
            file.rewind().unwrap();
            let found = sieve.leaks_in_file(&file, Sink::File, "a file").unwrap();
            assert!(!found.is_empty(), "{encoding} at {at}");
        }
    }
}

#[test]
fn some_secrets_may_be_in_some_places() {
    let found = |kind, sink| {
        let sieve = Sieve::of(&[Canary { kind, text: SECRET.to_vec() }]);
        !sieve.leaks(SECRET, sink, "").is_empty()
    };
    let sinks = [
        Sink::Log,
        Sink::Stdout,
        Sink::Command,
        Sink::Audit,
        Sink::File,
        Sink::Spooled,
        Sink::Metrics,
        Sink::Own,
        Sink::Passed,
        Sink::Admin,
        Sink::Arguments,
    ];
    for kind in [
        Kind::Key,
        Kind::Token,
        Kind::OperatorToken,
        Kind::WebhookSecret,
        Kind::KeyFile,
        Kind::IdempotencyKey,
    ] {
        assert!(sinks.iter().all(|sink| found(kind, *sink)), "{kind:?}");
    }
    for kind in [Kind::Prompt, Kind::SignedLink] {
        let fine: Vec<_> = sinks.iter().filter(|sink| !found(kind, **sink)).collect();
        assert_eq!(fine, [&Sink::Spooled, &Sink::Passed], "{kind:?}");
    }
    let fine: Vec<_> = sinks.iter().filter(|sink| !found(Kind::EndUser, **sink)).collect();
    assert_eq!(fine, [&Sink::Command, &Sink::Admin]);
}
