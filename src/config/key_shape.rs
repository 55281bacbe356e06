//! What a text that was given for a key of Ideogram's is instead.
//!
//! No form is asked of a key. Refused is only what stands in its place by a slip: quotes, a placeholder, a
//! header, another secret.

use crate::domain::SecretKind;

/// Returns what is wrong with a text, without repeating any of it.
///
/// `None` means that the text may be a key, not that Ideogram knows it. The first rule that holds is told,
/// in an order that names the cause before what follows from it.
pub(super) fn problem(text: &str) -> Option<&'static str> {
    let lower = text.trim().to_ascii_lowercase();
    let rules: [(bool, &'static str); 8] = [
        (text.starts_with('\u{feff}'), "begins with a byte order mark: save it without one"),
        (
            // Quotes are told before a NAME= inside them: whoever takes them away sees the rest.
            is_quoted(text.trim()),
            "has quotes around it, which `docker run --env-file` and some others leave: take them away",
        ),
        (
            lower.starts_with("bearer ") || lower.starts_with("api-key:"),
            "has the name of a header in front: give the key alone",
        ),
        (names_variable(text.trim()), "has NAME= in front: give the key alone"),
        (
            SecretKind::claimed_by(text.trim()).is_some(),
            "is a token of ideogate's own, which apps or operators hold: give the key that Ideogram gave",
        ),
        (is_placeholder(&lower), "is a placeholder, not a key"),
        (text.trim().lines().count() > 1, "has more than one line"),
        (text != text.trim(), "has white space at its beginning or end"),
    ];
    rules.into_iter().find(|(holds, _)| *holds).map(|(_, problem)| problem)
}

/// Says whether a quote stands at either end, straight or typographic: one alone is left of a pair that was
/// cut.
fn is_quoted(text: &str) -> bool {
    let quotes = ['"', '\'', '`', '“', '”', '‘', '’', '«', '»'];
    text.starts_with(quotes) || text.ends_with(quotes)
}

/// A key may end in `=`, as base64 does, but has no name and a `=` before anything else.
///
/// Says whether a text is a whole line `NAME=value` instead of the value.
fn names_variable(text: &str) -> bool {
    let text = text.strip_prefix("export ").unwrap_or(text);
    let Some((name, value)) = text.split_once('=') else { return false };
    let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let is_name = name.len() > 2 && name.chars().all(plain) && name.contains('_')
        || matches!(name, "KEY" | "APIKEY" | "IDEOGRAM" | "TOKEN");
    is_name && !value.trim_start_matches('=').is_empty()
}

/// Says whether a text stands where a key is to be filled in. It expects lower case.
fn is_placeholder(lower: &str) -> bool {
    let whole =
        ["changeme", "change-me", "change_me", "todo", "none", "null", "undefined", "secret"];
    let parts =
        ["your-", "your_", "yourkey", "replace-me", "replace_me", "placeholder", "api_key_here"];
    let is_one_letter = |c: char| lower.len() > 2 && lower.chars().all(|other| other == c);
    lower.starts_with(['<', '$', '%'])
        || lower.starts_with("{{")
        || ['x', '*', '.', '…', '-', '0'].into_iter().any(is_one_letter)
        || whole.contains(&lower)
        || parts.iter().any(|part| lower.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_key_is_told_by_what_it_is() {
        for (text, told) in [
            ("\"abcdef\"", "quotes"),
            ("'abcdef'", "quotes"),
            ("\u{201c}abcdef\u{201d}", "quotes"),
            ("abcdef\"", "quotes"),
            ("IDEOGRAM_API_KEY=abcdef", "NAME="),
            ("export IDEOGRAM_API_KEY=abcdef", "NAME="),
            ("\"IDEOGRAM_API_KEY=abcdef\"", "quotes"),
            ("Bearer abcdef", "header"),
            ("Api-Key: abcdef", "header"),
            ("idg_prod_abcdef", "token of ideogate"),
            ("ido_abcdef", "token of ideogate"),
            ("<your key>", "placeholder"),
            ("your-api-key", "placeholder"),
            ("${IDEOGRAM_API_KEY}", "placeholder"),
            ("$KEY", "placeholder"),
            ("{{ key }}", "placeholder"),
            ("xxxxxxxx", "placeholder"),
            ("changeme", "placeholder"),
            (" abcdef", "white space"),
            ("abc\ndef", "more than one line"),
            ("\u{feff}abcdef", "byte order mark"),
        ] {
            let said = problem(text).unwrap_or_else(|| panic!("{text} is taken"));
            assert!(said.contains(told), "{text}: {said}");
            assert!(!said.contains("abcdef"));
        }
    }

    #[test]
    fn keys_of_all_shapes_are_taken() {
        for key in
            ["abc", "p-1", "real/key+of=the.tests-Zk8Q", "Zk8Q==", "AbC9_x-Y", "simulator", "A_B="]
        {
            assert_eq!(problem(key), None, "{key}");
        }
    }
}
