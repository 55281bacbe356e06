//! `/v2`: pictures, designs, polling and the account.
//!
//! Models of other vendors are here with one price each. The account's operations refuse every key, as
//! Ideogram refuses one without access to billing.

use super::{
    field::FormField,
    fields::{V2, V2_CHARACTER, V2_IMAGE, V2_MASK, V2_MAYBE_PROMPT, V2_PROMPT},
    operation::{AnswerShape, BodyType, Deed, Operation, Product, Timing},
};

/// What is taken to make a picture.
const GENERATE: &[&[FormField]] = &[V2_PROMPT, V2];
/// The same with a character.
const CHARACTER: &[&[FormField]] = &[V2_PROMPT, V2, V2_CHARACTER];
/// What is taken to do something with a picture, with or without a prompt.
const FROM_IMAGE: &[&[FormField]] = &[V2_IMAGE, V2_MASK, V2_MAYBE_PROMPT, V2, V2_CHARACTER];
/// What is taken to change a picture as a prompt says.
const CHANGE: &[&[FormField]] = &[V2_IMAGE, V2_MASK, V2_PROMPT, V2, V2_CHARACTER];

/// Makes a picture from a prompt.
const fn generate(path: &'static str, product: Product) -> Operation {
    Operation::v2(path, BodyType::Either, GENERATE, product)
}

/// Changes a picture; a form only, as it takes files.
const fn change(path: &'static str, product: Product) -> Operation {
    Operation::v2(path, BodyType::Multipart, CHANGE, product)
}

/// Does something with a picture.
const fn process(path: &'static str, product: Product) -> Operation {
    Operation::v2(path, BodyType::Either, FROM_IMAGE, product)
}

/// Describing declares no `dry_run`: asked for a price, it runs and bills.
const fn describe(path: &'static str) -> Operation {
    let deed = Deed::Make(Product::Describe, AnswerShape::V2Words);
    Operation::post(path, BodyType::Multipart, &[V2_IMAGE], deed).of_v2()
}

/// The operations.
pub(super) const OPERATIONS: &[Operation] = &[
    generate("/v2/image/generate/auto", Product::Chosen(30_000)),
    generate("/v2/image/generate/ideogram-4-5", Product::V45),
    generate("/v2/image/generate/ideogram-4", Product::V4),
    generate("/v2/image/generate/ideogram-4-transparent", Product::V4),
    generate("/v2/image/generate/ideogram-4-custom-model", Product::V4),
    generate("/v2/image/generate/ideogram-3", Product::V3),
    Operation::v2(
        "/v2/image/generate/ideogram-3-character",
        BodyType::Either,
        CHARACTER,
        Product::V3,
    ),
    generate("/v2/image/generate/ideogram-3-custom-model", Product::V3),
    generate("/v2/image/generate/ideogram-3-transparent", Product::Transparent),
    generate("/v2/image/generate/ideogram-2a", Product::Priced(40_000)),
    generate("/v2/image/generate/ideogram-2", Product::Priced(80_000)),
    generate("/v2/image/generate/gpt-image-2", Product::Priced(211_000)),
    generate("/v2/image/generate/gpt-image-2-5-flare", Product::Priced(53_000)),
    generate("/v2/image/generate/gpt-image-2-5-sunburst", Product::Priced(53_000)),
    generate("/v2/image/generate/nano-banana-2", Product::Priced(67_000)),
    generate("/v2/image/generate/nano-banana-pro", Product::Priced(134_000)),
    generate("/v2/image/generate/p-image-ideogram", Product::Priced(10_000)),
    generate("/v2/image/generate/z-image", Product::Priced(5_000)),
    change("/v2/image/precise-edit/ideogram-4-5", Product::V45),
    change("/v2/image/inpaint/ideogram-3", Product::V3),
    change("/v2/image/inpaint/ideogram-3-character", Product::V3),
    change("/v2/image/inpaint/ideogram-3-custom-model", Product::V3),
    change("/v2/image/remix/auto", Product::Chosen(60_000)),
    change("/v2/image/remix/ideogram-3", Product::V3),
    change("/v2/image/remix/ideogram-3-character", Product::V3),
    change("/v2/image/remix/ideogram-3-custom-model", Product::V3),
    change("/v2/image/remix/ideogram-4", Product::V4),
    process("/v2/image/reframe/ideogram-3", Product::V3),
    process("/v2/image/reframe/nano-banana-2", Product::Priced(67_000)).at(Timing::Later),
    change("/v2/image/replace-background/ideogram-3", Product::V3).at(Timing::Later),
    change("/v2/image/replace-background/gpt-image-2", Product::Priced(211_000)).at(Timing::Later),
    process("/v2/image/remove-background/ideogram-1", Product::RemoveBackground),
    process("/v2/image/remove-object/ideogram-1", Product::RemoveObject).at(Timing::Later),
    process("/v2/image/upscale/auto", Product::Chosen(377_000)),
    process("/v2/image/upscale/nano-banana-pro", Product::Priced(134_000)),
    process("/v2/image/upscale/topaz-bloom-2", Product::Priced(377_000)),
    process("/v2/image/upscale/topaz-redefine", Product::Priced(377_000)),
    process("/v2/image/upscale/topaz-standard-2", Product::Priced(126_000)),
    process("/v2/image/upscale/topaz-text-refine", Product::Priced(126_000)),
    process("/v2/image/upscale/topaz-wonder-3-5", Product::Priced(377_000)),
    describe("/v2/image/describe/ideogram-3"),
    describe("/v2/image/describe/ideogram-4"),
    process("/v2/design/layerize/ideogram-3", Product::Layerize),
    Operation::get("/v2/generations/{generation_id}", Deed::Poll).of_v2(),
    Operation::get("/v2/account/usage", Deed::NoAccess).of_v2(),
    Operation::get("/v2/account/invoices", Deed::NoAccess).of_v2(),
    Operation::get("/v2/account/api-keys", Deed::NoAccess).of_v2(),
];
