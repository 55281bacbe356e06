//! Groups of fields that operations share.

use super::{
    field::{
        Field,
        Kind::{
            File, Files, Flag, Images, Integer, Length, Number, Object, OneOf, Size, Text, Texts,
            Webhook,
        },
        optional, required,
    },
    values,
};

/// The largest seed.
const SEEDS: i64 = i32::MAX as i64;

pub(super) const PROMPT: &[Field] = &[required("prompt", Text)];
pub(super) const MAYBE_PROMPT: &[Field] = &[optional("prompt", Text)];
pub(super) const COUNT: &[Field] = &[optional("num_images", Integer(1, 8))];
pub(super) const SEED: &[Field] = &[optional("seed", Integer(0, SEEDS))];
pub(super) const SPEED: &[Field] = &[optional("rendering_speed", OneOf(values::SPEEDS))];
pub(super) const SLOWER: &[Field] = &[optional("rendering_speed", OneOf(values::SLOWER_SPEEDS))];
pub(super) const MAGIC: &[Field] = &[optional("magic_prompt", OneOf(values::MAGIC))];
pub(super) const MAGIC_OPTION: &[Field] = &[optional("magic_prompt_option", OneOf(values::MAGIC))];
pub(super) const NEGATIVE: &[Field] = &[optional("negative_prompt", Text)];
pub(super) const WEIGHT: &[Field] = &[optional("image_weight", Integer(1, 100))];
pub(super) const COPYRIGHT: &[Field] = &[optional("enable_copyright_detection", Flag)];
pub(super) const CUSTOM: &[Field] = &[optional("custom_model_uri", Text)];

pub(super) const IMAGE: &[Field] = &[required("image", File)];
pub(super) const MASK: &[Field] = &[required("mask", File)];
pub(super) const IMAGE_FILE: &[Field] = &[required("image_file", File)];

pub(super) const V3_SIZE: &[Field] = &[
    optional("resolution", OneOf(values::V3_SIZES)),
    optional("aspect_ratio", OneOf(values::V3_ASPECTS)),
];
pub(super) const V3_TYPE: &[Field] = &[optional("style_type", OneOf(values::V3_STYLES))];
pub(super) const V3_LOOK: &[Field] = &[
    optional("style_preset", OneOf(values::V3_PRESETS)),
    optional("color_palette", Object),
    optional("style_codes", Texts(64)),
    optional("style_reference_images", Files(16)),
];
pub(super) const CHARACTER: &[Field] = &[
    optional("character_reference_images", Files(1)),
    optional("character_reference_images_mask", Files(1)),
];
pub(super) const FONTS: &[Field] = &[
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

pub(super) const TEXT_OR_JSON: &[Field] =
    &[optional("text_prompt", Text), optional("json_prompt", Object)];
pub(super) const TEXT_PROMPT: &[Field] = &[required("text_prompt", Text)];
pub(super) const V4_SIZE: &[Field] = &[optional("resolution", OneOf(values::V4_SIZES))];
pub(super) const V4_IMAGE_SIZE: &[Field] = &[optional("resolution", OneOf(values::V4_IMAGE_SIZES))];
pub(super) const V4_DESIGN: &[Field] = &[
    optional("resolution", OneOf(values::V4_DESIGN_SIZES)),
    optional("inspiration_reference_images", Files(4)),
    optional("inspiration_reference_model", OneOf(values::DESIGN_MODELS)),
    optional("artifact_generation_model", OneOf(values::DESIGN_MODELS)),
    optional("layout2image_variant", OneOf(values::DESIGN_VARIANTS)),
    optional("response_type", OneOf(values::DESIGN_ANSWERS)),
];

pub(super) const TRAINING: &[Field] =
    &[required("dataset_id", Text), required("model_name", Length(5, 30))];
pub(super) const TRAINING_SETTINGS: &[Field] = &[
    optional("training_steps", Integer(1, i64::MAX)),
    optional("lora_rank", Integer(1, i64::MAX)),
    optional("ema", Number),
    optional("learning_rate", Number),
];

pub(super) const V2_PROMPT: &[Field] = &[required("prompt", Length(1, 10_000))];
pub(super) const V2_MAYBE_PROMPT: &[Field] = &[optional("prompt", Length(0, 10_000))];
pub(super) const V2: &[Field] = &[
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
pub(super) const V2_IMAGE: &[Field] = &[required("image", Images(1))];
pub(super) const V2_MASK: &[Field] = &[optional("mask", Images(1))];
pub(super) const V2_CHARACTER: &[Field] = &[optional("character_reference_images", Images(1))];
