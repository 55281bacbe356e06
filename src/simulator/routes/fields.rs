//! Groups of fields that operations share.
//!
//! Each is a slice, so that an operation lists groups instead of fields.

use super::{
    field::{
        FieldKind::{
            File, Files, Flag, Images, Integer, Length, Number, Object, OneOf, Size, Text, Texts,
            Webhook,
        },
        FormField, optional, required,
    },
    values,
};

/// The largest seed.
const SEEDS: i64 = i32::MAX as i64;

/// A prompt that must be there.
pub(super) const PROMPT: &[FormField] = &[required("prompt", Text)];
/// A prompt that may be left out.
pub(super) const MAYBE_PROMPT: &[FormField] = &[optional("prompt", Text)];
/// How many pictures, 1 to 8.
pub(super) const COUNT: &[FormField] = &[optional("num_images", Integer(1, 8))];
/// The seed.
pub(super) const SEED: &[FormField] = &[optional("seed", Integer(0, SEEDS))];
/// The speed, with the fastest.
pub(super) const SPEED: &[FormField] = &[optional("rendering_speed", OneOf(values::SPEEDS))];
/// The speed, without the fastest.
pub(super) const SLOWER: &[FormField] =
    &[optional("rendering_speed", OneOf(values::SLOWER_SPEEDS))];
/// Whether the prompt is made better first, as `/v1` calls it.
pub(super) const MAGIC: &[FormField] = &[optional("magic_prompt", OneOf(values::MAGIC))];
/// The same, as the paths without a version and version 4 call it.
pub(super) const MAGIC_OPTION: &[FormField] =
    &[optional("magic_prompt_option", OneOf(values::MAGIC))];
/// What is not wanted in the picture.
pub(super) const NEGATIVE: &[FormField] = &[optional("negative_prompt", Text)];
/// How much the source counts, 1 to 100.
pub(super) const WEIGHT: &[FormField] = &[optional("image_weight", Integer(1, 100))];
/// Whether known works are looked for.
pub(super) const COPYRIGHT: &[FormField] = &[optional("enable_copyright_detection", Flag)];
/// A model of one's own.
pub(super) const CUSTOM: &[FormField] = &[optional("custom_model_uri", Text)];

/// The picture that is changed.
pub(super) const IMAGE: &[FormField] = &[required("image", File)];
/// What of it is changed.
pub(super) const MASK: &[FormField] = &[required("mask", File)];
/// The picture, as the paths without a version call it.
pub(super) const IMAGE_FILE: &[FormField] = &[required("image_file", File)];

/// The size or ratio of version 3.
pub(super) const V3_SIZE: &[FormField] = &[
    optional("resolution", OneOf(values::V3_SIZES)),
    optional("aspect_ratio", OneOf(values::V3_ASPECTS)),
];
/// The style of version 3.
pub(super) const V3_TYPE: &[FormField] = &[optional("style_type", OneOf(values::V3_STYLES))];
/// What else version 3 takes about looks.
pub(super) const V3_LOOK: &[FormField] = &[
    optional("style_preset", OneOf(values::V3_PRESETS)),
    optional("color_palette", Object),
    optional("style_codes", Texts(64)),
    optional("style_reference_images", Files(16)),
];
/// A character that shall be in the picture, and where it is in its source.
pub(super) const CHARACTER: &[FormField] = &[
    optional("character_reference_images", Files(1)),
    optional("character_reference_images_mask", Files(1)),
];
/// What designs take: assets and fonts.
pub(super) const FONTS: &[FormField] = &[
    optional("reference_asset_images", Files(10)),
    optional("font_file_h1", File),
    optional("font_name_h1", Text),
    optional("font_file_h2", File),
    optional("font_name_h2", Text),
    optional("font_file_body", File),
    optional("font_name_body", Text),
    optional("font_file_small", File),
    optional("font_name_small", Text),
];

/// A prompt as text or as JSON, of which exactly one is needed.
pub(super) const TEXT_OR_JSON: &[FormField] =
    &[optional("text_prompt", Text), optional("json_prompt", Object)];
/// A prompt as text that must be there.
pub(super) const TEXT_PROMPT: &[FormField] = &[required("text_prompt", Text)];
/// The size of version 4.
pub(super) const V4_SIZE: &[FormField] = &[optional("resolution", OneOf(values::V4_SIZES))];
/// The size of version 4 from a picture.
pub(super) const V4_IMAGE_SIZE: &[FormField] =
    &[optional("resolution", OneOf(values::V4_IMAGE_SIZES))];
/// What designs of version 4 take.
pub(super) const V4_DESIGN: &[FormField] = &[
    optional("resolution", OneOf(values::V4_DESIGN_SIZES)),
    optional("inspiration_reference_images", Files(4)),
    optional("inspiration_reference_model", OneOf(values::DESIGN_MODELS)),
    optional("artifact_generation_model", OneOf(values::DESIGN_MODELS)),
    optional("layout2image_variant", OneOf(values::DESIGN_VARIANTS)),
    optional("response_type", OneOf(values::DESIGN_ANSWERS)),
];

/// What a training must be told: its data set and a name of 5 to 30 characters.
pub(super) const TRAINING: &[FormField] =
    &[required("dataset_id", Text), required("model_name", Length(5, 30))];
/// What a training may be told beside that.
pub(super) const TRAINING_SETTINGS: &[FormField] = &[
    optional("training_steps", Integer(1, i64::MAX)),
    optional("lora_rank", Integer(1, i64::MAX)),
    optional("ema", Number),
    optional("learning_rate", Number),
];

/// The prompt of `/v2`, 10,000 characters at most.
pub(super) const V2_PROMPT: &[FormField] = &[required("prompt", Length(1, 10_000))];
/// The same where it may be left out.
pub(super) const V2_MAYBE_PROMPT: &[FormField] = &[optional("prompt", Length(0, 10_000))];
/// What every operation of `/v2` takes that makes pictures.
pub(super) const V2: &[FormField] = &[
    optional("async", Flag),
    optional("webhook_url", Webhook),
    optional("private", Flag),
    optional("target_collection_id", Text),
    optional("seed", Integer(0, SEEDS)),
    optional("num_images", Integer(1, 8)),
    optional("enable_copyright_detection", Flag),
    optional("quality", OneOf(values::V2_QUALITIES)),
    optional("rendering_speed", OneOf(values::V2_SPEEDS)),
    optional("resolution", Size),
    optional("size", Size),
    optional("resolution_tier", Size),
    optional("output_resolution", Size),
    optional("upscale_factor", OneOf(values::V2_FACTORS)),
    optional("aspect_ratio", Text),
    optional("images", Images(5)),
];
/// The picture that is changed, as a file or as its address.
pub(super) const V2_IMAGE: &[FormField] = &[required("image", Images(1))];
/// What of it is changed.
pub(super) const V2_MASK: &[FormField] = &[optional("mask", Images(1))];
/// A character that shall be in the picture.
pub(super) const V2_CHARACTER: &[FormField] = &[optional("character_reference_images", Images(1))];
