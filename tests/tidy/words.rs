//! The words of the architecture page: each has a type, which is where the table says.

use super::source::{Kind, Source, Word};
use std::collections::BTreeSet;

/// Returns what is wrong with the table: rows without a type, and types that their rooms do not have.
pub fn words<'s>(page: &str, sources: impl Iterator<Item = &'s Source>) -> Vec<String> {
    let known: BTreeSet<String> = sources.flat_map(types).collect();
    let mut found = Vec::new();
    for row in rows(page) {
        // What stands between the first two bars is the word, and behind them its types.
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let named = cells.get(2).copied().unwrap_or_default().split('`').skip(1).step_by(2);
        let named: Vec<&str> = named.collect();
        if named.is_empty() {
            found.push(format!("{}: no type; name the one that it is", cells[1]));
        }
        let missing = named.iter().filter(|name| !known.contains(**name));
        found.extend(missing.map(|name| format!("{}: there is no `{name}`", cells[1])));
    }
    found
}

/// Returns the rows of the table below "The words", without its head.
fn rows(page: &str) -> impl Iterator<Item = &str> {
    let section = page.lines().skip_while(|line| *line != "## The words").skip(1);
    let section = section.take_while(|line| !line.starts_with("## "));
    section.filter(|line| line.starts_with('|')).skip(2)
}

/// Returns the types of a file, each with its room: `ledger::Hold`.
fn types(source: &Source) -> Vec<String> {
    let module = source.module();
    let Some(room) = module.first() else { return Vec::new() };
    let declared = |words: &[Word]| {
        let is_item = ["struct", "enum", "trait", "type"].contains(&words[0].text.as_str());
        (is_item && words[1].kind == Kind::Name).then(|| format!("{room}::{}", words[1].text))
    };
    source.code.windows(2).filter_map(declared).collect()
}
