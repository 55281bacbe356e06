//! The forms a key may take before anything escapes them.

use base64::{Engine, alphabet, engine::GeneralPurpose, engine::general_purpose::NO_PAD};
use zeroize::Zeroizing;

const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, NO_PAD);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, NO_PAD);

/// A text that gives the key away.
pub(super) type Form = Zeroizing<Vec<u8>>;

/// Returns the key itself and its base64, in both alphabets, as it reads behind any number of
/// other bytes.
pub(super) fn of(key: &[u8]) -> Vec<Form> {
    let mut forms = vec![Zeroizing::new(key.to_vec())];
    for alphabet in [&STANDARD, &URL_SAFE] {
        for before in 0..3 {
            let form = in_base64(alphabet, before, key);
            if !forms.contains(&form) {
                forms.push(form);
            }
        }
    }
    forms
}

/// Returns the characters that the key alone decides when `before` bytes stand in front of it.
/// Those at the edges, which also hold bits of its neighbours, are left out.
fn in_base64(alphabet: &GeneralPurpose, before: usize, key: &[u8]) -> Form {
    let mut padded = Zeroizing::new(vec![0; before]);
    padded.extend_from_slice(key);
    let text = Zeroizing::new(alphabet.encode(&*padded));
    let (first, end) = ((before * 8).div_ceil(6), padded.len() * 8 / 6);
    Zeroizing::new(text.as_bytes()[first..end].to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base64_of_a_key_among_anything_holds_one_of_its_forms() {
        let key = b"a-key>>with??every//kind~~of bits";
        let forms = of(key);
        for before in 0..7_usize {
            for after in 0..4_usize {
                let text = [vec![0xff; before], key.to_vec(), vec![0xff; after]].concat();
                for alphabet in [&STANDARD, &URL_SAFE] {
                    let encoded = alphabet.encode(&text);
                    let holds = forms.iter().any(|form| {
                        encoded.as_bytes().windows(form.len()).any(|part| part == **form)
                    });
                    assert!(holds, "{before} before, {after} after");
                }
            }
        }
    }

    #[test]
    fn forms_that_read_alike_are_kept_once() {
        assert_eq!(of(b"0123456789abcdef").len(), 4);
    }
}
