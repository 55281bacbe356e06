//! What things cost: a small sense of prices, so that double bills are seen.
//!
//! The prices agree with the gateway's shipped table, but for `very_low` and `low` of version 4.5, which are
//! made up. They are written down again on purpose: what the gateway reserves and settles must not be judged
//! by its own table.

use super::speed::Speed;
use crate::simulator::{form::FormValues, routes::Product};

/// What an order costs, in millionths of a dollar.
///
/// A multiple of one unit, however many pictures come out safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderPrice {
    /// For one unit.
    pub unit: u64,
    /// How many units are billed.
    pub quantity: u32,
    /// How well that is known before it is made.
    pub known: Known,
}

/// How well a price is known before anything is made.
///
/// A quote tells it: an exact price, an estimate with a bound, or an estimate without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// It is the price.
    Exactly,
    /// One unit costs so much at most.
    UpTo(u64),
    /// Nobody has said what it costs at most.
    Roughly,
}

/// What version 4.5 costs at the best quality, which may be what no quality means.
const BEST_OF_V45: u64 = 100_000;
/// What the price of other vendors' models grows with, beside the number of pictures.
///
/// A quote for such a model is an estimate where one of these fields is there.
const GROWS_WITH: [&str; 7] =
    ["image", "images", "size", "resolution", "resolution_tier", "quality", "upscale_factor"];

impl OrderPrice {
    /// Returns the price of what a request orders.
    ///
    /// Enlarging, describing, taking apart and better prompts count once for each call, all else once for
    /// each picture.
    pub fn new(product: Product, form: &FormValues, images: u32) -> Self {
        let per_input = matches!(
            product,
            Product::Upscale | Product::Describe | Product::Layerize | Product::Words
        );
        let quantity = if per_input { 1 } else { images };
        let known = known(product, form);
        match product {
            Product::Chosen(bound) => Self { unit: bound / 3 * 2, quantity, known },
            other => Self { unit: unit(other, form), quantity, known },
        }
    }

    /// Returns the price of all units.
    ///
    /// It is in millionths of a dollar, and never overflows.
    pub fn total(&self) -> u64 {
        self.unit.saturating_mul(u64::from(self.quantity))
    }
}

/// Returns how well the price of a request is known before it is made.
fn known(product: Product, form: &FormValues) -> Known {
    match product {
        Product::Chosen(bound) => Known::UpTo(bound),
        // An edit without a quality is known to be of medium quality.
        Product::V45 if !form.has("quality") && !form.has("image") => Known::UpTo(BEST_OF_V45),
        Product::Priced(_) if GROWS_WITH.iter().any(|name| form.has(name)) => Known::Roughly,
        _ => Known::Exactly,
    }
}

/// Returns the price of one unit.
fn unit(product: Product, form: &FormValues) -> u64 {
    let speed = Speed::from_form(form);
    let by_speed = |turbo, default, quality| match speed {
        Speed::Flash | Speed::Turbo => turbo,
        Speed::Balanced | Speed::Default => default,
        Speed::Quality => quality,
    };
    match product {
        Product::Legacy => legacy(form, by_speed(30_000, 60_000, 90_000)),
        Product::V3 if form.has("character_reference_images") => {
            by_speed(100_000, 150_000, 200_000)
        }
        Product::V3 => by_speed(30_000, 60_000, 90_000),
        Product::Transparent => {
            match form.text("upscale_factor").map(|by| by.to_ascii_uppercase()).as_deref() {
                Some("X2") => by_speed(160_000, 190_000, 220_000),
                Some("X4") => by_speed(200_000, 230_000, 260_000),
                _ => by_speed(40_000, 70_000, 100_000),
            }
        }
        Product::V4 => by_speed(30_000, 60_000, 100_000),
        Product::V45 => match form.text("quality").as_deref() {
            Some("very_low") => 20_000,
            Some("low") => 40_000,
            Some("high") => 100_000,
            _ => 60_000,
        },
        Product::Edit => 200_000,
        Product::Upscale => 60_000,
        Product::Describe | Product::RemoveBackground => 10_000,
        Product::RemoveObject => 30_000,
        Product::Layerize => 90_000,
        Product::Words => 0,
        Product::Priced(price) | Product::Chosen(price) => price,
    }
}

/// Returns the price of one picture of the models without a version in their path; `v3` is that of version 3.
fn legacy(form: &FormValues, v3: u64) -> u64 {
    match form.text("model").as_deref() {
        Some("V_1") => 60_000,
        Some("V_1_TURBO") => 20_000,
        Some("V_2_TURBO") => 50_000,
        Some("V_2A") => 40_000,
        Some("V_2A_TURBO") => 25_000,
        Some("V_3") => v3,
        _ => 80_000,
    }
}
