//! The forms a key may take before anything escapes them.

use base64::{Engine, alphabet, engine::GeneralPurpose, engine::general_purpose::NO_PAD};
use zeroize::Zeroizing;

const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, NO_PAD);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, NO_PAD);

/// A text that gives the key away. It is wiped when it is dropped.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct KeyPattern {
    /// What the key alone decides.
    pub(super) text: Zeroizing<Vec<u8>>,
    /// The letter in front of it, when that holds bits of the key beside others.
    pub(super) before: Option<Edge>,
    /// The letter behind it.
    pub(super) after: Option<Edge>,
}

/// A letter of base64 of which the key decides some of the six bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edge {
    mask: u8,
    bits: u8,
}

impl Edge {
    /// Says whether a letter can stand at this edge.
    pub(super) fn fits(self, letter: u8) -> bool {
        value(letter).is_some_and(|value| value & self.mask == self.bits)
    }
}

/// Returns the key itself and its base64, in both alphabets, as it reads behind any number of
/// other bytes. Forms that read alike are kept once. Base64 is that of RFC 4648, with and without
/// padding: the padding holds nothing of the key.
pub(super) fn key_patterns(key: &[u8]) -> Vec<KeyPattern> {
    let text = Zeroizing::new(key.to_vec());
    let mut forms = vec![KeyPattern { text, before: None, after: None }];
    for alphabet in [&STANDARD, &URL_SAFE] {
        // Three bytes are four letters, so what stands before the key makes it read in one of three
        // ways.
        for before in 0..3 {
            let form = in_base64(alphabet, before, key);
            if !forms.contains(&form) {
                forms.push(form);
            }
        }
    }
    forms
}

/// Returns the letters that the key alone decides when `before` bytes stand in front of it, and
/// those at the edges, which hold bits of its neighbours too.
fn in_base64(alphabet: &GeneralPurpose, before: usize, key: &[u8]) -> KeyPattern {
    let mut padded = Zeroizing::new(vec![0; before]);
    padded.extend_from_slice(key);
    let text = Zeroizing::new(alphabet.encode(&*padded));
    let text = text.as_bytes();
    let (first, end) = ((before * 8).div_ceil(6), padded.len() * 8 / 6);
    // The neighbours' bits are zero here.
    let edge = |at: usize, mask: u8| {
        let bits = text.get(at).copied().and_then(value)?;
        Some(Edge { mask, bits })
    };
    let low = [None, Some(0b00_1111), Some(0b00_0011)][before];
    let high = [None, Some(0b11_0000), Some(0b11_1100)][padded.len() % 3];
    KeyPattern {
        text: Zeroizing::new(text[first..end].to_vec()),
        before: low.and_then(|mask| edge(first.checked_sub(1)?, mask)),
        after: high.and_then(|mask| edge(end, mask)),
    }
}

/// Returns what a letter of either alphabet stands for.
fn value(letter: u8) -> Option<u8> {
    match letter {
        b'A'..=b'Z' => Some(letter - b'A'),
        b'a'..=b'z' => Some(letter - b'a' + 26),
        b'0'..=b'9' => Some(letter - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base64_of_a_key_among_anything_holds_one_of_its_forms() {
        let key = b"a-key>>with??every//kind~~of bits";
        let forms = key_patterns(key);
        for before in 0..7_usize {
            for after in 0..4_usize {
                let text = [vec![0xff; before], key.to_vec(), vec![0xff; after]].concat();
                for alphabet in [&STANDARD, &URL_SAFE] {
                    let encoded = alphabet.encode(&text);
                    let holds = forms.iter().any(|form| {
                        encoded.as_bytes().windows(form.text.len()).any(|part| *part == **form.text)
                    });
                    assert!(holds, "{before} before, {after} after");
                }
            }
        }
    }

    #[test]
    fn the_letters_at_the_edges_are_told_by_the_bits_that_they_share() {
        let key = b"a-key>>with??every//kind~~of bits";
        let forms = key_patterns(key);
        for before in 0..6_usize {
            for (after, filling) in [(0, 0), (1, 0xff), (2, 0x5a), (3, 0x00)] {
                let text = [vec![filling; before], key.to_vec(), vec![filling; after]].concat();
                let encoded = STANDARD.encode(&text).into_bytes();
                let form = &forms[1 + before % 3];
                let at = (before * 8).div_ceil(6);
                let end = at + form.text.len();
                assert_eq!(&encoded[at..end], &**form.text);
                assert_eq!(form.before.is_some(), before % 3 > 0);
                assert!(form.before.is_none_or(|edge| edge.fits(encoded[at - 1])));
                assert!(form.after.is_none_or(|edge| edge.fits(encoded[end])));
            }
        }
        let edge = Edge { mask: 0b11_0000, bits: 0b10_0000 };
        assert!(edge.fits(b'g') && edge.fits(b'v') && !edge.fits(b'f') && !edge.fits(b'='));
    }

    #[test]
    fn forms_that_read_alike_are_kept_once() {
        assert_eq!(key_patterns(b"0123456789abcdef").len(), 4);
    }
}
