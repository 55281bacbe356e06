//! Values: whether one looks as random as a key, or like words that stand where a key belongs.

use crate::domain::SecretKind;

/// The shortest value that is looked at.
const SHORTEST: usize = 20;
/// The longest.
const LONGEST: usize = 256;

/// What people write where a key belongs, in lower case and without signs.
const PLACEHOLDERS: [&str; 25] = [
    "your",
    "example",
    "placeholder",
    "changeme",
    "change",
    "replace",
    "insert",
    "dummy",
    "fake",
    "sample",
    "secret",
    "redacted",
    "hidden",
    "apikey",
    "ideogram",
    "test",
    "here",
    "todo",
    "value",
    "token",
    "mykey",
    "none",
    "undefined",
    "mock",
    "qwerty",
];

/// How secrets start that are not Ideogram's, whatever they are assigned to.
const FOREIGN: [&str; 19] = [
    "sk-",
    "sk_",
    "pk_",
    "rk_",
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "xox",
    "AKIA",
    "AIza",
    "eyJ",
    "r8_",
    "hf_",
    "npm_",
    "sha1-",
    "sha256-",
    "sha512-",
];

/// The commonest pairs of letters in words.
const PAIRS: &str = "th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha \
    as ou io le ve co me de hi ri ro ic ne ea ra ce li ch ll be ma si om ur";

/// Says whether a value looks like a key: long, made of what keys are made of, and random.
pub(super) fn is_like_a_key(value: &str) -> bool {
    let is_long = (SHORTEST..=LONGEST).contains(&value.len());
    let is_ours = SecretKind::claimed_by(value).is_some();
    is_long
        && !is_ours
        && !is_foreign(value)
        && is_mixed(value)
        && !is_path(value)
        && !is_placeholder(value)
        && !is_words(value)
}

/// Says whether a value is nothing but hexadecimal digits, as digests and revisions are.
pub(super) fn is_hex(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Says whether a value begins as somebody else's secret.
fn is_foreign(value: &str) -> bool {
    FOREIGN.iter().any(|start| value.starts_with(start))
}

/// Random values of this length have digits, letters, and few of them twice in a row.
fn is_mixed(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    let has_runs = value.as_bytes().windows(4).any(is_run);
    digits >= 1
        && letters >= 4
        && digits + letters >= value.len() * 4 / 5
        && entropy(value) >= 3.0
        && !has_runs
}

/// Says whether each is the one before it, or the one after that: `xxxx`, `1234`, `abcd`.
fn is_run(bytes: &[u8]) -> bool {
    let steps = |step: u8| bytes.windows(2).all(|pair| pair[0].wrapping_add(step) == pair[1]);
    steps(0) || steps(1) && bytes[0].is_ascii_alphanumeric()
}

/// Returns the bits that a character of this text tells.
fn entropy(text: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in text.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let length = f64::from(counts.iter().sum::<u32>());
    let shares = counts.iter().filter(|count| **count > 0).map(|count| f64::from(*count) / length);
    shares.map(|share| -share * share.log2()).sum()
}

/// Says whether a value looks like a path or an address.
fn is_path(value: &str) -> bool {
    value.contains("//") || value.starts_with(['/', '.', '~']) || value.contains("/.")
}

/// Says whether a value holds a word that stands where a key belongs.
fn is_placeholder(value: &str) -> bool {
    let bare: String = value.chars().filter(char::is_ascii_alphanumeric).collect();
    let bare = bare.to_ascii_lowercase();
    PLACEHOLDERS.iter().any(|words| bare.contains(words))
}

/// Says whether letters follow each other as they do in words, and in random texts never.
fn is_words(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    let is_letters = |pair: &&[u8]| pair.iter().all(u8::is_ascii_lowercase);
    let pairs: Vec<_> = value.as_bytes().windows(2).filter(is_letters).collect();
    let is_common = |pair: &&&[u8]| PAIRS.split(' ').any(|common| common.as_bytes() == **pair);
    let common = pairs.iter().filter(is_common).count();
    pairs.len() >= 8 && common * 10 >= pairs.len() * 3
}
