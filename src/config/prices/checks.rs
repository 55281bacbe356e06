//! What must hold for rows beside the columns by themselves.
//!
//! Each check notes what it finds and goes on, so that one start tells all of it.

use super::row::Row;
use crate::{
    config::section::Notes,
    domain::{Cost, ModelRule, PriceCondition, PricePer, Route, RouteName, RouteTable},
};
use std::collections::HashMap;

/// Notes shipped rows that could never apply, or contradict each other or the route table. A row that
/// never applies is worse than none: calls would look cheaper than they are.
///
/// Noted is a row billed by another measure than its route, one that asks for a speed, model or field which
/// its route does not have, and two rows for the same.
pub(super) fn check_shipped(rows: &[Row], routes: &RouteTable, notes: &Notes) {
    for row in rows {
        for route in row.routes.iter().filter_map(|name| routes.by_name(name)) {
            check_per(row, route, notes);
            check_sight(row, route, notes);
        }
    }
    check_twins(rows, notes);
}

/// Notes the same of an operator's rows, and prices for what is not billed. A shipped price for
/// what the operator made free just rests.
pub(super) fn check_own(rows: &[Row], routes: &RouteTable, notes: &Notes) {
    check_shipped(rows, routes, notes);
    let is_free = |name: &&RouteName| routes.by_name(name).is_some_and(|r| !r.is_billable());
    for row in rows {
        if let Some(name) = row.routes.iter().find(is_free) {
            let problem = format!("{name} costs nothing: it is \"free\" in the route table");
            notes.complain(&format!("{}.routes", row.path), problem);
        }
    }
}

/// Notes a price per output for a route that is billed per input, or the other way round.
fn check_per(row: &Row, route: &Route, notes: &Notes) {
    let (fits, word) = match route.cost {
        Cost::Free => return,
        Cost::PerOutput => (row.per == PricePer::Output, "output"),
        Cost::PerInput => (row.per == PricePer::Input, "input"),
    };
    if !fits {
        let problem = format!("must be \"{word}\", for so {} is billed", route.name);
        notes.complain(&format!("{}.per", row.path), problem);
    }
}

/// Notes a row that waits for something which calls of its route never show.
fn check_sight(row: &Row, route: &Route, notes: &Notes) {
    let name = &route.name;
    let has_speed = route.speed_field.is_some() || route.default_speed.is_some();
    if row.speed.is_some() && !has_speed {
        notes.complain(&format!("{}.speed", row.path), format!("{name} has no speed"));
    }
    if row.model.is_some() && route.model == ModelRule::None {
        notes.complain(&format!("{}.model", row.path), format!("{name} has no model"));
    }
    let field = row.when.as_ref().map(PriceCondition::field);
    if let Some(field) = field.filter(|field| !route.priced_fields.iter().any(|f| **f == **field)) {
        let problem = format!("{field} is none of the priced_fields of {name}");
        notes.complain(&format!("{}.when", row.path), problem);
    }
}

/// Notes two rows of one file for the same route, model, speed and condition. Letters of both cases are the
/// same here, as they are when a price is looked up.
fn check_twins(rows: &[Row], notes: &Notes) {
    let mut first = HashMap::new();
    for row in rows {
        for name in &row.routes {
            let small = |word: &Option<Box<str>>| word.as_ref().map(|w| w.to_ascii_lowercase());
            let when = row.when.as_ref().map(|when| format!("{when:?}").to_ascii_lowercase());
            let key = (name, small(&row.model), small(&row.speed), when);
            if let Some(other) = first.insert(key, &row.path) {
                let problem = format!("has a price for the same in {other}");
                notes.complain(&format!("{}.routes", row.path), format!("{name} {problem}"));
            }
        }
    }
}
