//! `/v1`, apart from version 4: pictures of version 3, editing, cutting out, webhooks' keys.

use super::{
    field::{
        Field,
        Kind::{File, Files, Flag, OneOf, Texts},
        optional, required,
    },
    fields::{
        CHARACTER, COPYRIGHT, COUNT, CUSTOM, FONTS, IMAGE, MAGIC, MASK, MAYBE_PROMPT, NEGATIVE,
        PROMPT, SEED, SLOWER, SPEED, TRAINING, TRAINING_SETTINGS, V3_LOOK, V3_SIZE, V3_TYPE,
        WEIGHT,
    },
    operation::{Body, Deed, Operation, Product, Shape},
    values,
};

const V3: Deed = Deed::Make(Product::V3, Shape::V3);
const LAYERS: Deed = Deed::Make(Product::V3, Shape::Layers);

const fn v3(
    path: &'static str,
    body: Body,
    fields: &'static [&'static [Field]],
    deed: Deed,
) -> Operation {
    Operation::post(path, body, fields, deed)
}

const INPAINT: &[&[Field]] =
    &[IMAGE, MASK, PROMPT, MAGIC, COUNT, SEED, SPEED, V3_TYPE, CUSTOM, V3_LOOK, CHARACTER];

pub(super) const OPERATIONS: &[Operation] = &[
    v3(
        "/v1/ideogram-v3/generate",
        Body::Either,
        &[
            PROMPT, SEED, V3_SIZE, SPEED, MAGIC, NEGATIVE, COUNT, V3_TYPE, V3_LOOK, CUSTOM,
            CHARACTER, COPYRIGHT,
        ],
        V3,
    ),
    v3(
        "/v1/ideogram-v3/generate-design",
        Body::Either,
        &[PROMPT, SEED, V3_SIZE, SPEED, MAGIC, NEGATIVE, COUNT, V3_TYPE, V3_LOOK, CUSTOM, FONTS],
        LAYERS,
    ),
    v3(
        "/v1/ideogram-v3/graphic",
        Body::Either,
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
        Body::Either,
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
        Deed::Make(Product::Transparent, Shape::V3),
    ),
    v3("/v1/ideogram-v3/edit", Body::Multipart, INPAINT, V3),
    v3("/v1/ideogram-v3/inpaint", Body::Multipart, INPAINT, V3),
    v3(
        "/v1/ideogram-v3/remix",
        Body::Multipart,
        &[
            IMAGE, PROMPT, WEIGHT, SEED, V3_SIZE, SPEED, MAGIC, NEGATIVE, COUNT, V3_TYPE, V3_LOOK,
            CUSTOM, CHARACTER,
        ],
        V3,
    )
    .forbidding(),
    v3(
        "/v1/ideogram-v3/reframe",
        Body::Multipart,
        &[IMAGE, &[required("resolution", OneOf(values::V3_SIZES))], COUNT, SEED, SPEED, V3_LOOK],
        V3,
    ),
    v3(
        "/v1/ideogram-v3/replace-background",
        Body::Multipart,
        &[IMAGE, PROMPT, MAGIC, COUNT, SEED, SPEED, V3_LOOK],
        V3,
    ),
    v3(
        "/v1/ideogram-v3/try-on",
        Body::Multipart,
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
        Body::Multipart,
        &[&[required("flat_graphic_image", File)], MAYBE_PROMPT, SEED, FONTS],
        Deed::Make(Product::Layerize, Shape::Layers),
    ),
    v3(
        "/v1/ideogram-v3/layerize-text",
        Body::Multipart,
        &[IMAGE, MAYBE_PROMPT, SEED],
        Deed::Make(Product::Layerize, Shape::TextBlocks),
    ),
    v3("/v1/ideogram-v3/train-model", Body::Json, &[TRAINING], Deed::Train),
    v3(
        "/v1/ideogram-v3/train-model-advanced",
        Body::Json,
        &[TRAINING, TRAINING_SETTINGS],
        Deed::Train,
    ),
    Operation::post(
        "/v1/edit",
        Body::Multipart,
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
        Deed::Make(Product::Edit, Shape::V3),
    ),
    Operation::post(
        "/v1/remove-background",
        Body::Multipart,
        &[IMAGE],
        Deed::Make(Product::RemoveBackground, Shape::Cutout),
    ),
    Operation::post(
        "/v1/remove-object",
        Body::Multipart,
        &[IMAGE, MASK, SEED],
        Deed::Make(Product::RemoveObject, Shape::Cutout),
    ),
    Operation::get("/v1/generations/{generation_id}", Deed::Poll),
    Operation::get("/v1/.well-known/jwks.json", Deed::Keys),
];
