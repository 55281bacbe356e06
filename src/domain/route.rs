//! One entry of the route table.

use super::{FieldValue, Places, RouteName, Scope};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr, time::Duration};

/// A kind of request body that a route accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BodyKind {
    /// `application/json`.
    Json,
    /// `multipart/form-data`.
    Multipart,
}

/// Where a route keeps the number of images.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlacesRule {
    /// The route takes no place: it generates nothing.
    None,
    /// Every call takes this many.
    Fixed(Places),
    /// A field says it, 1 to 8.
    Field {
        /// The field's name, `num_images` so far.
        name: Box<str>,
        /// The JSON object that holds the field: a top-level member of a JSON body, or a multipart
        /// field whose value is a JSON text. `None` means the body's own top level.
        inside: Option<Box<str>>,
        /// What Ideogram assumes when the field is absent.
        default: Places,
    },
}

/// Whether and how a route costs money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cost {
    /// Ideogram bills nothing.
    Free,
    /// Ideogram bills each image that comes out.
    PerOutput,
    /// Ideogram bills each call.
    PerInput,
}

/// How the actual charge is read once the answer is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    /// By the number of items in `data`, unsafe ones included.
    ImagesInData,
    /// Once per call.
    PerInput,
    /// By the polled generation's own cost.
    Poll,
    /// What was reserved.
    Reserved,
}

/// Whether Ideogram answers before the work is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asynchronous {
    /// The answer is the result.
    Never,
    /// The answer is a generation to be polled.
    Always,
    /// A body field decides, `async` so far.
    Field(Box<str>),
}

/// Where a route's model is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelRule {
    /// The route has no model worth naming.
    None,
    /// The path implies the model.
    Fixed(Box<str>),
    /// A field names it (beside the places field).
    Field {
        /// The field's name.
        name: Box<str>,
        /// What Ideogram assumes when it is absent.
        default: Box<str>,
    },
}

/// Where a route takes a webhook address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WebhookRule {
    /// It takes none.
    None,
    /// In the query, under this name.
    Query(Box<str>),
    /// In the body, under this name.
    Field(Box<str>),
}

/// An operation of Ideogram that clients may call, and all that the gateway must know about it. It
/// comes from the route table alone, which is closed unless listed; nothing in it comes from a
/// request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one independent column of the table")]
pub struct Route {
    /// Names the route in settings, logs and the audit.
    pub name: RouteName,
    /// The HTTP method.
    pub method: http::Method,
    /// The path at Ideogram, which is the path here too.
    pub path: PathPattern,
    /// The scope a token needs; `None` only where Ideogram itself asks for no key.
    pub scope: Option<Scope>,
    /// The body kinds accepted; empty means no body.
    pub bodies: Vec<BodyKind>,
    /// The largest body, in bytes.
    pub body_cap: u64,
    /// Where the number of images is found.
    pub places: PlacesRule,
    /// Whether Ideogram bills it.
    pub cost: Cost,
    /// How the charge is settled.
    pub settlement: Settlement,
    /// Query parameters that are passed on; all others are refused.
    pub query: Vec<Box<str>>,
    /// Where the model is found.
    pub model: ModelRule,
    /// What Ideogram assumes as rendering speed; `None` when the route has none.
    pub default_speed: Option<Box<str>>,
    /// The field that names the rendering speed (`rendering_speed`, `quality`), where there is one.
    pub speed_field: Option<Box<str>>,
    /// Fields that the price depends on, beside model and speed.
    pub priced_fields: Vec<Box<str>>,
    /// Where a webhook address may stand.
    pub webhook: WebhookRule,
    /// Whether `dry_run=true` is known to quote and not to bill.
    pub quote: bool,
    /// Whether the work goes on after the answer.
    pub asynchronous: Asynchronous,
    /// How long places of an unknown or unfinished call stay taken; `None` means the account's. It
    /// only bounds how long nobody knows: an end that is seen frees them at once.
    pub place_ttl: Option<Duration>,
    /// Ideogram wants it no longer used.
    pub deprecated: bool,
    /// Held against Ideogram's own description; `false` means taken from notes.
    pub verified: bool,
    /// Whether it may be called at all; operators switch it.
    pub enabled: bool,
}

impl Route {
    /// Says whether Ideogram bills calls of this route.
    pub fn is_billable(&self) -> bool {
        self.cost != Cost::Free
    }

    /// Says whether a call of this route may cost money: Ideogram bills it, and it is not a dry run.
    pub fn spends(&self, is_quote: bool) -> bool {
        self.is_billable() && !is_quote
    }

