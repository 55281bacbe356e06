//! The fields that are inspected on a route, and what was found in them.
//!
//! What is in no inspected field is passed over: the gateway need not know it.

use super::InspectionError;
use crate::domain::{Asynchronous, ModelRule, Places, PlacesRule, Route, WebhookRule};

/// Always inspected, on every route: where results may be sent, what the vendor shall fetch, and
/// which of the organization's models is used are matters of policy, not of the route.
/// This one says where results are sent.
pub(super) const WEBHOOK_URL: &str = "webhook_url";
/// The field with addresses that Ideogram is to fetch pictures from.
pub(super) const IMAGE_URLS: &str = "image_urls";
/// The field that names a model of the organization's own.
pub(super) const CUSTOM_MODEL: &str = "custom_model_uri";

/// The longest text taken from an inspected field, in bytes.
pub(super) const LONGEST_TEXT: usize = 64 << 10;
/// The longest text that counts as a value the price may depend on, in bytes.
pub(super) const LONGEST_SCALAR: usize = 256;

/// The most texts taken from an inspected list.
pub(super) const MOST_TEXTS: usize = 256;

/// What is told of a number of images that is none. Ideogram takes 1 to 8.
pub(super) const PLACES_PROBLEM: &str = "must be a whole number from 1 to 8";
/// What is told of a flag that is none.
pub(super) const FLAG_PROBLEM: &str = "must be true or false";
/// What is told of a text that is none, or too long.
pub(super) const TEXT_PROBLEM: &str = "must be a text of at most 64 KiB";
/// What is told of a list that is none, or holds too much.
pub(super) const TEXTS_PROBLEM: &str = "must be a list of at most 256 texts of at most 64 KiB each";
/// What is told of a text that would read differently by its label and by UTF-8.
pub(super) const CHARSET_PROBLEM: &str =
    "has characters beyond ASCII under a charset other than utf-8; label it utf-8";
/// What is told of an object that is none.
pub(super) const OBJECT_PROBLEM: &str = "must be a JSON object";

/// What a field may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldShape {
    /// The object that other inspected fields are in.
    Object,
    /// Nothing: the field belongs elsewhere and would be overlooked here.
    Misplaced,
    /// A number of images, 1 to 8.
    Places,
    /// True or false.
    Flag,
    /// A text.
    Text,
    /// A list of texts.
    Texts,
    /// Anything: a short scalar is read, of the rest only the presence counts.
    Any,
}

/// Where in the body a field is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// The body's own top level.
    Top,
    /// Inside the route's object.
    Inside,
}

/// What was found in a field.
///
/// A text from JSON has lost its escapes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FieldReading {
    /// It says null, and counts as absent.
    Null,
    /// A number of images, 1 to 8.
    Places(Places),
    /// True or false.
    Flag(bool),
    /// A text.
    Text(Box<str>),
    /// A list of texts, in their order.
    Texts(Vec<Box<str>>),
    /// Something is there; what it holds does not count.
    Present,
}

/// A field that is inspected on the route, and what was found in it.
#[derive(Debug)]
struct InspectedField<'r> {
    /// Its name, as the route or this room calls it.
    name: &'r str,
    /// Where it is looked for.
    level: Level,
    /// What it may hold.
    shape: FieldShape,
    /// What it holds; `None` until it was seen.
    found: Option<FieldReading>,
}

/// Names one of the inspected fields.
///
/// It is good for the `Fields` it came from and for no other.
#[derive(Debug, Clone, Copy)]
pub(super) struct FieldIndex(usize);

/// The inspected fields of one request.
///
/// They are few, so that they are searched one by one.
#[derive(Debug)]
pub(super) struct Fields<'r>(Vec<InspectedField<'r>>);

impl<'r> Fields<'r> {
    /// Returns the fields that `route` asks to inspect, none found yet.
    ///
    /// A name that is asked for twice keeps its first, stricter shape.
    pub(super) fn new(route: &'r Route) -> Self {
        let mut fields = Self(Vec::with_capacity(12 + route.priced_fields.len()));
        // The order counts: a name that comes again keeps its first shape, and the loosest ones come last.
        let beside = fields.watch_places(&route.places);
        if let Asynchronous::Field(name) = &route.asynchronous {
            fields.watch(name, Level::Top, FieldShape::Flag);
        }
        if let ModelRule::Field { name, .. } = &route.model {
            fields.watch(name, beside, FieldShape::Text);
        }
        if let Some(name) = &route.speed_field {
            fields.watch(name, beside, FieldShape::Text);
        }
        if let WebhookRule::Field(name) = &route.webhook {
            fields.watch(name, Level::Top, FieldShape::Text);
        }
        fields.watch_always(beside);
        for name in &route.priced_fields {
            fields.watch(name, beside, FieldShape::Any);
        }
        fields
    }

