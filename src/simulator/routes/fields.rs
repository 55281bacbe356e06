//! Groups of fields that operations share.

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

pub(super) const PROMPT: &[FormField] = &[required("prompt", Text)];
pub(super) const MAYBE_PROMPT: &[FormField] = &[optional("prompt", Text)];
pub(super) const COUNT: &[FormField] = &[optional("num_images", Integer(1, 8))];
pub(super) const SEED: &[FormField] = &[optional("seed", Integer(0, SEEDS))];
pub(super) const SPEED: &[FormField] = &[optional("rendering_speed", OneOf(values::SPEEDS))];
pub(super) const SLOWER: &[FormField] =
    &[optional("rendering_speed", OneOf(values::SLOWER_SPEEDS))];
pub(super) const MAGIC: &[FormField] = &[optional("magic_prompt", OneOf(values::MAGIC))];
pub(super) const MAGIC_OPTION: &[FormField] =
    &[optional("magic_prompt_option", OneOf(values::MAGIC))];
pub(super) const NEGATIVE: &[FormField] = &[optional("negative_prompt", Text)];
pub(super) const WEIGHT: &[FormField] = &[optional("image_weight", Integer(1, 100))];
pub(super) const COPYRIGHT: &[FormField] = &[optional("enable_copyright_detection", Flag)];
pub(super) const CUSTOM: &[FormField] = &[optional("custom_model_uri", Text)];

pub(super) const IMAGE: &[FormField] = &[required("image", File)];
pub(super) const MASK: &[FormField] = &[required("mask", File)];
pub(super) const IMAGE_FILE: &[FormField] = &[required("image_file", File)];

pub(super) const V3_SIZE: &[FormField] = &[
    optional("resolution", OneOf(values::V3_SIZES)),
    optional("aspect_ratio", OneOf(values::V3_ASPECTS)),
];
pub(super) const V3_TYPE: &[FormField] = &[optional("style_type", OneOf(values::V3_STYLES))];
pub(super) const V3_LOOK: &[FormField] = &[
    optional("style_preset", OneOf(values::V3_PRESETS)),
    optional("color_palette", Object),
    optional("style_codes", Texts(64)),
    optional("style_reference_images", Files(16)),
];
pub(super) const CHARACTER: &[FormField] = &[
    optional("character_reference_images", Files(1)),
    optional("character_reference_images_mask", Files(1)),
];
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

pub(super) const TEXT_OR_JSON: &[FormField] =
    &[optional("text_prompt", Text), optional("json_prompt", Object)];
pub(super) const TEXT_PROMPT: &[FormField] = &[required("text_prompt", Text)];
pub(super) const V4_SIZE: &[FormField] = &[optional("resolution", OneOf(values::V4_SIZES))];
pub(super) const V4_IMAGE_SIZE: &[FormField] =
    &[optional("resolution", OneOf(values::V4_IMAGE_SIZES))];
pub(super) const V4_DESIGN: &[FormField] = &[
    optional("resolution", OneOf(values::V4_DESIGN_SIZES)),
    optional("inspiration_reference_images", Files(4)),
    optional("inspiration_reference_model", OneOf(values::DESIGN_MODELS)),
    optional("artifact_generation_model", OneOf(values::DESIGN_MODELS)),
    optional("layout2image_variant", OneOf(values::DESIGN_VARIANTS)),
    optional("response_type", OneOf(values::DESIGN_ANSWERS)),
];

pub(super) const TRAINING: &[FormField] =
    &[required("dataset_id", Text), required("model_name", Length(5, 30))];
pub(super) const TRAINING_SETTINGS: &[FormField] = &[
    optional("training_steps", Integer(1, i64::MAX)),
    optional("lora_rank", Integer(1, i64::MAX)),
    optional("ema", Number),
    optional("learning_rate", Number),
];

pub(super) const V2_PROMPT: &[FormField] = &[required("prompt", Length(1, 10_000))];
pub(super) const V2_MAYBE_PROMPT: &[FormField] = &[optional("prompt", Length(0, 10_000))];
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
pub(super) const V2_IMAGE: &[FormField] = &[required("image", Images(1))];
pub(super) const V2_MASK: &[FormField] = &[optional("mask", Images(1))];
pub(super) const V2_CHARACTER: &[FormField] = &[optional("character_reference_images", Images(1))];
