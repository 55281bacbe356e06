//! `/v1`, apart from version 4: pictures of version 3, editing, cutting out, webhooks' keys.

use super::{
    field::{
        FieldKind::{File, Files, Flag, OneOf, Texts},
        FormField, optional, required,
    },
    fields::{
        CHARACTER, COPYRIGHT, COUNT, CUSTOM, FONTS, IMAGE, MAGIC, MASK, MAYBE_PROMPT, NEGATIVE,
        PROMPT, SEED, SLOWER, SPEED, TRAINING, TRAINING_SETTINGS, V3_LOOK, V3_SIZE, V3_TYPE,
        WEIGHT,
    },
    operation::{AnswerShape, BodyType, Deed, Operation, Product},
    values,
};

/// Makes a picture of version 3.
const V3: Deed = Deed::Make(Product::V3, AnswerShape::V3);
/// Makes a design in layers, at the price of version 3.
const LAYERS: Deed = Deed::Make(Product::V3, AnswerShape::Layers);

/// Returns an operation of version 3.
const fn v3(
    path: &'static str,
    body: BodyType,
    fields: &'static [&'static [FormField]],
    deed: Deed,
) -> Operation {
    Operation::post(path, body, fields, deed)
}

/// What is taken to change a part of a picture.
const INPAINT: &[&[FormField]] =
    &[IMAGE, MASK, PROMPT, MAGIC, COUNT, SEED, SPEED, V3_TYPE, CUSTOM, V3_LOOK, CHARACTER];

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[
    v3(
        "/v1/ideogram-v3/generate",
        BodyType::Either,
        &[
            PROMPT, SEED, V3_SIZE, SPEED, MAGIC, NEGATIVE, COUNT, V3_TYPE, V3_LOOK, CUSTOM,
            CHARACTER, COPYRIGHT,
        ],
        V3,
    ),
    v3(
        "/v1/ideogram-v3/generate-design",
        BodyType::Either,
        &[PROMPT, SEED, V3_SIZE, SPEED, MAGIC, NEGATIVE, COUNT, V3_TYPE, V3_LOOK, CUSTOM, FONTS],
        LAYERS,
    ),
    v3(
        "/v1/ideogram-v3/graphic",
        BodyType::Either,
        &[
            MAYBE_PROMPT,
            SEED,
            V3_SIZE,
            SPEED,
            MAGIC,
            NEGATIVE,
            COUNT,
            V3_TYPE,
            V3_LOOK,
            CUSTOM,
            FONTS,
            &[optional("flat_graphic_image", File)],
        ],
        LAYERS,
    ),
    v3(
        "/v1/ideogram-v3/generate-transparent",
        BodyType::Either,
        &[
            PROMPT,
            SEED,
            SLOWER,
            MAGIC,
            NEGATIVE,
            COUNT,
            CUSTOM,
            &[
                optional("upscale_factor", OneOf(values::FACTORS)),
                optional("aspect_ratio", OneOf(values::V3_ASPECTS)),
            ],
        ],
        Deed::Make(Product::Transparent, AnswerShape::V3),
    ),
    v3("/v1/ideogram-v3/edit", BodyType::Multipart, INPAINT, V3),
    v3("/v1/ideogram-v3/inpaint", BodyType::Multipart, INPAINT, V3),
    v3(
        "/v1/ideogram-v3/remix",
        BodyType::Multipart,
        &[
            IMAGE, PROMPT, WEIGHT, SEED, V3_SIZE, SPEED, MAGIC, NEGATIVE, COUNT, V3_TYPE, V3_LOOK,
            CUSTOM, CHARACTER,
        ],
        V3,
    )
    .forbidding(),
    v3(
        "/v1/ideogram-v3/reframe",
        BodyType::Multipart,
        &[IMAGE, &[required("resolution", OneOf(values::V3_SIZES))], COUNT, SEED, SPEED, V3_LOOK],
        V3,
    ),
    v3(
        "/v1/ideogram-v3/replace-background",
        BodyType::Multipart,
        &[IMAGE, PROMPT, MAGIC, COUNT, SEED, SPEED, V3_LOOK],
        V3,
    ),
    v3(
        "/v1/ideogram-v3/try-on",
        BodyType::Multipart,
        &[
            IMAGE,
            MAYBE_PROMPT,
            MAGIC,
            COUNT,
            SEED,
            SPEED,
            V3_TYPE,
            &[
                required("product_reference_images", Files(1)),
                optional("style_preset", OneOf(values::V3_PRESETS)),
            ],
        ],
        V3,
    ),
    v3(
        "/v1/ideogram-v3/layerize-design",
        BodyType::Multipart,
        &[&[required("flat_graphic_image", File)], MAYBE_PROMPT, SEED, FONTS],
        Deed::Make(Product::Layerize, AnswerShape::Layers),
    ),
    v3(
        "/v1/ideogram-v3/layerize-text",
        BodyType::Multipart,
        &[IMAGE, MAYBE_PROMPT, SEED],
        Deed::Make(Product::Layerize, AnswerShape::TextBlocks),
    ),
    v3("/v1/ideogram-v3/train-model", BodyType::Json, &[TRAINING], Deed::Train),
    v3(
        "/v1/ideogram-v3/train-model-advanced",
        BodyType::Json,
        &[TRAINING, TRAINING_SETTINGS],
        Deed::Train,
    ),
    Operation::post(
        "/v1/edit",
        BodyType::Multipart,
        &[
            PROMPT,
            COUNT,
            SEED,
            MAGIC,
            V3_SIZE,
            &[
                optional("images", Files(10)),
                optional("image_urls", Texts(10)),
                optional("transparent_background", Flag),
            ],
        ],
        Deed::Make(Product::Edit, AnswerShape::V3),
    ),
    Operation::post(
        "/v1/remove-background",
        BodyType::Multipart,
        &[IMAGE],
        Deed::Make(Product::RemoveBackground, AnswerShape::Cutout),
    ),
    Operation::post(
        "/v1/remove-object",
        BodyType::Multipart,
        &[IMAGE, MASK, SEED],
        Deed::Make(Product::RemoveObject, AnswerShape::Cutout),
    ),
    Operation::get("/v1/generations/{generation_id}", Deed::Poll),
    Operation::get("/v1/.well-known/jwks.json", Deed::Keys),
];
