//! `[routes]` of the settings, and the table that comes of it.

use super::{
    checks::check,
    file::{RouteLayers, columns, parts},
    route::route,
};
use crate::{
    config::{
        field_error::FieldError,
        names::name,
        nearest::nearest,
        paths::path_text,
        section::{InvalidValue, Notes, Section},
        tree::{Node, SettingTable, SettingValue, join},
        values::{list, text, written},
    },
    domain::{DeniedPath, Route, RouteName, RouteTable},
};
use std::path::Path;

/// Reads `[routes]` and the files behind it. `None` means that mistakes were noted.
///
/// A table with a mistake in any route is no table at all. Switching comes last: `disable` and `enable` win
/// over what the files say of a route, and a route in both is a mistake.
pub(in crate::config) fn read(
    mut section: Section<'_>,
    working_dir: &Path,
    notes: &Notes,
) -> Option<RouteTable> {
    let file = section.optional("file", path_text);
    let table = file.and_then(|file| {
        let parts = parts(file.as_deref(), working_dir, notes)?;
        table(&parts, notes)
    });
    let enable = section.read("enable", list(|node| route_name(node, table.as_ref())));
    let disable = section.read("disable", list(|node| route_name(node, table.as_ref())));
    section.end();
    let (enable, disable) = (enable?, disable?);
    if let Some(both) = enable.iter().find(|name| disable.contains(name)) {
        notes.complain("routes.disable", format!("{both} stands in routes.enable too"));
    }
    Some(switched(&table?, &enable, &disable))
}

/// Reads the name of a route that the table has; of any route while there is no table.
///
/// The second is so that one mistake in the table does not become a mistake for every name.
pub(in crate::config) fn route_name(
    node: &Node,
    table: Option<&RouteTable>,
) -> Result<RouteName, InvalidValue> {
    let word = written(node).unwrap_or_default();
    let name: RouteName = word.parse().map_err(|_| node.reject("must be the name of a route"))?;
    let Some(table) = table else { return Ok(name) };
    if table.by_name(&name).is_some() {
        return Ok(name);
    }
    let known = table.routes().iter().map(|route| route.name.as_str());
    Err(match nearest(word, known) {
        Some(near) => node.reject(format!("there is no route {word}; did you mean {near}?")),
        None => node.reject(format!(
            "there is no route {word}; `ideogate route list` shows those there are"
        )),
    })
}

/// Returns the table with routes switched on and off.
fn switched(table: &RouteTable, enable: &[RouteName], disable: &[RouteName]) -> RouteTable {
    let switch = |route: &Route| {
        let mut route = route.clone();
        route.enabled &= !disable.contains(&route.name);
        route.enabled |= enable.contains(&route.name);
        route
    };
    let routes = table.routes().iter().map(|route| switch(route)).collect();
    RouteTable::new(routes, table.denied().to_vec())
}

// The columns are noted apart, for `config show` shows settings only.
fn table(parts: &RouteLayers, notes: &Notes) -> Option<RouteTable> {
    let apart = Notes::default();
    // The shipped routes come first, so that a twin of one is told at the operator's line.
    let mut entries: Vec<_> = parts.routes.iter().collect();
    entries.sort_by_key(|(key, _)| !parts.shipped_routes.contains(*key));
    let read: Vec<_> = entries.into_iter().map(|(key, own)| one(key, own, parts, &apart)).collect();
    let denied = denied(&parts.denied, &apart);
    let routes: Vec<Route> = read.iter().flatten().cloned().collect();
    let shipped = denied.iter().filter(|closed| parts.shipped_denied.contains(&closed.path));
    check(&routes, &shipped.collect::<Vec<_>>(), &apart);
    let (_, mistakes) = apart.into_parts();
    let is_good = mistakes.is_empty() && routes.len() == read.len();
    notes.extend(mistakes);
    is_good.then(|| RouteTable::new(routes, denied))
}

/// Reads one route of the merged layers.
fn one(key: &str, own: &Node, parts: &RouteLayers, notes: &Notes) -> Option<Route> {
    let path = join("routes", key);
    let SettingValue::Table(own_columns) = &own.value else {
        let mistake =
            FieldError::about(path, "must be a table of columns").with_value(own.abbreviate());
        notes.add(mistake.at(own.origin.clone()));
        return None;
    };
    let name = name::<RouteName>(&path, key, notes);
    let columns = columns(own_columns.clone(), parts);
    route(name, Section::nested(path, columns, notes), &parts.templates)
}

/// Reads the closed paths. A path begins with `/`, and a `*` stands at its end or nowhere.
fn denied(entries: &SettingTable, notes: &Notes) -> Vec<DeniedPath> {
    let mut denied = Vec::new();
    for (path, node) in entries {
        let star = path.find('*').is_none_or(|at| at + 1 == path.len());
        match text(node) {
            Ok(reason) if path.starts_with('/') && star => {
                denied.push(DeniedPath { path: path.clone(), reason });
            }
            _ => {
                let problem = "must be a path like \"/manage/*\" with a reason";
                let mistake = FieldError::about(join("denied", path), problem);
                notes.add(mistake.at(node.origin.clone()));
            }
        }
    }
    denied
}
