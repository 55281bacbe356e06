//! The columns of the route table that are not plain values.

use crate::{
    config::{
        nearest::nearest,
        section::InvalidValue,
        tree::{Node, SettingValue},
        values::written,
    },
    domain::{PlacesRule, Scope},
};
use http::Method;

/// The methods that a route may have.
const METHODS: [Method; 5] =
    [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

/// Reads the method.
///
/// Written in capitals, as HTTP writes them (RFC 9110, 9.1: methods are case-sensitive).
pub(super) fn method(node: &Node) -> Result<Method, InvalidValue> {
    let found = METHODS.iter().find(|method| written(node) == Some(method.as_str()));
    found.cloned().ok_or_else(|| node.reject("must be GET, POST, PUT, PATCH or DELETE"))
}

/// Reads the scope; `"none"` means that no token is needed.
///
/// `None` stands for that. A wildcard is refused: a route has one scope.
pub(super) fn scope(node: &Node) -> Result<Option<Scope>, InvalidValue> {
    let word = written(node).unwrap_or_default();
    if word == "none" {
        return Ok(None);
    }
    word.parse().map(Some).map_err(|_| {
        match nearest(word, Scope::ALL.iter().map(|scope| scope.as_str())) {
            Some(near) => node.reject(format!("is no scope; did you mean {near}?")),
            None => node.reject("must be a scope like \"write:generate\", or \"none\""),
        }
    })
}

/// Reads where the number of images is found; the default of an absent field is left at 1.
///
/// A number fixes it, with 0 for a route that generates nothing; a field may stand in an object, as in
/// `image_request.num_images`. Ideogram takes 1 to 8 images a call.
pub(super) fn places(node: &Node) -> Result<PlacesRule, InvalidValue> {
    match &node.value {
        SettingValue::Integer(0) => Ok(PlacesRule::None),
        SettingValue::Integer(fixed @ 1..=8) => {
            Ok(PlacesRule::Fixed(u32::try_from(*fixed).unwrap_or(8)))
        }
        SettingValue::Text(text) => field(text).ok_or_else(|| node.reject(PLACES)),
        _ => Err(node.reject(PLACES)),
    }
}

/// Reads the name of a field or of a query parameter.
///
/// Letters, digits, `_` and `-`.
pub(super) fn field_name(node: &Node) -> Result<Box<str>, InvalidValue> {
    let name = written(node).filter(|name| is_field(name));
    name.map(Into::into).ok_or_else(|| node.reject("must be a name like \"num_images\""))
}

/// What a refusal shows as the right form.
const PLACES: &str = "must be 0, a number up to 8, or a field like \"num_images\" or \
                      \"image_request.num_images\"";

/// Reads a field, or a field in an object behind a dot. Deeper ones there are not.
fn field(text: &str) -> Option<PlacesRule> {
    let (inside, name) = match text.split_once('.') {
        Some((inside, name)) => (Some(inside), name),
        None => (None, text),
    };
    let fits = is_field(name) && inside.is_none_or(is_field);
    fits.then(|| PlacesRule::Field {
        name: name.into(),
        inside: inside.map(Into::into),
        default: 1,
    })
}

/// Says whether a text can be the name of a field.
fn is_field(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    !name.is_empty() && name.chars().all(allowed)
}
