//! Colours that go together.

use std::f32::consts::TAU;

/// A colour in linear light, each part from 0 to 1.
///
/// Values may go beyond 0 and 1 on the way; only what is shown is cut.
#[derive(Debug, Clone, Copy)]
pub(super) struct Colour(pub(super) [f32; 3]);

impl Colour {
    /// Returns the colour of a lightness (0 to 1), a strength (0 to 0.3) and a hue (turns).
    ///
    /// These are the axes of Oklab, in which equal steps look equally large.
    ///
    /// The numbers are those of Oklab's definition (Björn Ottosson, 2020).
    pub(super) fn new(lightness: f32, strength: f32, hue: f32) -> Self {
        let (sin, cos) = (hue * TAU).sin_cos();
        let (green_red, blue_yellow) = (strength * cos, strength * sin);
        let long = lightness + 0.396_337_78 * green_red + 0.215_803_76 * blue_yellow;
        let medium = lightness - 0.105_561_346 * green_red - 0.063_854_17 * blue_yellow;
        let short = lightness - 0.089_484_18 * green_red - 1.291_485_5 * blue_yellow;
        let [long, medium, short] = [long, medium, short].map(|cone| cone * cone * cone);
        Self([
            4.076_741_7 * long - 3.307_711_6 * medium + 0.230_969_93 * short,
            -1.268_438 * long + 2.609_757_4 * medium - 0.341_319_4 * short,
            -0.004_196_086_3 * long - 0.703_418_6 * medium + 1.707_614_7 * short,
        ])
    }

    /// Returns the colour on the way to another; `way` runs from 0 to 1.
    ///
    /// They are mixed in linear light.
    pub(super) fn towards(self, other: Self, way: f32) -> Self {
        let Self([r, g, b]) = self;
        let Self([to_r, to_g, to_b]) = other;
        Self([r + (to_r - r) * way, g + (to_g - g) * way, b + (to_b - b) * way])
    }

    /// Returns the colour as a screen shows it; `grain` hides the steps between shades.
    ///
    /// The curve is that of sRGB (IEC 61966-2-1).
    pub(super) fn bytes(self, grain: f32) -> [u8; 3] {
        self.0.map(|part| {
            let part = part.clamp(0.0, 1.0);
            let curved = if part <= 0.003_130_8 {
                part * 12.92
            } else {
                1.055 * part.powf(1.0 / 2.4) - 0.055
            };
            byte(curved + grain)
        })
    }
}

/// Returns the byte for a part from 0 to 1.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the value is held within the range of a byte"
)]
pub(super) fn byte(part: f32) -> u8 {
    (part.clamp(0.0, 1.0) * 255.0).round() as u8
}
