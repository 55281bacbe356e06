//! Single characters as JSON and URLs may write them.

/// Returns how many bytes of `text` spell the longest reading of `form`, each character plain,
/// JSON-escaped or URL-escaped as it likes; `None` when it is not there. Letters of the hexadecimal
/// digits may have either case.
pub(super) fn spelled(text: &[u8], form: &[u8]) -> Option<usize> {
    let Some((&wanted, rest)) = form.split_first() else { return Some(0) };
    widths(text, wanted)
        .into_iter()
        .flatten()
        .find_map(|width| spelled(&text[width..], rest).map(|length| width + length))
}

/// Returns the character that an escape at the start of `text` stands for. `None` where the text
/// starts with a plain character.
pub(super) fn escaped(text: &[u8]) -> Option<u8> {
    long(text).map(|(byte, _)| byte).or_else(|| short(text))
}

/// Returns the character that `text` starts with, however it is written, and its width.
pub(super) fn first(text: &[u8]) -> Option<(u8, usize)> {
    let plain = || text.first().map(|byte| (*byte, 1));
    long(text).or_else(|| Some((short(text)?, 2))).or_else(plain)
}

/// Returns the character that `text` ends with, however it is written, and its width.
pub(super) fn last(text: &[u8]) -> Option<(u8, usize)> {
    let ends = |width: &usize| {
        first(&text[text.len().checked_sub(*width)?..]).filter(|found| found.1 == *width)
    };
    [LONGEST, 3, 2, 1].iter().find_map(ends)
}

/// The longest spelling of one character: `\u0041`.
pub(super) const LONGEST: usize = 6;

/// Returns the ways in which `text` may start with `wanted`. More than one only where the wanted
/// character is itself the start of an escape.
fn widths(text: &[u8], wanted: u8) -> [Option<usize>; 3] {
    [
        // The widest first: `spelled` takes the first that fits, and stars must cover all of an
        // escape.
        long(text).filter(|(byte, _)| *byte == wanted).map(|(_, width)| width),
        short(text).filter(|byte| *byte == wanted).map(|_| 2),
        text.first().filter(|byte| **byte == wanted).map(|_| 1),
    ]
}

/// `%41` or `\u0041`.
fn long(text: &[u8]) -> Option<(u8, usize)> {
    match text {
        [b'%', high, low, ..] => Some((byte(*high, *low)?, 3)),
        [b'\\', b'u', b'0', b'0', high, low, ..] => Some((byte(*high, *low)?, LONGEST)),
        _ => None,
    }
}

/// `\"`, `\\` or `\/`.
fn short(text: &[u8]) -> Option<u8> {
    match text {
        [b'\\', byte @ (b'"' | b'\\' | b'/'), ..] => Some(*byte),
        _ => None,
    }
}

fn byte(high: u8, low: u8) -> Option<u8> {
    let digit = |hex: u8| char::from(hex).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_through_any_mixture_of_escapes() {
        for text in ["a/b", r"a\/b", "a%2fb", "a%2Fb", r"\u0061\u002f%62", r"a\u002Fb"] {
            assert_eq!(spelled(text.as_bytes(), b"a/b"), Some(text.len()), "{text}");
        }
        for text in ["a/", "a%2", r"a\u002", "b/b", "a%2gb", r"a\nb", ""] {
            assert_eq!(spelled(text.as_bytes(), b"a/b"), None, "{text}");
        }
    }

    #[test]
    fn the_first_and_the_last_character_are_read_however_they_are_written() {
        for (text, letter, width) in [
            ("xa", b'a', 1),
            ("x%2F", b'/', 3),
            (r"x\u002f", b'/', 6),
            (r"x\/", b'/', 2),
            ("x2F", b'F', 1),
        ] {
            assert_eq!(last(text.as_bytes()), Some((letter, width)), "{text}");
            if width > 1 {
                assert_eq!(first(&text.as_bytes()[1..]), Some((letter, width)), "{text}");
            }
        }
        assert_eq!((first(b""), last(b"")), (None, None));
    }

    #[test]
    fn a_key_with_the_start_of_an_escape_in_it_is_read_both_ways() {
        assert_eq!(spelled(b"%41b", b"%41b"), Some(4));
        assert_eq!(spelled(b"%2541b", b"%41b"), Some(6));
        assert_eq!(spelled(br"\\b", br"\b"), Some(3));
        assert_eq!(spelled(br"\\b", br"\\b"), Some(3));
    }
}
