//! `[prices]` of the settings, and the table that comes of it.

use super::{
    checks::{check_own, check_shipped},
    file::PriceReader,
};
use crate::{
    config::{
        paths::path_text,
        section::{Notes, Section},
    },
    domain::{PriceTable, RouteTable},
};
use std::{collections::HashSet, fs, path::Path};

/// The shipped prices, as text.
const SHIPPED: &str = include_str!("../../../config/prices.toml");
/// What mistakes in them name as their file.
const SHIPPED_NAME: &str = "shipped prices.toml";

/// Reads `[prices]` and the files behind it. `None` means that mistakes were noted, or that there is
/// no route table to hold prices against.
///
/// The table's version is the shipped one, or both joined by `+`. Where the operator's file cannot be read
/// or holds a mistake there is no table: the shipped prices never stand in for it.
pub(in crate::config) fn read(
    mut section: Section<'_>,
    working_dir: &Path,
    routes: Option<&RouteTable>,
    notes: &Notes,
) -> Option<PriceTable> {
    let file = section.optional("file", path_text);
    section.end();
    let reading = PriceReader { routes, notes };
    let Some(name) = file? else {
        let shipped = reading.file(SHIPPED_NAME, SHIPPED, check_shipped, &HashSet::new())?;
        return Some(PriceTable::new(shipped.version.clone(), shipped.prices()));
    };
    let text = fs::read_to_string(working_dir.join(&*name));
    let unread = |error| notes.complain("prices.file", format!("cannot be read: {error}"));
    // The operator's file is read first, for what it names decides which shipped rows are left out.
    let own = reading.file(&name, &text.map_err(unread).ok()?, check_own, &HashSet::new())?;
    // Without the routes that the operator priced: of several rows the dearest counts, and a shipped one might be it.
    let shipped = reading.file(SHIPPED_NAME, SHIPPED, check_shipped, &own.routes())?;
    // The version names both, so that a record tells what its price came from.
    let version = format!("{}+{}", shipped.version, own.version);
    Some(PriceTable::new(version, [shipped.prices(), own.prices()].concat()))
}
