//! The sieve: short texts without which nothing can be found.

use crate::domain::SecretKind;
use aho_corasick::{AhoCorasick, BuildError, MatchKind};
use base64::{Engine, engine::general_purpose::STANDARD};

/// How Ideogram is written in names, without what differs between `ideogram` and `Ideogram`.
/// Its first letters are left out, since `id` and `Id` would need entries of their own.
const VENDOR: [&str; 3] = ["eogram", "EOGRAM", "eoGram"];

/// What a place may be the start of.
///
/// A place is only where it is worth to look closely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Landmark {
    /// A secret of ours, as it is.
    Plain,
    /// One in UTF-16, within something that is not.
    Wide,
    /// One in base64, this many bytes after a group of three began.
    Wrapped {
        /// 0, 1 or 2.
        shift: usize,
    },
    /// Ideogram's name.
    Vendor,
}

/// Finds the places that deserve a close look, at the speed of memory.
///
/// All texts are searched for at once, in one pass.
#[derive(Debug)]
pub(super) struct Landmarks {
    /// The short texts.
    texts: AhoCorasick,
    /// What each of them is the start of.
    marks: Vec<Landmark>,
}

impl Landmarks {
    /// Returns the sieve.
    pub(super) fn new() -> Result<Self, BuildError> {
        let (texts, marks): (Vec<_>, Vec<_>) = all().into_iter().unzip();
        let texts = AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(texts)?;
        Ok(Self { texts, marks })
    }

    /// Returns the places in a text, from left to right.
    ///
    /// They do not overlap.
    pub(super) fn places<'a>(
        &'a self,
        text: &'a [u8],
    ) -> impl Iterator<Item = (usize, Landmark)> + 'a {
        let found = self.texts.find_iter(text);
        found.map(|found| (found.start(), self.marks[found.pattern().as_usize()]))
    }
}

/// Returns the short texts, with what each is the start of.
fn all() -> Vec<(Vec<u8>, Landmark)> {
    let mut all = Vec::new();
    for kind in SecretKind::ALL {
        let prefix = kind.prefix();
        all.push((prefix.into(), Landmark::Plain));
        all.push((wide(prefix), Landmark::Wide));
        let wrapped = |shift| (wrapped(prefix, shift), Landmark::Wrapped { shift });
        all.extend((0..3).map(wrapped));
    }
    all.extend(VENDOR.iter().map(|name| ((*name).into(), Landmark::Vendor)));
    all
}

/// Returns a text in UTF-16 without the byte that only one of its two orders has at the end.
fn wide(text: &str) -> Vec<u8> {
    let mut wide: Vec<_> = text.bytes().flat_map(|byte| [byte, 0]).collect();
    wide.pop();
    wide
}

/// Returns the characters that base64 always has for a text at this place of a group.
fn wrapped(text: &str, shift: usize) -> Vec<u8> {
    let padded = [&[0; 2][..shift], text.as_bytes()].concat();
    let certain = (8 * shift).div_ceil(6)..8 * padded.len() / 6;
    STANDARD.encode(padded)[certain].into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_in_base64_starts_in_one_of_three_ways() {
        let starts = [0, 1, 2].map(|shift| String::from_utf8(wrapped("idg_", shift)).unwrap());
        assert_eq!(starts, ["aWRnX", "lkZ1", "pZGdf"]);
    }

    /// Places do not overlap, so a text that begins within another would be missed.
    #[test]
    fn no_landmark_begins_within_another() {
        for (one, _) in all() {
            for (other, _) in all() {
                for cut in 1..one.len() {
                    assert!(!other.starts_with(&one[cut..]), "{one:?} {other:?}");
                    assert!(!one[cut..].starts_with(&other), "{one:?} {other:?}");
                }
            }
        }
    }

    #[test]
    fn each_landmark_is_told_with_its_place() {
        let landmarks = Landmarks::new().unwrap();
        let text = b"..idg_..IDEOGRAM..o\0d\0g\0_i\0d\0o\0_..aWRvX";
        let places: Vec<_> = landmarks.places(text).collect();
        let wrapped = Landmark::Wrapped { shift: 0 };
        let expected =
            [(2, Landmark::Plain), (10, Landmark::Vendor), (25, Landmark::Wide), (34, wrapped)];
        assert_eq!(places, expected);
    }
}
