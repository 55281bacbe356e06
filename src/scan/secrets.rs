//! Secrets of ours, told from look-alikes by their checksum.

use super::{finding::Leak, landmarks::Landmark};
use crate::domain::SecretKind;
use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// Digits that end every secret of ours.
const DIGITS: usize = 49;
/// The longest secret of ours: a prefix, the longest name of an environment, a line, the digits.
const LONGEST: usize = 4 + 32 + 1 + DIGITS;

/// Returns the secret that starts at a landmark, if one does.
///
/// Only a text with the right checksum is one, so that examples in documents are none.
pub(super) fn at(text: &[u8], place: usize, mark: Landmark) -> Option<Leak> {
    match mark {
        Landmark::Plain => secret(&text[place..]),
        Landmark::Wide => secret(&narrowed(&text[place..])),
        Landmark::Wrapped { shift } => {
            let group = place.checked_sub((8 * shift).div_ceil(6))?;
            secret(unwrapped(&text[group..])?.get(shift..)?)
        }
        Landmark::Vendor => None,
    }
}

/// Returns the secret that a text starts with, whatever follows it.
///
/// What follows the last digit does not matter.
fn secret(text: &[u8]) -> Option<Leak> {
    let text = &text[..text.len().min(LONGEST)];
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte);
    let length = text.iter().take_while(|byte| is_part(byte)).count();
    let text = str::from_utf8(&text[..length]).ok()?;
    let kind = SecretKind::claimed_by(text)?;
    let public = match kind {
        SecretKind::Client => text.match_indices('_').nth(1)?.0 + 1,
        SecretKind::Operator => kind.prefix().len(),
    };
    let text = text.get(..public + DIGITS)?;
    kind.check(text).ok()?;
    let redacted = format!("{}…{}", &text[..public], &text[text.len() - 4..]);
    Some(match kind {
        SecretKind::Client => {
            let environment = text[kind.prefix().len()..public - 1].parse().ok()?;
            Leak::Token { environment, redacted }
        }
        SecretKind::Operator => Leak::OperatorToken { redacted },
    })
}

/// Returns every second byte, as long as those between are zero.
fn narrowed(text: &[u8]) -> Vec<u8> {
    let pairs = text.chunks(2).take(LONGEST);
    let mut narrow = Vec::with_capacity(LONGEST);
    for pair in pairs {
        narrow.push(pair[0]);
        if pair.get(1) != Some(&0) {
            break;
        }
    }
    narrow
}

/// Returns what the base64 that a text starts with stands for, in either alphabet.
fn unwrapped(text: &[u8]) -> Option<Vec<u8>> {
    const GROUPS: usize = LONGEST.div_ceil(3) + 1;
    let standard = |byte: &u8| match byte {
        b'-' => Some(b'+'),
        b'_' => Some(b'/'),
        b'+' | b'/' => Some(*byte),
        _ => byte.is_ascii_alphanumeric().then_some(*byte),
    };
    let mut digits: Vec<_> = text.iter().map_while(standard).take(4 * GROUPS).collect();
    // One digit alone stands for nothing.
    if digits.len() % 4 == 1 {
        digits.pop();
    }
    // The secret stands in the midst of a longer text: no padding ends it, and its last digit may hold bits of
    // what follows.
    let forgiving = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(&STANDARD, forgiving).decode(digits).ok()
}
