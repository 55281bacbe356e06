//! The paths without a version.
//!
//! Some of them wrap their fields in `image_request`: an object of the JSON body, or a form field that holds
//! JSON. Refusals of strangers are 403 for some of them, as Ideogram's description says.

use super::{
    field::{
        FieldKind::{Files, Integer, LegacySize, Length, OneOf, Text},
        FormField, optional, required,
    },
    fields::{COUNT, IMAGE_FILE, MAGIC_OPTION, MASK, MAYBE_PROMPT, NEGATIVE, PROMPT, SEED, WEIGHT},
    operation::{AnswerShape, BodyType, Deed, Operation, Product},
    values,
};

/// Makes a picture of the model that is named.
const MADE: Deed = Deed::Make(Product::Legacy, AnswerShape::Legacy);

/// The style.
const STYLE: &[FormField] = &[optional("style_type", OneOf(values::LEGACY_STYLES))];
/// The model.
const MODEL: &[FormField] = &[optional("model", OneOf(values::LEGACY_MODELS))];
/// The size.
const SIZE: &[FormField] = &[optional("resolution", LegacySize(values::LEGACY_SIZES))];
/// What stands in the object to make a picture.
const REQUEST: &[&[FormField]] = &[
    PROMPT,
    MODEL,
    SIZE,
    STYLE,
    MAGIC_OPTION,
    NEGATIVE,
    COUNT,
    SEED,
    &[optional("aspect_ratio", OneOf(values::LEGACY_ASPECTS))],
];
/// What stands in the object to change one.
const REMIX_REQUEST: &[&[FormField]] = &[
    PROMPT,
    MODEL,
    SIZE,
    STYLE,
    MAGIC_OPTION,
    NEGATIVE,
    COUNT,
    SEED,
    WEIGHT,
    &[optional("aspect_ratio", OneOf(values::LEGACY_ASPECTS))],
];
/// What stands in the object to enlarge one.
const UPSCALE_REQUEST: &[&[FormField]] = &[
    MAYBE_PROMPT,
    MAGIC_OPTION,
    COUNT,
    SEED,
    &[optional("resemblance", Integer(1, 100)), optional("detail", Integer(1, 100))],
];

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::post("/generate", BodyType::Json, &[], MADE).wrapping(REQUEST),
    Operation::post("/remix", BodyType::Multipart, &[IMAGE_FILE], MADE)
        .wrapping(REMIX_REQUEST)
        .forbidding(),
    Operation::post(
        "/upscale",
        BodyType::Multipart,
        &[IMAGE_FILE],
        Deed::Make(Product::Upscale, AnswerShape::Legacy),
    )
    .wrapping(UPSCALE_REQUEST)
    .forbidding(),
    Operation::post(
        "/edit",
        BodyType::Multipart,
        &[
            IMAGE_FILE,
            MASK,
            PROMPT,
            &[required("model", OneOf(values::LEGACY_MODELS))],
            MAGIC_OPTION,
            COUNT,
            SEED,
            STYLE,
        ],
        MADE,
    ),
    Operation::post(
        "/reframe",
        BodyType::Multipart,
        &[
            IMAGE_FILE,
            &[
                required("resolution", LegacySize(values::LEGACY_SIZES)),
                required("model", OneOf(values::LEGACY_MODELS)),
            ],
            COUNT,
            SEED,
            STYLE,
        ],
        MADE,
    ),
    Operation::post(
        "/describe",
        BodyType::Multipart,
        &[IMAGE_FILE, &[optional("describe_model_version", OneOf(values::DESCRIBERS))]],
        Deed::Make(Product::Describe, AnswerShape::Words),
    ),
    Operation::get("/models", Deed::Models),
    Operation::get("/models/{model_id}", Deed::Model),
    Operation::get("/datasets", Deed::Datasets),
    Operation::post("/datasets", BodyType::Json, &[&[required("name", Text)]], Deed::NewDataset),
    Operation::get("/datasets/{dataset_id}", Deed::Dataset),
    Operation::post(
        "/datasets/{dataset_id}/upload_assets",
        BodyType::Multipart,
        &[&[required("files", Files(100))]],
        Deed::Upload,
    ),
    Operation::post(
        "/datasets/{dataset_id}/train_model",
        BodyType::Json,
        &[&[required("model_name", Length(5, 30))]],
        Deed::Train,
    ),
];
