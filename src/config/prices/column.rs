//! The columns of the price table that are not plain values.
//!
//! Whatever is refused here names the form that is expected.

use crate::{
    config::{
        routes::route_name,
        section::InvalidValue,
        tree::{Node, SettingValue},
        values::{list, written},
    },
    domain::{PriceCondition, RouteName, RouteTable, Usd},
};
use jiff::civil::Date;

/// Reads the version: a date, and perhaps a mark behind it.
///
/// The mark has at most 32 characters. The version goes into the record beside each price, so it stays
/// short and plain.
pub(super) fn version(node: &Node) -> Result<Box<str>, InvalidValue> {
    let mark = |rest: &str| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        rest.len() <= 32 && rest.chars().all(allowed)
    };
    let is_version = |text: &&str| match text.split_at_checked(10) {
        Some((day, rest)) => is_day(day) && mark(rest),
        None => false,
    };
    let version = written(node).filter(is_version).map(Into::into);
    version.ok_or_else(|| {
        node.reject("must be a date like \"2026-11-22\", and may go on as in \"2026-11-22.2\"")
    })
}

/// Reads when a price was seen, as far as that is known.
///
/// A month is enough. The date is checked and then dropped: it is for people who read the file.
pub(super) fn date(node: &Node) -> Result<(), InvalidValue> {
    let is_date = |text: &&str| is_day(text) || (text.len() == 7 && is_day(&format!("{text}-01")));
    let found = written(node).filter(is_date);
    found.map(|_| ()).ok_or_else(|| {
        node.reject("must be a date like \"2026-10-10\", or a month like \"2026-10\"")
    })
}

/// Says whether a text is a day of the calendar, as in `2026-11-22`.
fn is_day(text: &str) -> bool {
    text.len() == 10 && text.parse::<Date>().is_ok()
}

/// Reads a price, which is a text so that no float ever rounds it.
///
/// The amount is in US dollars, as Ideogram bills. A number without quotes is refused, and so is zero.
pub(super) fn price(node: &Node) -> Result<Usd, InvalidValue> {
    let text = match &node.value {
        SettingValue::Text(text) => text.parse().ok(),
        _ => None,
    };
    match text {
        Some(Usd::ZERO) => Err(node.reject(
            "must be above zero; what Ideogram gives away is cost = \"free\" in the route table",
        )),
        Some(price) => Ok(price),
        None => Err(node.reject("must be dollars in quotes, above zero, like \"0.06\"")),
    }
}

/// Reads the routes that a row is for; a name that ends in `*` stands for all that are billed and
/// start so. Without a table, no name is looked up.
///
/// A name that names no route is refused, and so is a star that stands for none.
pub(super) fn routes(
    table: Option<&RouteTable>,
) -> impl Fn(&Node) -> Result<Vec<RouteName>, InvalidValue> {
    move |node| {
        let names = list(|name| covered(name, table))(node)?;
        if names.is_empty() {
            return Err(node.reject("must name a route"));
        }
        Ok(names.into_iter().flatten().collect())
    }
}

/// Returns the routes that one name stands for.
fn covered(node: &Node, table: Option<&RouteTable>) -> Result<Vec<RouteName>, InvalidValue> {
    let Some(start) = written(node).and_then(|word| word.strip_suffix('*')) else {
        return route_name(node, table).map(|name| vec![name]);
    };
    let Some(table) = table else { return Ok(Vec::new()) };
    let billed = table.routes().iter().filter(|route| route.is_billable());
    let names = billed.map(|route| &route.name).filter(|name| name.as_str().starts_with(start));
    let names: Vec<_> = names.cloned().collect();
    if names.is_empty() {
        return Err(node.reject("no billed route starts so; `ideogate route list` shows them"));
    }
    Ok(names)
}

/// Reads what must hold of a field.
///
/// Exactly one of `value` and `present = true` is taken. The refusals do not show the table, but the form.
pub(super) fn condition(node: &Node) -> Result<PriceCondition, InvalidValue> {
    let reject = |problem: &str| node.reject_unseen(format!("{problem}; it is written {FORM}"));
    let SettingValue::Table(entries) = &node.value else {
        return Err(node.reject(format!("must be {FORM}")));
    };
    if let Some(key) = entries.keys().find(|key| !CONDITION_KEYS.contains(&&***key)) {
        return Err(reject(&format!("there is no such key: {key}")));
    }
    let Some(field) = entries.get("field").and_then(written).filter(|name| !name.is_empty()) else {
        return Err(reject("names no field"));
    };
    match (entries.get("value"), entries.get("present").map(|present| &present.value)) {
        (Some(_), Some(_)) => Err(reject("has both value and present, and needs one of them")),
        (None, None) => Err(reject("has neither value nor present")),
        (None, Some(SettingValue::Boolean(true))) => Ok(PriceCondition::Present(field.into())),
        (None, Some(_)) => Err(reject("has a present that is not true")),
        (Some(value), None) => match scalar(value) {
            Some(value) => Ok(PriceCondition::Value(field.into(), value)),
            None => Err(reject("has a value that is no text, whole number or boolean")),
        },
    }
}

/// The keys that a condition may have.
const CONDITION_KEYS: [&str; 3] = ["field", "value", "present"];
/// What a refusal shows as the right form.
const FORM: &str =
    "{ field = \"upscale_factor\", value = \"X2\" } or { field = \"…\", present = true }";

/// Returns a text, whole number or boolean as the text that a field is compared with.
fn scalar(node: &Node) -> Option<Box<str>> {
    match &node.value {
        SettingValue::Text(text) if !text.is_empty() => Some(text.clone()),
        SettingValue::Integer(number) => Some(number.to_string().into()),
        SettingValue::Boolean(truth) => Some(truth.to_string().into()),
        _ => None,
    }
}
