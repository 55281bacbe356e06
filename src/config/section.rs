//! Reads a table of settings key by key, and remembers what was read.
//!
//! Whatever is not asked for is a mistake, so that a key that is read nowhere cannot be set in vain.

use super::{
    field_error::FieldError,
    nearest::nearest,
    origin::SettingOrigin,
    tree::{Node, SettingTable, SettingValue, abbreviate, join},
};
use std::{cell::RefCell, collections::BTreeMap};

/// A value does not fit; what it should be.
///
/// It becomes a mistake once the reader adds the path of the key.
#[derive(Debug)]
pub(super) struct InvalidValue {
    /// The value, if it may be shown.
    shown: Option<String>,
    /// Where it comes from.
    origin: SettingOrigin,
    /// What is wrong, or what is allowed.
    problem: String,
}

impl Node {
    /// Returns the refusal of this value.
    ///
    /// The value is shown with it, cut off when it is long.
    pub(super) fn reject(&self, problem: impl Into<String>) -> InvalidValue {
        InvalidValue {
            shown: Some(self.abbreviate()),
            origin: self.origin.clone(),
            problem: problem.into(),
        }
    }

    /// Returns the refusal of a value that must not be shown.
    ///
    /// To be used wherever a secret may stand by a slip.
    pub(super) fn reject_unseen(&self, problem: impl Into<String>) -> InvalidValue {
        InvalidValue { shown: None, origin: self.origin.clone(), problem: problem.into() }
    }
}

/// A setting as it was read.
#[derive(Debug, Clone)]
pub(super) struct ReadSetting {
    /// The value as it may be shown; `None` when it is not set.
    pub(super) value: Option<String>,
    /// Where it comes from.
    pub(super) origin: SettingOrigin,
}

/// What was found while reading: settings and mistakes.
///
/// Readers share it and add to it while they read, so that one mistake stops no other reader.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// What was read, by path.
    seen: RefCell<BTreeMap<String, ReadSetting>>,
    /// What is wrong, in the order it was found.
    mistakes: RefCell<Vec<FieldError>>,
}

impl Notes {
    /// Adds a mistake.
    pub(super) fn add(&self, mistake: FieldError) {
        self.mistakes.borrow_mut().push(mistake);
    }

    /// Adds mistakes.
    pub(super) fn extend(&self, mistakes: Vec<FieldError>) {
        self.mistakes.borrow_mut().extend(mistakes);
    }

    /// Adds a mistake about a setting that was read before.
    ///
    /// It carries the value and place that the setting was read with; without them if it was never read.
    pub(super) fn complain(&self, path: &str, problem: impl Into<Box<str>>) {
        let mut mistake = FieldError::about(path, problem);
        if let Some(seen) = self.seen.borrow().get(path) {
            mistake = mistake.at(seen.origin.clone());
            if let Some(value) = &seen.value {
                mistake = mistake.with_value(abbreviate(value.clone()));
            }
        }
        self.add(mistake);
    }

    /// Says whether a setting that was read before is as it is shipped.
    ///
    /// A setting that was not read is not.
    pub(super) fn is_default(&self, path: &str) -> bool {
        self.seen.borrow().get(path).is_some_and(|seen| seen.origin == SettingOrigin::Default)
    }

    /// Returns what was read, by path, and the mistakes.
    pub(super) fn into_parts(self) -> (BTreeMap<String, ReadSetting>, Vec<FieldError>) {
        (self.seen.into_inner(), self.mistakes.into_inner())
    }

    /// Remembers a setting as it was read.
    fn see(&self, path: String, value: Option<String>, origin: SettingOrigin) {
        self.seen.borrow_mut().insert(path, ReadSetting { value, origin });
    }
}

/// A table of settings that is being read.
///
/// Keys are taken out as they are read; `end` notes those that are left.
#[derive(Debug)]
pub(super) struct Section<'n> {
    notes: &'n Notes,
    path: String,
    start: Option<SettingOrigin>,
    entries: SettingTable,
    asked: Vec<Box<str>>,
}

impl<'n> Section<'n> {
    /// Returns the outermost table.
    pub(super) fn root(entries: SettingTable, notes: &'n Notes) -> Self {
        Self::nested(String::new(), entries, notes)
    }

    /// Returns a table that stands at `path`.
    pub(super) fn nested(path: String, entries: SettingTable, notes: &'n Notes) -> Self {
        Self { notes, path, start: None, entries, asked: Vec::new() }
    }

    /// Returns the table with the place it starts at, where keys are missed that must be given.
    pub(super) fn starting_at(mut self, start: SettingOrigin) -> Self {
        self.start = Some(start);
        self
    }

    /// Returns the path of a key of this table.
    ///
    /// As in `queue.capacity`.
    pub(super) fn path_of(&self, key: &str) -> String {
        join(&self.path, key)
    }

    /// Reads a value that must be there. `None` means that a mistake was noted.
    ///
    /// An empty text counts as not given.
    pub(super) fn read<T>(
        &mut self,
        key: &str,
        parse: impl Fn(&Node) -> Result<T, InvalidValue>,
    ) -> Option<T> {
        match self.take(key) {
            // An empty text takes away what a lower layer gave; a variable has no other way to.
            Some(node) if !is_empty(&node) => self.understand(key, &node, parse, |_| None),
            node => {
                let mistake = FieldError::about(self.path_of(key), "must be given");
                let origin = node.map(|node| node.origin).or_else(|| self.start.clone());
                self.notes.add(origin.into_iter().fold(mistake, FieldError::at));
                None
            }
        }
    }

