//! `/v1/ideogram-v4…`.

use super::{
    field::{
        FieldKind::{Flag, OneOf},
        FormField, optional,
    },
    fields::{
        COPYRIGHT, CUSTOM, IMAGE, IMAGE_FILE, MAGIC_OPTION, MAYBE_PROMPT, PROMPT, SEED, SLOWER,
        TEXT_OR_JSON, TEXT_PROMPT, TRAINING, TRAINING_SETTINGS, V4_DESIGN, V4_IMAGE_SIZE, V4_SIZE,
        WEIGHT,
    },
    operation::{AnswerShape, BodyType, Deed, Operation, Product, Timing},
    values,
};

/// Makes a picture of version 4.
const V4: Deed = Deed::Make(Product::V4, AnswerShape::V4);

/// What is taken to make a picture.
const GENERATE: &[&[FormField]] = &[TEXT_OR_JSON, SEED, CUSTOM, V4_SIZE, SLOWER, COPYRIGHT];
/// What is taken to make a design.
const DESIGN: &[&[FormField]] = &[PROMPT, SEED, MAGIC_OPTION, SLOWER, V4_DESIGN];
/// What is taken to make a picture from one.
const FROM_IMAGE: &[&[FormField]] =
    &[IMAGE, MAYBE_PROMPT, SEED, MAGIC_OPTION, V4_IMAGE_SIZE, SLOWER, COPYRIGHT];

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation::post("/v1/ideogram-v4/generate", BodyType::Either, GENERATE, V4),
    Operation::post("/v1/ideogram-v4-fp8/generate", BodyType::Either, GENERATE, V4),
    Operation::post(
        "/v1/ideogram-v4/generate/stable",
        BodyType::Either,
        &[TEXT_OR_JSON, SEED, V4_SIZE, &[optional("version", OneOf(values::STABLE_VERSIONS))]],
        V4,
    ),
    Operation::post(
        "/v1/ideogram-v4/generate-design",
        BodyType::Either,
        DESIGN,
        Deed::Make(Product::V4, AnswerShape::Design),
    ),
    Operation::post("/v1/ideogram-v4/image-to-image", BodyType::Multipart, FROM_IMAGE, V4),
    Operation::post(
        "/v1/ideogram-v4/remix",
        BodyType::Multipart,
        &[IMAGE, TEXT_PROMPT, WEIGHT, V4_SIZE, SLOWER, COPYRIGHT],
        V4,
    ),
    Operation::post("/v1/ideogram-v4/async/generate", BodyType::Either, GENERATE, V4)
        .at(Timing::LaterWithWebhook),
    Operation::post(
        "/v1/ideogram-v4/async/generate-design",
        BodyType::Either,
        DESIGN,
        Deed::Make(Product::V4, AnswerShape::Design),
    )
    .at(Timing::LaterWithWebhook),
    Operation::post("/v1/ideogram-v4/async/image-to-image", BodyType::Multipart, FROM_IMAGE, V4)
        .at(Timing::LaterWithWebhook),
    Operation::post(
        "/v1/ideogram-v4/describe",
        BodyType::Multipart,
        &[
            IMAGE_FILE,
            &[
                optional("include_bbox", Flag),
                optional("include_style_descriptions", Flag),
                optional("include_tags", Flag),
            ],
        ],
        Deed::Make(Product::Describe, AnswerShape::Structure),
    ),
    Operation::post(
        "/v1/ideogram-v4/magic-prompt",
        BodyType::Json,
        &[TEXT_PROMPT, &[optional("aspect_ratio", OneOf(values::PROMPT_ASPECTS))]],
        Deed::Make(Product::Words, AnswerShape::Prompt),
    ),
    Operation::post("/v1/ideogram-v4/train-model", BodyType::Json, &[TRAINING], Deed::Train),
    Operation::post(
        "/v1/ideogram-v4/train-model-advanced",
        BodyType::Json,
        &[TRAINING, TRAINING_SETTINGS],
        Deed::Train,
    ),
];
