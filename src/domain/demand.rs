//! What a call asks for, as far as the gateway must know it.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A number of images in flight; Ideogram's cap counts these, not requests. That is said at
/// <https://developer.ideogram.ai/ideogram-api/rate-limits>: a request for four images takes four,
/// and every endpoint of one organization shares them.
pub type Places = u32;

/// The value of an inspected field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FieldValue {
    /// A short text, number or boolean, as text.
    Text(Box<str>),
    /// Present, but a file or a structure: only its presence matters.
    Present(bool),
}

/// What inspection found in a request: what it takes, and what its price depends on. It holds no
/// prompt, and of files nothing but that they are there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Demand {
    /// The images asked for, which are the places taken; 0 on routes that take none.
    pub places: Places,
    /// The model, named or the route's own; `None` when the route has no model.
    pub model: Option<Box<str>>,
    /// The rendering speed, named or the route's default; `None` when the route has none.
    pub speed: Option<Box<str>>,
    /// The fields the price depends on, of those the route lists and the request carries.
    pub priced_fields: BTreeMap<Box<str>, FieldValue>,
    /// Where the vendor shall deliver the result, if the request says so.
    pub webhook_url: Option<Box<str>>,
    /// The pictures the vendor shall fetch.
    pub image_urls: Vec<Box<str>>,
    /// The custom model named, if any.
    pub custom_model: Option<Box<str>>,
    /// Whether the request asks for a quote instead of a generation.
    pub is_quote: bool,
    /// Whether the vendor answers at once and works on.
    pub is_asynchronous: bool,
}
