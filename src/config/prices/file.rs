//! One file of prices.
//!
//! A file has a version and rows; it is used whole or not at all.

use super::{column::version, row::Row};
use crate::{
    config::{
        field_error::FieldError,
        origin::SettingOrigin,
        section::{InvalidValue, Notes, Section},
        tree::{Node, SettingTable, SettingValue, parse},
    },
    domain::{PriceRow, RouteName, RouteTable},
};
use std::collections::HashSet;

/// The keys that a file may have.
const KEYS: [&str; 2] = ["version", "prices"];

/// A file of prices, read and checked.
///
/// What `PriceReader::file` returns has passed its checks.
#[derive(Debug)]
pub(super) struct PriceFile {
    /// Its version.
    pub(super) version: Box<str>,
    rows: Vec<Row>,
}

/// What must hold for the rows of a file.
pub(super) type Check = fn(&[Row], &RouteTable, &Notes);

/// What a file is read with.
///
/// Copied freely: it only lends.
#[derive(Debug, Clone, Copy)]
pub(super) struct PriceReader<'r> {
    /// The route table, unless it holds mistakes itself.
    pub(super) routes: Option<&'r RouteTable>,
    /// Where mistakes are noted.
    pub(super) notes: &'r Notes,
}

impl PriceReader<'_> {
    /// Reads a file, but for the rows of some routes. `None` means that mistakes were noted, or that
    /// there is no route table to hold the file against.
    ///
    /// Rows of the routes in `without` are left out before the checks, for another file has the prices of
    /// these.
    pub(super) fn file(
        self,
        name: &str,
        text: &str,
        check: Check,
        without: &HashSet<RouteName>,
    ) -> Option<PriceFile> {
        // Noted apart, for `config show` shows settings only.
        let apart = Notes::default();
        let reading = PriceReader { notes: &apart, ..self };
        let file = reading.unchecked(name, text).map(|file| file.without(without));
        if let (Some(file), Some(routes)) = (&file, self.routes) {
            check(&file.rows, routes, &apart);
        }
        let (_, mistakes) = apart.into_parts();
        // Without a route table no check has run, so that the rows must not be used.
        let is_good = mistakes.is_empty() && self.routes.is_some();
        self.notes.extend(mistakes);
        file.filter(|_| is_good)
    }

    /// Reads the columns of all rows; what belongs together is not looked at yet.
    fn unchecked(self, name: &str, text: &str) -> Option<PriceFile> {
        let origin = |line| SettingOrigin::File { name: name.into(), line };
        let mut tree = parse(name, text, &origin).map_err(|wrong| self.notes.extend(wrong)).ok()?;
        reject_others(&mut tree, self.notes);
        let mut root = Section::root(tree, self.notes).starting_at(origin(1));
        let version = root.read("version", version);
        let nodes = root.read("prices", tables)?;
        let rows: Vec<_> = nodes.into_iter().zip(1..).map(|(row, n)| self.row(row, n)).collect();
        Some(PriceFile { version: version?, rows: rows.into_iter().collect::<Option<_>>()? })
    }

    /// Reads one row; rows are counted from 1 in the mistakes.
    fn row(self, (columns, start): (SettingTable, SettingOrigin), number: u32) -> Option<Row> {
        let path = format!("prices[{number}]");
        let section = Section::nested(path.clone(), columns, self.notes).starting_at(start);
        Row::read(path, section, self.routes)
    }
}

impl PriceFile {
    /// Returns its rows, route by route.
    ///
    /// A row for three routes becomes three, in the order of the file.
    pub(super) fn prices(&self) -> Vec<PriceRow> {
        let each =
            |row: &Row| row.routes.iter().map(|route| row.for_route(route)).collect::<Vec<_>>();
        self.rows.iter().flat_map(each).collect()
    }

    /// Returns the routes that its rows are for.
    pub(super) fn routes(&self) -> HashSet<RouteName> {
        self.rows.iter().flat_map(|row| row.routes.iter().cloned()).collect()
    }

    /// Returns the file without rows for some routes.
    fn without(mut self, routes: &HashSet<RouteName>) -> Self {
        for row in &mut self.rows {
            row.routes.retain(|route| !routes.contains(route));
        }
        self
    }
}

/// Reads the rows as tables, each with the place that it starts at.
fn tables(node: &Node) -> Result<Vec<(SettingTable, SettingOrigin)>, InvalidValue> {
    let SettingValue::List(rows) = &node.value else { return Err(node.reject(ROWS)) };
    let one = |row: &Node| match &row.value {
        SettingValue::Table(columns) => Ok((columns.clone(), row.origin.clone())),
        _ => Err(row.reject(ROWS)),
    };
    rows.iter().map(one).collect()
}

/// What a refusal of something else says.
const ROWS: &str = "must be rows, each under [[prices]]";

/// Notes keys that no price file has, and takes them out.
fn reject_others(tree: &mut SettingTable, notes: &Notes) {
    for (key, node) in tree.extract_if(.., |key, _| !KEYS.contains(&&**key)) {
        let problem = "there is no such key; a price file has version and [[prices]]";
        notes.add(FieldError::about(key, problem).at(node.origin));
    }
}