    /// Watches the number of images, and returns the level that fields beside it are at.
    fn watch_places(&mut self, rule: &'r PlacesRule) -> Level {
        let PlacesRule::Field { name, inside, .. } = rule else { return Level::Top };
        let Some(object) = inside else {
            self.watch(name, Level::Top, FieldShape::Places);
            return Level::Top;
        };
        self.watch(object, Level::Top, FieldShape::Object);
        // Ideogram may look for the number outside, too; one that stands there must not be overlooked.
        self.watch(name, Level::Top, FieldShape::Misplaced);
        self.watch(name, Level::Inside, FieldShape::Places);
        Level::Inside
    }

    /// Watches the fields of policy at the top and at the level of the other fields, so that neither place is
    /// overlooked.
    fn watch_always(&mut self, beside: Level) {
        for (name, shape) in [
            (WEBHOOK_URL, FieldShape::Text),
            (CUSTOM_MODEL, FieldShape::Text),
            (IMAGE_URLS, FieldShape::Texts),
        ] {
            self.watch(name, Level::Top, shape);
            self.watch(name, beside, shape);
        }
    }

    /// Watches a field, unless it is watched at that level already.
    fn watch(&mut self, name: &'r str, level: Level, shape: FieldShape) {
        if self.find(level, name.as_bytes()).is_none() {
            self.0.push(InspectedField { name, level, shape, found: None });
        }
    }

    /// Returns the inspected field of that name at that level.
    ///
    /// Names are compared byte by byte, as JSON and forms know them: case counts.
    pub(super) fn find(&self, level: Level, name: &[u8]) -> Option<FieldIndex> {
        let same =
            |field: &InspectedField<'_>| field.level == level && field.name.as_bytes() == name;
        self.0.iter().position(same).map(FieldIndex)
    }

    /// Returns the field's name.
    pub(super) fn name(&self, index: FieldIndex) -> &'r str {
        self.0[index.0].name
    }

    /// Returns what the field may hold.
    pub(super) fn shape(&self, index: FieldIndex) -> FieldShape {
        self.0[index.0].shape
    }

    /// Refuses a field that may not come, or not again.
    ///
    /// A field that comes twice is refused, since readers differ in which of the two counts.
    pub(super) fn admit(&self, index: FieldIndex) -> Result<(), InspectionError> {
        let field = &self.0[index.0];
        if field.shape == FieldShape::Misplaced {
            let problem = "stands in the wrong place: it belongs inside the route's object";
            return Err(InspectionError::malformed(field.name, problem));
        }
        if field.found.is_some() {
            return Err(InspectionError::ambiguous(field.name, "must not come twice"));
        }
        Ok(())
    }

    /// Keeps what was found in a field that was admitted before.
    pub(super) fn put(&mut self, index: FieldIndex, found: FieldReading) {
        self.0[index.0].found = Some(found);
    }

    /// Keeps what was found in a form's part; lists and files may come in several parts.
    ///
    /// A field of any other kind that comes in several parts is refused, as if it came twice.
    pub(super) fn add(
        &mut self,
        index: FieldIndex,
        found: FieldReading,
    ) -> Result<(), InspectionError> {
        let field = &mut self.0[index.0];
        match (&mut field.found, found) {
            (Some(FieldReading::Texts(all)), FieldReading::Texts(more)) => all.extend(more),
            (Some(FieldReading::Present), FieldReading::Present)
                if field.shape == FieldShape::Any => {}
            (_, found) => {
                self.admit(index)?;
                self.put(index, found);
            }
        }
        Ok(())
    }

    /// Returns what was found under `name` at either level; null counts as absent.
    ///
    /// It is an error if it was found at both levels.
    pub(super) fn found(&self, name: &str) -> Result<Option<&FieldReading>, InspectionError> {
        let there = |field: &&InspectedField<'_>| {
            field.name == name
                && field.found.as_ref().is_some_and(|found| *found != FieldReading::Null)
        };
        let mut found = self.0.iter().filter(there);
        let first = found.next();
        if found.next().is_some() {
            let problem = "must not come twice, also not once outside and once inside";
            return Err(InspectionError::ambiguous(name, problem));
        }
        Ok(first.and_then(|field| field.found.as_ref()))
    }

    /// Says whether any inspected field has this name, whatever its level.
    pub(super) fn has_name(&self, name: &[u8]) -> bool {
        self.0.iter().any(|field| field.name.as_bytes() == name)
    }
}