    /// Reads a value that may be absent; an empty text counts as absent. `None` means that a
    /// mistake was noted.
    #[expect(clippy::option_option, reason = "the outer one is for `?` in a struct literal")]
    pub(super) fn optional<T>(
        &mut self,
        key: &str,
        parse: impl Fn(&Node) -> Result<T, InvalidValue>,
    ) -> Option<Option<T>> {
        self.optional_shown_as(key, parse, |_| None)
    }

    /// The same for a value of which only a part may be shown; where that is nothing, all of it is.
    #[expect(clippy::option_option, reason = "the outer one is for `?` in a struct literal")]
    pub(super) fn optional_shown_as<T>(
        &mut self,
        key: &str,
        parse: impl Fn(&Node) -> Result<T, InvalidValue>,
        shown: impl Fn(&T) -> Option<String>,
    ) -> Option<Option<T>> {
        let node = self.take(key);
        match node {
            Some(node) if !is_empty(&node) => self.understand(key, &node, parse, shown).map(Some),
            _ => {
                let origin = node.map_or(SettingOrigin::Default, |node| node.origin);
                self.notes.see(self.path_of(key), None, origin);
                Some(None)
            }
        }
    }

    /// Returns the table of that name, empty when it is absent.
    ///
    /// What is no table is noted, and read as an empty one.
    pub(super) fn table(&mut self, key: &str) -> Section<'n> {
        let path = self.path_of(key);
        let node = self.take(key);
        self.inner(path, node)
    }

    /// Returns all tables inside the table of that name.
    ///
    /// By name, in alphabetical order.
    pub(super) fn tables(&mut self, key: &str) -> Vec<(Box<str>, Section<'n>)> {
        let outer = self.table(key);
        let entries = outer.entries.clone();
        let inner = |(name, node): (Box<str>, Node)| {
            let section = outer.inner(outer.path_of(&name), Some(node));
            (name, section)
        };
        entries.into_iter().map(inner).collect()
    }

    /// Notes every key that nobody asked for.
    ///
    /// The nearest key that was asked for is told with it, or all of them. What looks like an API key is
    /// told where keys belong.
    pub(super) fn end(self) {
        for (key, node) in &self.entries {
            let near = nearest(key, self.asked.iter().map(AsRef::as_ref));
            let problem = match near {
                Some(near) => {
                    format!("there is no such key; did you mean {}?", self.path_of(near))
                }
                None if key.contains("api_key") => NO_KEYS.to_owned(),
                None => format!("there is no such key; {}", self.known()),
            };
            self.notes.add(FieldError::about(self.path_of(key), problem).at(node.origin.clone()));
        }
    }

    /// Returns what the table may hold, as a sentence.
    fn known(&self) -> String {
        let names = self.asked.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
        let place = if self.path.is_empty() { "the settings" } else { &self.path };
        format!("{place} has {names}")
    }

    /// Returns a node as the table at `path`.
    fn inner(&self, path: String, node: Option<Node>) -> Section<'n> {
        let entries = match node {
            None => SettingTable::new(),
            Some(Node { value: SettingValue::Table(entries), .. }) => entries,
            Some(node) => {
                let mistake = FieldError::about(path.as_str(), "must be a table of keys");
                self.notes.add(mistake.at(node.origin.clone()).with_value(node.abbreviate()));
                SettingTable::new()
            }
        };
        Section::nested(path, entries, self.notes)
    }

    /// Takes a key out, and remembers that it was asked for.
    fn take(&mut self, key: &str) -> Option<Node> {
        self.asked.push(key.into());
        self.entries.remove(key)
    }

    /// Parses a value that is there. The value is remembered if it fits, and a mistake noted if it does
    /// not.
    fn understand<T>(
        &self,
        key: &str,
        node: &Node,
        parse: impl Fn(&Node) -> Result<T, InvalidValue>,
        shown: impl Fn(&T) -> Option<String>,
    ) -> Option<T> {
        let path = self.path_of(key);
        match parse(node) {
            Ok(value) => {
                // Whole, for a reload compares it: of two long lists the ends may differ.
                let shown = shown(&value).unwrap_or_else(|| node.written());
                self.notes.see(path, Some(shown), node.origin.clone());
                Some(value)
            }
            Err(refused) => {
                let mistake = FieldError::about(path, refused.problem).at(refused.origin);
                self.notes.add(match refused.shown {
                    Some(shown) => mistake.with_value(shown),
                    None => mistake,
                });
                None
            }
        }
    }
}

/// What is told of a key of Ideogram's that stands in the settings.
const NO_KEYS: &str = "keys are never in settings; give IDEOGRAM_API_KEY, IDEOGRAM_API_KEY_FILE, \
                       or the same with _<ENVIRONMENT>, as in IDEOGRAM_API_KEY_PROD_FILE";

/// Says whether a value is an empty text.
fn is_empty(node: &Node) -> bool {
    matches!(&node.value, SettingValue::Text(text) | SettingValue::Raw(text) if text.is_empty())
}
