//! The words that fields may hold, as bare facts.
//!
//! They are those of Ideogram's description, separated by blanks.

/// The sizes of the paths without a version.
pub(super) const LEGACY_SIZES: &str = "\
    512x1536 576x1408 576x1472 576x1536 640x1024 640x1344 640x1408 640x1472 640x1536 \
    704x1152 704x1216 704x1280 704x1344 704x1408 704x1472 720x1280 736x1312 768x1024 \
    768x1088 768x1152 768x1216 768x1232 768x1280 768x1344 832x960 832x1024 832x1088 832x1152 \
    832x1216 832x1248 864x1152 896x960 896x1024 896x1088 896x1120 896x1152 960x832 960x896 \
    960x1024 960x1088 1024x640 1024x768 1024x832 1024x896 1024x960 1024x1024 1088x768 \
    1088x832 1088x896 1088x960 1120x896 1152x704 1152x768 1152x832 1152x864 1152x896 \
    1216x704 1216x768 1216x832 1232x768 1248x832 1280x704 1280x720 1280x768 1280x800 \
    1312x736 1344x640 1344x704 1344x768 1408x576 1408x640 1408x704 1472x576 1472x640 \
    1472x704 1536x512 1536x576 1536x640";

/// The aspect ratios of the paths without a version.
pub(super) const LEGACY_ASPECTS: &str = "\
    ASPECT_10_16 ASPECT_16_10 ASPECT_9_16 ASPECT_16_9 ASPECT_3_2 ASPECT_2_3 ASPECT_4_3 \
    ASPECT_3_4 ASPECT_1_1 ASPECT_1_3 ASPECT_3_1";

/// The models of the paths without a version.
pub(super) const LEGACY_MODELS: &str = "\
    V_1 V_1_TURBO V_2 V_2_TURBO V_2A V_2A_TURBO V_3 AUTO";

/// The styles of the paths without a version.
pub(super) const LEGACY_STYLES: &str = "\
    AUTO GENERAL FICTION REALISTIC DESIGN RENDER_3D ANIME CUSTOM STYLIZED";

/// The versions that describe.
pub(super) const DESCRIBERS: &str = "\
    V_2 V_3 CUSTOM V_4";

/// Whether the prompt is made better first.
pub(super) const MAGIC: &str = "\
    AUTO ON OFF";

/// The sizes of version 3.
pub const V3_SIZES: &str = "\
    512x1536 576x1408 576x1472 576x1536 640x1344 640x1408 640x1472 640x1536 704x1152 \
    704x1216 704x1280 704x1344 704x1408 704x1472 736x1312 768x1088 768x1216 768x1280 \
    768x1344 800x1280 832x960 832x1024 832x1088 832x1152 832x1216 832x1248 864x1152 896x960 \
    896x1024 896x1088 896x1120 896x1152 960x832 960x896 960x1024 960x1088 1024x832 1024x896 \
    1024x960 1024x1024 1088x768 1088x832 1088x896 1088x960 1120x896 1152x704 1152x832 \
    1152x864 1152x896 1216x704 1216x768 1216x832 1248x832 1280x704 1280x768 1280x800 \
    1312x736 1344x640 1344x704 1344x768 1408x576 1408x640 1408x704 1472x576 1472x640 \
    1472x704 1536x512 1536x576 1536x640";

/// The aspect ratios of version 3.
pub(super) const V3_ASPECTS: &str = "\
    1x3 3x1 1x2 2x1 9x16 16x9 10x16 16x10 2x3 3x2 3x4 4x3 4x5 5x4 1x1";

/// The styles of version 3.
pub(super) const V3_STYLES: &str = "\
    AUTO GENERAL REALISTIC DESIGN CUSTOM FICTION STYLIZED";

