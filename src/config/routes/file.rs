//! The layers of the route file.

use crate::config::{
    mistake::Mistake,
    origin::Origin,
    section::Notes,
    tree::{Node, Table, Value, inner, merge, parse},
};
use std::{collections::BTreeSet, fs, path::Path};

const SHIPPED: &str = include_str!("../../../config/routes.toml");
const SHIPPED_NAME: &str = "shipped routes.toml";

/// The merged layers, part by part.
pub(super) struct Parts {
    /// What every route starts from.
    pub(super) defaults: Table,
    /// What routes may name to start from.
    pub(super) templates: Table,
    /// The routes by name.
    pub(super) routes: Table,
    /// Closed paths and why.
    pub(super) denied: Table,
    /// The names of the routes that were shipped.
    pub(super) shipped_routes: BTreeSet<Box<str>>,
    /// The paths that were shipped closed.
    pub(super) shipped_denied: BTreeSet<Box<str>>,
}

/// Returns the shipped file with the operator's over it. `None` means that mistakes were noted.
pub(super) fn parts(operators: Option<&str>, working_dir: &Path, notes: &Notes) -> Option<Parts> {
    let mut tree = layer(SHIPPED_NAME, SHIPPED, notes)?;
    let names = |key| inner(&tree, key).into_iter().flat_map(Table::keys).cloned().collect();
    let (shipped_routes, shipped_denied) = (names("routes"), names("denied"));
    if let Some(name) = operators {
        let text = fs::read_to_string(working_dir.join(name));
        let unread = |error| notes.complain("routes.file", format!("cannot be read: {error}"));
        let upper = layer(name, &text.map_err(unread).ok()?, notes)?;
        refuse_defaults(&upper, notes);
        merge(&mut tree, upper);
    }
    let mut take = |key: &str| part(&mut tree, key, notes);
    let (defaults, templates) = (take("defaults"), take("templates"));
    let (routes, denied) = (take("routes"), take("denied"));
    for (key, node) in tree {
        let problem = "there is no such table; a route file has templates, routes and denied";
        notes.add(Mistake::about(key, problem).at(node.origin));
    }
    Some(Parts { defaults, templates, routes, denied, shipped_routes, shipped_denied })
}

/// Returns all columns of a route: the defaults, its template, its own.
pub(super) fn columns(own: Table, parts: &Parts) -> Table {
    let mut columns = parts.defaults.clone();
    if let Some(Value::Text(name)) = own.get("template").map(|node| &node.value)
        && let Some(Node { value: Value::Table(template), .. }) = parts.templates.get(name)
    {
        merge(&mut columns, template.clone());
    }
    merge(&mut columns, own);
    columns
}

fn layer(name: &str, text: &str, notes: &Notes) -> Option<Table> {
    let origin = |line| Origin::File { name: name.into(), line };
    parse(name, text, &origin).map_err(|mistakes| notes.extend(mistakes)).ok()
}

// Defaults of an operator's file would reach into every shipped route.
fn refuse_defaults(upper: &Table, notes: &Notes) {
    if let Some(node) = upper.get("defaults") {
        let problem = "belongs to the shipped table; use a template, as in [templates.mine]";
        notes.add(Mistake::about("defaults", problem).at(node.origin.clone()));
    }
}

fn part(tree: &mut Table, key: &str, notes: &Notes) -> Table {
    match tree.remove(key) {
        None => Table::new(),
        Some(Node { value: Value::Table(entries), .. }) => entries,
        Some(node) => {
            let mistake = Mistake::about(key, "must be a table").with_value(node.shown());
            notes.add(mistake.at(node.origin));
            Table::new()
        }
    }
}
