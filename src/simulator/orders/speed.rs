//! How long things take.
//!
//! The ranges are what users of Ideogram report, since no official figures are known.

use crate::simulator::{form::FormValues, routes::Product};
use std::time::Duration;

/// How fast a picture is wanted.
///
/// Versions spell them differently; what is not known counts as the usual one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speed {
    /// The fastest, which version 4 refuses.
    Flash,
    /// Fast and cheap.
    Turbo,
    /// Between fast and usual.
    Balanced,
    /// The usual one.
    Default,
    /// The slowest and dearest.
    Quality,
}

impl Speed {
    /// Returns the speed that a request asks for.
    pub(super) fn from_form(form: &FormValues) -> Self {
        match form.text("rendering_speed").as_deref() {
            Some("FLASH") => Self::Flash,
            Some("TURBO" | "turbo") => Self::Turbo,
            Some("BALANCED") => Self::Balanced,
            Some("QUALITY" | "quality") => Self::Quality,
            _ => Self::Default,
        }
    }
}

/// Returns how long an order takes at `pace`; `seed` decides where within the usual range.
///
/// At pace 1 it is as long as at Ideogram, at 0 no time at all. The same seed takes the same time.
pub(super) fn duration(product: Product, form: &FormValues, seed: u32, pace: f64) -> Duration {
    let (least, most) = seconds(product, form);
    let share = f64::from(seed % 1000) / 1000.0;
    let real = (most - least).mul_add(share, least);
    Duration::try_from_secs_f64(real * pace).unwrap_or_default()
}

/// Returns the usual range in seconds.
fn seconds(product: Product, form: &FormValues) -> (f64, f64) {
    match product {
        Product::Describe | Product::RemoveBackground | Product::Words => (2.0, 4.0),
        Product::RemoveObject | Product::Layerize => (4.0, 8.0),
        Product::Legacy => match form.text("model").as_deref() {
            Some("V_1_TURBO" | "V_2_TURBO" | "V_2A_TURBO") => (3.0, 6.0),
            _ => (8.0, 15.0),
        },
        _ => match Speed::from_form(form) {
            Speed::Flash => (2.0, 4.0),
            Speed::Turbo => (4.0, 8.0),
            Speed::Balanced => (6.0, 11.0),
            Speed::Default => (8.0, 15.0),
            Speed::Quality => (15.0, 25.0),
        },
    }
}
