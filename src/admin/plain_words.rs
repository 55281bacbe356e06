//! What a parser says of a request, in words.

/// What stands before the field that a parser names.
const PREFIXES: [&str; 3] = [
    "Failed to deserialize query string: ",
    "Failed to deserialize the JSON body into the target type: ",
    "Failed to parse the request body as JSON: ",
];
/// What a parser says of a field, and what is meant.
const MEANINGS: [(&str, &str); 8] = [
    ("invalid digit found in string", "must be a whole number"),
    ("cannot parse integer from empty string", "must be a whole number"),
    ("number too large to fit in target type", "is too large a number"),
    ("number too small to fit in target type", "is too small a number"),
    ("provided string was not `true` or `false`", "must be true or false"),
    ("EOF while parsing", "is no whole JSON"),
    ("trailing characters", "is no JSON: something follows after its end"),
    ("recursion limit exceeded", "is nested too deep"),
];

/// Returns what a parser said, with the field it is about and what is allowed there.
pub(super) fn plain(said: &str) -> String {
    let said = PREFIXES.iter().find_map(|prefix| said.strip_prefix(prefix)).unwrap_or(said);
    let (said, place) = match said.rsplit_once(" at line ") {
        Some((said, place)) => (said, format!(" (line {})", place.replace(" column", ", column"))),
        None => (said, String::new()),
    };
    // The path of a field comes first, and what is wrong with it after that.
    let (field, wrong) = match said.split_once(": ") {
        Some((field, wrong)) if !field.contains(' ') => (field, wrong),
        _ => ("", said),
    };
    let words = meaning(wrong);
    if field.is_empty() { format!("{words}{place}") } else { format!("{field} {words}{place}") }
}

fn meaning(wrong: &str) -> String {
    if let Some((_, meaning)) = MEANINGS.iter().find(|(said, _)| wrong.starts_with(said)) {
        return (*meaning).to_owned();
    }
    let quoted: Vec<_> = wrong.split('`').skip(1).step_by(2).collect();
    match quoted.as_slice() {
        [name, allowed @ ..] if wrong.starts_with("unknown field") => {
            format!("'{name}' is unknown here{}", list("; there are ", allowed))
        }
        [name, allowed @ ..] if wrong.starts_with("unknown variant") => {
            format!("'{name}' is not allowed{}", list("; allowed are ", allowed))
        }
        [name, ..] if wrong.starts_with("missing field") => format!("{name} must be given"),
        [name, ..] if wrong.starts_with("duplicate field") => format!("{name} is given twice"),
        _ => expectation(wrong),
    }
}

fn list(before: &str, allowed: &[&str]) -> String {
    if allowed.is_empty() { String::new() } else { format!("{before}{}", allowed.join(", ")) }
}

/// Says what was expected, by the kinds of JSON.
fn expectation(wrong: &str) -> String {
    let is_kind = ["invalid type", "invalid value", "invalid length"];
    let Some((_, expected)) = wrong
        .rsplit_once("expected ")
        .filter(|_| is_kind.iter().any(|kind| wrong.starts_with(kind)))
    else {
        return if wrong.starts_with("expected") || wrong.contains("control character") {
            "is no JSON".to_owned()
        } else {
            wrong.to_owned()
        };
    };
    let kind = match expected {
        "a string" | "a borrowed string" => "a text",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "an object",
        text if text.starts_with("struct ") => "an object",
        text if text.starts_with(['u', 'i', 'n']) => "a whole number",
        _ => "of another kind",
    };
    format!("must be {kind}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{Json, extract::Query};
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only what is wrong with it is looked at")]
    struct Asked {
        limit: Option<u32>,
        names: Vec<String>,
    }

    fn query(text: &str) -> String {
        let uri = format!("/?{text}").parse().unwrap();
        plain(&Query::<Asked>::try_from_uri(&uri).unwrap_err().body_text())
    }

    fn body(text: &str) -> String {
        plain(&Json::<Asked>::from_bytes(text.as_bytes()).unwrap_err().body_text())
    }

    #[test]
    fn what_is_wrong_is_told_by_the_field_and_what_is_allowed_there() {
        assert_eq!(query("limit=x"), "limit must be a whole number");
        let unknown = query("lmit=1");
        assert!(unknown.contains("'lmit' is unknown here; there are limit, names"), "{unknown}");
        assert_eq!(query("limit=1&limit=2"), "limit is given twice");
        assert_eq!(body(r#"{"names": 1}"#), "names must be a list (line 1, column 11)");
        assert_eq!(body(r#"{"limit": 1}"#), "names must be given (line 1, column 12)");
        let odd = ["[]", "x", "", "{", r#"{"names": [1]}"#, r#"{"names": [], "limit": -1}"#];
        for told in odd.map(body) {
            for private in ["expected", "struct", "invalid", "u32", "`", "deserialize", "EOF"] {
                assert!(!told.contains(private), "{told}");
            }
        }
    }
}