    /// Says whether one generation is asked for here, which whoever made it may do in any case.
    /// Only paths with a parameter can be: they name the generation.
    pub fn is_polling(&self) -> bool {
        self.scope == Some(Scope::ReadGenerations)
            && self.method == http::Method::GET
            && !self.path.is_literal()
    }

    /// Says whether `fields` ask for asynchronous work.
    pub fn is_asynchronous(&self, field: Option<&FieldValue>) -> bool {
        match &self.asynchronous {
            Asynchronous::Never => false,
            Asynchronous::Always => true,
            Asynchronous::Field(_) => {
                matches!(field, Some(FieldValue::Text(text)) if &**text == "true")
            }
        }
    }
}

/// A path with named parameters, like `/v1/generations/{generation_id}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathPattern {
    text: Box<str>,
    segments: Vec<Segment>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Literal(Box<str>),
    Parameter(Box<str>),
}

/// A text is not a path pattern.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "a path starts with '/' and has segments of letters, digits, '.', '_', '-' or one {{name}}"
)]
pub struct PathPatternError;

impl PathPattern {
    /// Returns the parameters by name if `path` fits, or `None`.
    ///
    /// Parameters are 1 to 128 characters out of `A-Z a-z 0-9 _ -`, so that a path rebuilt from them
    /// can never mean another path.
    pub fn matches<'p>(&self, path: &'p str) -> Option<Vec<(&str, &'p str)>> {
        let mut given = path.strip_prefix('/')?.split('/');
        let mut parameters = Vec::new();
        for segment in &self.segments {
            let part = given.next()?;
            match segment {
                Segment::Literal(text) if **text == *part => {}
                Segment::Parameter(name) if is_parameter(part) => parameters.push((&**name, part)),
                _ => return None,
            }
        }
        given.next().is_none().then_some(parameters)
    }

    /// Returns the pattern without the names of its parameters; two of one shape fit the same paths.
    pub fn shape(&self) -> String {
        let part = |segment: &Segment| match segment {
            Segment::Literal(text) => format!("/{text}"),
            Segment::Parameter(_) => "/{}".to_owned(),
        };
        self.segments.iter().map(part).collect()
    }

    /// Says whether every path that fits is this very text.
    pub fn is_literal(&self) -> bool {
        self.segments.iter().all(|segment| matches!(segment, Segment::Literal(_)))
    }

    /// Returns the pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

fn is_parameter(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    (1..=128).contains(&text.len()) && text.bytes().all(allowed)
}

impl FromStr for PathPattern {
    type Err = PathPatternError;

    fn from_str(text: &str) -> Result<Self, PathPatternError> {
        let rest = text.strip_prefix('/').ok_or(PathPatternError)?;
        let segments = rest.split('/').map(parse_segment).collect::<Result<_, _>>()?;
        Ok(Self { text: text.into(), segments })
    }
}

fn parse_segment(text: &str) -> Result<Segment, PathPatternError> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    let name = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    let inner = name.unwrap_or(text);
    if inner.is_empty() || inner == "." || inner == ".." || !inner.bytes().all(allowed) {
        return Err(PathPatternError);
    }
    Ok(match name {
        Some(name) => Segment::Parameter(name.into()),
        None => Segment::Literal(text.into()),
    })
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> PathPattern {
        text.parse().unwrap()
    }

    #[test]
    fn parameters_take_what_can_mean_no_other_path() {
        let poll = pattern("/v1/generations/{generation_id}");
        assert_eq!(poll.matches("/v1/generations/a-1_Z"), Some(vec![("generation_id", "a-1_Z")]));
        let others = ["", "..", ".", "a/b", "a%2fb", "a.b", "{generation_id}", "a;b"];
        for other in others {
            assert_eq!(poll.matches(&format!("/v1/generations/{other}")), None, "{other}");
        }
        assert_eq!(poll.matches(&format!("/v1/generations/{}", "a".repeat(129))), None);
    }

    #[test]
    fn patterns_that_differ_in_names_only_have_one_shape() {
        assert_eq!(pattern("/datasets/{a}/x").shape(), pattern("/datasets/{b}/x").shape());
        assert_ne!(pattern("/datasets/{a}").shape(), pattern("/datasets/a").shape());
        assert!(pattern("/datasets/a").is_literal() && !pattern("/datasets/{a}").is_literal());
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for text in ["", "x", "/", "/a//b", "/a/", "/a/../b", "/a/{b", "/a/{}", "/a b", "/a?b"] {
            assert_eq!(text.parse::<PathPattern>(), Err(PathPatternError), "{text}");
        }
    }
}
