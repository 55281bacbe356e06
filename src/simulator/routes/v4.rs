//! `/v1/ideogram-v4…`.

use super::{
    field::{
        Field,
        Kind::{Flag, OneOf},
        optional,
    },
    fields::{
        COPYRIGHT, CUSTOM, IMAGE, IMAGE_FILE, MAGIC_OPTION, MAYBE_PROMPT, PROMPT, SEED, SLOWER,
        TEXT_OR_JSON, TEXT_PROMPT, TRAINING, TRAINING_SETTINGS, V4_DESIGN, V4_IMAGE_SIZE, V4_SIZE,
        WEIGHT,
    },
    operation::{Body, Deed, Operation, Product, Shape, Timing},
    values,
};

const V4: Deed = Deed::Make(Product::V4, Shape::V4);

const GENERATE: &[&[Field]] = &[TEXT_OR_JSON, SEED, CUSTOM, V4_SIZE, SLOWER, COPYRIGHT];
const DESIGN: &[&[Field]] = &[PROMPT, SEED, MAGIC_OPTION, SLOWER, V4_DESIGN];
const FROM_IMAGE: &[&[Field]] =
    &[IMAGE, MAYBE_PROMPT, SEED, MAGIC_OPTION, V4_IMAGE_SIZE, SLOWER, COPYRIGHT];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::post("/v1/ideogram-v4/generate", Body::Either, GENERATE, V4),
    Operation::post("/v1/ideogram-v4-fp8/generate", Body::Either, GENERATE, V4),
    Operation::post(
        "/v1/ideogram-v4/generate/stable",
        Body::Either,
        &[TEXT_OR_JSON, SEED, V4_SIZE, &[optional("version", OneOf(values::STABLE_VERSIONS))]],
        V4,
    ),
    Operation::post(
        "/v1/ideogram-v4/generate-design",
        Body::Either,
        DESIGN,
        Deed::Make(Product::V4, Shape::Design),
    ),
    Operation::post("/v1/ideogram-v4/image-to-image", Body::Multipart, FROM_IMAGE, V4),
    Operation::post(
        "/v1/ideogram-v4/remix",
        Body::Multipart,
        &[IMAGE, TEXT_PROMPT, WEIGHT, V4_SIZE, SLOWER, COPYRIGHT],
        V4,
    ),
    Operation::post("/v1/ideogram-v4/async/generate", Body::Either, GENERATE, V4)
        .at(Timing::LaterWithWebhook),
    Operation::post(
        "/v1/ideogram-v4/async/generate-design",
        Body::Either,
        DESIGN,
        Deed::Make(Product::V4, Shape::Design),
    )
    .at(Timing::LaterWithWebhook),
    Operation::post("/v1/ideogram-v4/async/image-to-image", Body::Multipart, FROM_IMAGE, V4)
        .at(Timing::LaterWithWebhook),
    Operation::post(
        "/v1/ideogram-v4/describe",
        Body::Multipart,
        &[
            IMAGE_FILE,
            &[
                optional("include_bbox", Flag),
                optional("include_style_descriptions", Flag),
                optional("include_tags", Flag),
            ],
        ],
        Deed::Make(Product::Describe, Shape::Structure),
    ),
    Operation::post(
        "/v1/ideogram-v4/magic-prompt",
        Body::Json,
        &[TEXT_PROMPT, &[optional("aspect_ratio", OneOf(values::PROMPT_ASPECTS))]],
        Deed::Make(Product::Words, Shape::Prompt),
    ),
    Operation::post("/v1/ideogram-v4/train-model", Body::Json, &[TRAINING], Deed::Train),
    Operation::post(
        "/v1/ideogram-v4/train-model-advanced",
        Body::Json,
        &[TRAINING, TRAINING_SETTINGS],
        Deed::Train,
    ),
];
