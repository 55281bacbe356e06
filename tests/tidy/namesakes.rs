//! Type names that mean two things.

use super::source::{Kind, Source};
use std::collections::BTreeMap;

/// Returns the names that more than one file gives to a struct, an enum or a trait.
pub fn namesakes<'s>(sources: impl Iterator<Item = &'s Source>) -> Vec<String> {
    let mut homes: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for source in sources {
        for words in source.code.windows(2) {
            let is_item = ["struct", "enum", "trait"].contains(&words[0].text.as_str());
            if is_item && words[1].kind == Kind::Name {
                let place = format!("{}:{}", source.path, words[1].line);
                homes.entry(&words[1].text).or_default().push(place);
            }
        }
    }
    let shared = homes.iter().filter(|(_, places)| places.len() > 1);
    shared
        .map(|(name, places)| {
            format!("{}: `{name}` is one name for two things; say which", places.join(", "))
        })
        .collect()
}
