//! What an operation is: where it is called, what it takes, what it does.

use super::field::FormField;

/// One operation of the stand-in.
///
/// Nothing here is changed while it runs.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// The HTTP method.
    pub method: &'static str,
    /// The path; a segment in braces stands for any one segment.
    pub path: &'static str,
    /// The generation of the API, which decides how refusals look.
    pub family: Family,
    /// The kinds of body it takes.
    pub body: BodyType,
    /// The fields it knows, in groups that operations share.
    pub fields: &'static [&'static [FormField]],
    /// The fields inside `image_request`, for operations that wrap them.
    pub wrapped: &'static [&'static [FormField]],
    /// The status for a key that is missing or wrong.
    pub stranger: u16,
    /// What it does.
    pub deed: Deed,
    /// When the answer comes.
    pub timing: Timing,
    /// Whether `dry_run` is known; where it is not, it is ignored and the call runs.
    pub quotes: bool,
}

/// A generation of the API.
///
/// Statuses are the same in both, but for a file that is too large: 400 in the first, 413 in the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Paths without a version, and `/v1`: errors are loosely typed.
    V1,
    /// `/v2`: refusals name a reason.
    V2,
}

/// The kinds of body that an operation takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyType {
    /// None.
    Nothing,
    /// JSON.
    Json,
    /// Multipart form data.
    Multipart,
    /// Either of them.
    Either,
}

/// When an answer with the result comes.
///
/// An answer that comes later has `generation_id` alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timing {
    /// With the answer.
    Now,
    /// Later, by polling, and `webhook_url` is required in the query.
    LaterWithWebhook,
    /// Later if the field `async` says so.
    AsAsked,
    /// Always later.
    Later,
}

/// What an operation does.
///
/// Only what is made takes places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Makes something that takes places and is billed.
    Make(Product, AnswerShape),
    /// Tells how a generation stands.
    Poll,
    /// Lists the models.
    Models,
    /// Shows one model.
    Model,
    /// Lists the data sets.
    Datasets,
    /// Shows one data set.
    Dataset,
    /// Makes a data set.
    NewDataset,
    /// Puts files into a data set.
    Upload,
    /// Starts a training.
    Train,
    /// Shows the public keys of webhooks.
    Keys,
    /// Refuses every key as one without access to the account.
    NoAccess,
}

/// What is made; decides price, time and default size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Product {
    /// A picture of a model that the field `model` names.
    Legacy,
    /// A picture of version 3.
    V3,
    /// A picture of version 3 with a transparent background.
    Transparent,
    /// A picture of version 4.
    V4,
    /// A picture of version 4.5.
    V45,
    /// A picture edited by instruction.
    Edit,
    /// A larger picture.
    Upscale,
    /// Words about a picture.
    Describe,
    /// A picture without its background.
    RemoveBackground,
    /// A picture without an object.
    RemoveObject,
    /// A picture taken apart.
    Layerize,
    /// A better prompt.
    Words,
    /// A picture of a model with one price, in millionths of a dollar.
    Priced(u64),
    /// A picture of a model that the vendor chooses, at most at this price.
    Chosen(u64),
}

/// How a success looks.
///
/// Only a design can be something else than JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerShape {
    /// The paths without a version.
    Legacy,
    /// `/v1/ideogram-v3`.
    V3,
    /// `/v1/ideogram-v4`.
    V4,
    /// A link and whether it is safe, no more.
    Cutout,
    /// Layers of a design.
    Layers,
    /// Layers, links, a picture or a page, as `response_type` says.
    Design,
    /// Words.
    Words,
    /// A structured prompt.
    Structure,
    /// A structured prompt with the aspect ratio it is for.
    Prompt,
    /// Text blocks above a base picture.
    TextBlocks,
    /// The envelope of `/v2`.
    V2,
    /// The envelope of `/v2` around words.
    V2Words,
}

impl Operation {
    /// Returns an operation without a body.
    ///
    /// Without a key it answers 401, and its answer comes at once.
    pub(super) const fn get(path: &'static str, deed: Deed) -> Self {
        Self {
            method: "GET",
            path,
            family: Family::V1,
            body: BodyType::Nothing,
            fields: &[],
            wrapped: &[],
            stranger: 401,
            deed,
            timing: Timing::Now,
            quotes: false,
        }
    }

    /// Says whether it asks how many pictures to make; all others make one.
    pub fn takes_count(&self) -> bool {
        let mut known = self.fields.iter().chain(self.wrapped).copied().flatten();
        known.any(|field| field.name == "num_images")
    }

    /// Returns an operation with a body.
    pub(super) const fn post(
        path: &'static str,
        body: BodyType,
        fields: &'static [&'static [FormField]],
        deed: Deed,
    ) -> Self {
        Self { method: "POST", body, fields, ..Self::get(path, deed) }
    }

    /// Returns an operation of `/v2` that makes pictures and can be asked for a price.
    ///
    /// It answers at once unless the field `async` or an address for webhooks asks otherwise.
    pub(super) const fn v2(
        path: &'static str,
        body: BodyType,
        fields: &'static [&'static [FormField]],
        product: Product,
    ) -> Self {
        let deed = Deed::Make(product, AnswerShape::V2);
        let made = Self::post(path, body, fields, deed);
        Self { family: Family::V2, timing: Timing::AsAsked, quotes: true, ..made }
    }

    /// Puts `fields` inside `image_request`.
    ///
    /// Fields beside the object do not count for those in it.
    pub(super) const fn wrapping(mut self, fields: &'static [&'static [FormField]]) -> Self {
        self.wrapped = fields;
        self
    }

    /// Answers 403 to a stranger.
    ///
    /// Ideogram's description has 403 there, where other operations have 401.
    pub(super) const fn forbidding(mut self) -> Self {
        self.stranger = 403;
        self
    }

    /// Answers at `timing`.
    pub(super) const fn at(mut self, timing: Timing) -> Self {
        self.timing = timing;
        self
    }

    /// Belongs to `/v2`.
    pub(super) const fn of_v2(mut self) -> Self {
        self.family = Family::V2;
        self
    }

    /// Returns whether `path` is one of this operation's.
    ///
    /// The number of segments must be the same, and one in braces must not be empty.
    pub(super) fn covers(&self, path: &str) -> bool {
        let mut given = path.split('/');
        // Segment by segment, undecoded: an escaped slash in a name must not become a path of its own.
        let fits = self.path.split('/').all(|part| match given.next() {
            Some(segment) => part == segment || (part.starts_with('{') && !segment.is_empty()),
            None => false,
        });
        fits && given.next().is_none()
    }
}
