//! Filters of the log, of which one that is misunderstood silences everything.
//!
//! The library that applies filters skips what it does not understand, so that a slip would show less than
//! was meant, and tell nobody.

use super::{nearest::nearest, section::InvalidValue, tree::Node, values::text};
use tracing_subscriber::EnvFilter;

/// The levels, from the one that shows nothing to the one that shows all.
const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// What other programs call these levels.
const ELSEWHERE: [(&str, &str); 14] = [
    ("warning", "warn"),
    ("err", "error"),
    ("fatal", "error"),
    ("critical", "error"),
    ("crit", "error"),
    ("panic", "error"),
    ("notice", "info"),
    ("information", "info"),
    ("informational", "info"),
    ("verbose", "debug"),
    ("all", "trace"),
    ("none", "off"),
    ("silent", "off"),
    ("quiet", "off"),
];

/// What a refusal shows as the right form.
const EXAMPLE: &str = "must be a filter like \"info\" or \"info,ideogate=debug\"";

/// The target of everything that ideogate logs.
const OWN: &str = "ideogate";

/// Reads a filter in which every part names a level, and which does not leave the errors out unsaid.
///
/// Spaces around commas are taken away. Levels may be written in any case, or as numbers from 0 to 5. A
/// filter without a level for all of ideogate is refused: `off` must be said for it.
pub(super) fn filter(node: &Node) -> Result<Box<str>, InvalidValue> {
    let written = text(node)?;
    let parts: Vec<&str> = written.split(',').map(str::trim).filter(|p| !p.is_empty()).collect();
    let wrong: Vec<String> = parts.iter().filter_map(|part| problem(part)).collect();
    if !wrong.is_empty() {
        return Err(node.reject(wrong.join("; ")));
    }
    // A space behind a comma would become part of a name.
    let filter = parts.join(",");
    if filter.is_empty() || EnvFilter::builder().parse(&filter).is_err() {
        return Err(node.reject(EXAMPLE));
    }
    if !parts.iter().any(|part| covers_all(part)) {
        return Err(node.reject(format!(
            "would show nothing of the rest of ideogate, not even its errors: put a level in front, \
             as in \"info,{filter}\", or \"off,{filter}\" if that is meant"
        )));
    }
    Ok(filter.into())
}

/// Returns what is wrong with one part of a filter.
///
/// Parts are levels, or targets with a level behind `=`. A target of another crate is not checked, but for
/// one that is a slip of `ideogate`.
fn problem(part: &str) -> Option<String> {
    // The last `=` may stand in the fields of a span, as in `ideogate[call{id=7}]`, and then no level follows.
    let Some((target, level)) = part.rsplit_once('=').filter(|(_, level)| !level.contains(']'))
    else {
        return (!is_level(part)).then(|| of_bare_word(part));
    };
    if target.is_empty() {
        return Some(EXAMPLE.to_owned());
    }
    let target = target.split('[').next().unwrap_or_default();
    if !is_level(level) {
        return Some(format!("{} in \"{part}\"", of_level(level)));
    }
    let first = target.split("::").next().unwrap_or_default();
    let near = nearest(first, [OWN]).filter(|near| *near != first)?;
    let meant = part.replacen(first, near, 1);
    Some(format!("nothing is called {first}; did you mean \"{meant}\"?"))
}

/// Says whether a part says how much of everything is shown.
///
/// A target counts if ideogate's own begins with it, as the filter compares targets by their beginning.
fn covers_all(part: &str) -> bool {
    is_level(part)
        || part
            .split_once('=')
            // The filter compares targets by their beginning, so that `ideo` covers all of ideogate.
            .is_some_and(|(target, _)| !target.is_empty() && OWN.starts_with(target))
}

/// Says whether a word is a level, in any case, or a number that stands for one.
fn is_level(word: &str) -> bool {
    LEVELS.iter().any(|level| level.eq_ignore_ascii_case(word))
        || matches!(word, "0" | "1" | "2" | "3" | "4" | "5")
}

/// Returns the level that a word means elsewhere, or else the nearest one.
fn meant(word: &str) -> Option<&'static str> {
    let word = word.to_ascii_lowercase();
    let elsewhere = ELSEWHERE.iter().find(|(other, _)| *other == word).map(|(_, level)| *level);
    elsewhere.or_else(|| nearest(&word, LEVELS))
}

/// Returns what is told of a part that is a single word and no level.
fn of_bare_word(word: &str) -> String {
    match meant(word) {
        Some(level) => format!("\"{word}\" is no level; did you mean \"{level}\"?"),
        None => format!(
            "\"{word}\" names no level, and the log would be silent: write \"info\", or \
             \"info,{word}=debug\""
        ),
    }
}

/// Returns what is told of a word behind `=` that is no level.
fn of_level(word: &str) -> String {
    match meant(word) {
        Some(level) => format!("\"{word}\" is no level; did you mean \"{level}\"?"),
        None => format!("\"{word}\" is no level, which are {}", LEVELS.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{origin::SettingOrigin, tree::SettingValue};

    fn read(text: &str) -> Result<Box<str>, String> {
        let node = Node { value: SettingValue::Text(text.into()), origin: SettingOrigin::Default };
        filter(&node).map_err(|refused| format!("{refused:?}"))
    }

    #[test]
    fn a_word_that_is_no_level_is_told_with_the_level_that_was_meant() {
        for (text, meant) in [
            ("warning", "warn"),
            ("WARNING", "warn"),
            ("info,ideogate=warning", "warn"),
            ("dbug", "debug"),
            ("info,hyper=eror", "error"),
            ("warn,verbose", "debug"),
            ("info,[request]=infos", "info"),
            ("info,idoegate=debug", "ideogate"),
        ] {
            let said = read(text).unwrap_err();
            assert!(said.contains("did you mean") && said.contains(meant), "{text}: {said}");
        }
    }

    #[test]
    fn a_part_without_a_level_and_a_filter_without_errors_are_refused() {
        for text in ["ideogate", "hyper", "info,tokio", "[request]", "info,ideogate=", ",", "=info"]
        {
            assert!(read(text).is_err(), "{text}");
        }
        let said = read("ideogate::admission=debug").unwrap_err();
        assert!(said.contains("info,ideogate::admission=debug"), "{said}");
    }

    #[test]
    fn what_names_its_levels_is_taken_and_spaces_do_not_count() {
        for (text, taken) in [
            ("info", "info"),
            ("WARN", "WARN"),
            ("off", "off"),
            ("3", "3"),
            ("ideogate=debug", "ideogate=debug"),
            (
                "info, ideogate::admission=debug ,hyper=off",
                "info,ideogate::admission=debug,hyper=off",
            ),
            ("warn,[request{status=200}]=debug", "warn,[request{status=200}]=debug"),
            ("off,ideogate::calls=trace", "off,ideogate::calls=trace"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(taken));
        }
    }
}