/// The style presets of version 3.
pub(super) const V3_PRESETS: &str = "\
    80S_ILLUSTRATION 90S_NOSTALGIA ABSTRACT_ORGANIC ANALOG_NOSTALGIA ART_BRUT ART_DECO \
    ART_POSTER AURA AVANT_GARDE BAUHAUS BLUEPRINT BLURRY_MOTION BRIGHT_ART C4D_CARTOON \
    CHILDRENS_BOOK COLLAGE COLORING_BOOK_I COLORING_BOOK_II CUBISM DARK_AURA DOODLE \
    DOUBLE_EXPOSURE DRAMATIC_CINEMA EDITORIAL EMOTIONAL_MINIMAL ETHEREAL_PARTY EXPIRED_FILM \
    FLAT_ART FLAT_VECTOR FOREST_REVERIE GEO_MINIMALIST GLASS_PRISM GOLDEN_HOUR GRAFFITI_I \
    GRAFFITI_II HALFTONE_PRINT HIGH_CONTRAST HIPPIE_ERA ICONIC JAPANDI_FUSION JAZZY \
    LONG_EXPOSURE MAGAZINE_EDITORIAL MINIMAL_ILLUSTRATION MIXED_MEDIA MONOCHROME NIGHTLIFE \
    OIL_PAINTING OLD_CARTOONS PAINT_GESTURE POP_ART RETRO_ETCHING RIVIERA_POP SPOTLIGHT_80S \
    STYLIZED_RED SURREAL_COLLAGE TRAVEL_POSTER VINTAGE_GEO VINTAGE_POSTER WATERCOLOR WEIRD \
    WOODBLOCK_PRINT";

/// The speeds of version 3.
pub(super) const SPEEDS: &str = "\
    FLASH TURBO BALANCED DEFAULT QUALITY";

/// The speeds of version 4 and of transparent pictures, which refuse the fastest.
pub(super) const SLOWER_SPEEDS: &str = "\
    TURBO BALANCED DEFAULT QUALITY";

/// The factors by which transparent pictures can be larger.
pub(super) const FACTORS: &str = "\
    X1 X2 X4";

/// The factors by which `/v2` enlarges.
pub(super) const V2_FACTORS: &str = "\
    x1 x2 x4 x8 X1 X2 X4 X8";

/// The sizes of version 4.
pub const V4_SIZES: &str = "\
    2048x2048 1440x2880 2880x1440 1664x2496 2496x1664 1792x2240 2240x1792 1440x2560 \
    2560x1440 1600x2560 2560x1600 1728x2304 2304x1728 1296x3168 3168x1296 1152x2944 \
    2944x1152 1248x3328 3328x1248 1280x3072 3072x1280 1024x3072 3072x1024 1024x1024 896x1120 \
    1120x896 864x1152 1152x864 832x1248 1248x832 800x1280 1280x800 720x1280 1280x720 \
    720x1440 1440x720";

/// The sizes of designs of version 4.
pub(super) const V4_DESIGN_SIZES: &str = "\
    1024x1024 896x1120 1120x896 864x1152 1152x864 832x1248 1248x832 800x1280 1280x800 \
    720x1280 1280x720 720x1440 1440x720";

/// The sizes of version 4 from a picture.
pub(super) const V4_IMAGE_SIZES: &str = "\
    512x512 960x832 1024x832 960x896 1024x896 832x960 896x960 1024x960 832x1024 896x1024 \
    960x1024 1024x1024 896x1120 1120x896 864x1152 1152x864 832x1248 1248x832 800x1280 \
    1280x800 720x1280 1280x720 720x1440 1440x720";

/// What a design of version 4 is answered with.
pub(super) const DESIGN_ANSWERS: &str = "\
    layered url binary html";

/// The models that a design of version 4 is thought out with.
pub(super) const DESIGN_MODELS: &str = "\
    claude-sonnet-4-6 claude-opus-4-6 claude-opus-4-7";

/// The ways from a layout to a picture.
pub(super) const DESIGN_VARIANTS: &str = "\
    opus_4_7 separate_image_layer bbox_aware";

/// The aspect ratios that a prompt can be made for.
pub(super) const PROMPT_ASPECTS: &str = "\
    AUTO 1x4 1x3 1x2 9x16 10x16 2x3 3x4 4x5 1x1 5x4 4x3 3x2 16x10 16x9 2x1 3x1 4x1";

/// The versions that stay the same.
pub(super) const STABLE_VERSIONS: &str = "\
    stable_may29";

/// The speeds of `/v2`.
pub(super) const V2_SPEEDS: &str = "\
    turbo default quality";

/// The qualities of version 4.5.
pub(super) const V2_QUALITIES: &str = "\
    very_low low medium high";
