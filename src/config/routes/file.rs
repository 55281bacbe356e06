//! The layers of the route file.
//!
//! An operator's file may add routes, change single columns of shipped ones and close further paths. It
//! cannot change what every route starts from.

use crate::config::{
    field_error::FieldError,
    origin::SettingOrigin,
    section::Notes,
    tree::{Node, SettingTable, SettingValue, inner, merge, parse},
};
use std::{collections::BTreeSet, fs, path::Path};

/// The shipped table, as text.
const SHIPPED: &str = include_str!("../../../config/routes.toml");
/// What mistakes in it name as their file.
const SHIPPED_NAME: &str = "shipped routes.toml";

/// The merged layers, part by part.
pub(super) struct RouteLayers {
    /// What every route starts from.
    pub(super) defaults: SettingTable,
    /// What routes may name to start from.
    pub(super) templates: SettingTable,
    /// The routes by name.
    pub(super) routes: SettingTable,
    /// Closed paths and why.
    pub(super) denied: SettingTable,
    /// The names of the routes that were shipped.
    pub(super) shipped_routes: BTreeSet<Box<str>>,
    /// The paths that were shipped closed.
    pub(super) shipped_denied: BTreeSet<Box<str>>,
}

/// Returns the shipped file with the operator's over it. `None` means that mistakes were noted.
///
/// Tables are merged key by key. The file's name counts from `working_dir`.
pub(super) fn parts(
    operators: Option<&str>,
    working_dir: &Path,
    notes: &Notes,
) -> Option<RouteLayers> {
    let mut tree = layer(SHIPPED_NAME, SHIPPED, notes)?;
    let names = |key| inner(&tree, key).into_iter().flat_map(SettingTable::keys).cloned().collect();
    let (shipped_routes, shipped_denied) = (names("routes"), names("denied"));
    if let Some(name) = operators {
        let text = fs::read_to_string(working_dir.join(name));
        let unread = |error| notes.complain("routes.file", format!("cannot be read: {error}"));
        let upper = layer(name, &text.map_err(unread).ok()?, notes)?;
        reject_defaults(&upper, notes);
        merge(&mut tree, upper);
    }
    let mut take = |key: &str| part(&mut tree, key, notes);
    let (defaults, templates) = (take("defaults"), take("templates"));
    let (routes, denied) = (take("routes"), take("denied"));
    for (key, node) in tree {
        let problem = "there is no such table; a route file has templates, routes and denied";
        notes.add(FieldError::about(key, problem).at(node.origin));
    }
    Some(RouteLayers { defaults, templates, routes, denied, shipped_routes, shipped_denied })
}

/// Returns all columns of a route: the defaults, its template, its own.
///
/// The later wins. A template that is not there adds nothing here; it is told when the column is read.
pub(super) fn columns(own: SettingTable, parts: &RouteLayers) -> SettingTable {
    let mut columns = parts.defaults.clone();
    if let Some(SettingValue::Text(name)) = own.get("template").map(|node| &node.value)
        && let Some(Node { value: SettingValue::Table(template), .. }) = parts.templates.get(name)
    {
        merge(&mut columns, template.clone());
    }
    merge(&mut columns, own);
    columns
}

/// Reads one file; each value knows its line.
fn layer(name: &str, text: &str, notes: &Notes) -> Option<SettingTable> {
    let origin = |line| SettingOrigin::File { name: name.into(), line };
    parse(name, text, &origin).map_err(|mistakes| notes.extend(mistakes)).ok()
}

// Defaults of an operator's file would reach into every shipped route.
fn reject_defaults(upper: &SettingTable, notes: &Notes) {
    if let Some(node) = upper.get("defaults") {
        let problem = "belongs to the shipped table; use a template, as in [templates.mine]";
        notes.add(FieldError::about("defaults", problem).at(node.origin.clone()));
    }
}

/// Takes a table out of the tree. What is no table is noted, and an empty one returned.
fn part(tree: &mut SettingTable, key: &str, notes: &Notes) -> SettingTable {
    match tree.remove(key) {
        None => SettingTable::new(),
        Some(Node { value: SettingValue::Table(entries), .. }) => entries,
        Some(node) => {
            let mistake = FieldError::about(key, "must be a table").with_value(node.abbreviate());
            notes.add(mistake.at(node.origin));
            SettingTable::new()
        }
    }
}
