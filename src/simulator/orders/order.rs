//! What a request orders.
//!
//! Everything about it is decided here, before any place is taken: the same request with the same seed makes
//! the same pictures.

use super::{
    price::OrderPrice,
    size::{Size, Sizes, sizes},
    speed::duration,
};
use crate::simulator::{
    form::FormValues,
    request::images,
    routes::{AnswerShape, Operation, Product},
};
use std::time::Duration;

/// A prompt with this word is refused by the safety check.
const UNSAFE: &str = "unsafe-prompt";
/// The pictures of a prompt with this word are made, billed and withheld.
const WITHHELD: &str = "withheld";

/// What a request orders, apart from who pays.
///
/// It can be quoted, made, or thrown away: reading it takes and bills nothing.
#[derive(Debug, Clone)]
pub struct Order {
    /// How its success looks.
    pub shape: AnswerShape,
    /// What it makes.
    pub product: Product,
    /// How many pictures, which is how many places.
    pub images: u32,
    /// What it costs.
    pub price: OrderPrice,
    /// What the price is called.
    pub billing: String,
    /// How large the pictures are.
    pub sizes: Sizes,
    /// The seed of the first picture.
    pub seed: u32,
    /// What was asked for.
    pub prompt: String,
    /// The style, where one was asked for.
    pub style: Option<String>,
    /// How the answer was asked for.
    pub response_type: Option<String>,
    /// The aspect ratio, as it was asked for.
    pub aspect_ratio: Option<String>,
    /// How long it takes.
    pub takes: Duration,
}

impl Order {
    /// Reads an order from a validated request; `chance` gives the seed where none is asked for.
    ///
    /// A seed is from 0 to 2,147,483,647. `pace` stretches how long it takes.
    pub fn read(
        operation: &Operation,
        (product, shape): (Product, AnswerShape),
        form: &FormValues,
        chance: u32,
        pace: f64,
    ) -> Self {
        let images = images(operation, form);
        let asked = form.integer("seed").and_then(|seed| u32::try_from(seed).ok());
        // Halved, since seeds end at 2,147,483,647.
        let seed = asked.unwrap_or(chance >> 1);
        Self {
            shape,
            product,
            images,
            price: OrderPrice::new(product, form, images),
            billing: billing(operation.path),
            sizes: sizes(operation, product, form),
            seed,
            prompt: prompt(form),
            style: form.text("style_type"),
            response_type: form.text("response_type"),
            aspect_ratio: form.text("aspect_ratio"),
            takes: duration(product, form, seed, pace),
        }
    }

    /// Returns whether the safety check refuses it.
    ///
    /// Such an order takes no place and is not billed, as at Ideogram.
    pub fn is_unsafe(&self) -> bool {
        self.prompt.contains(UNSAFE)
    }

    /// Returns whether its pictures are withheld.
    ///
    /// They are billed all the same, as at Ideogram.
    pub fn is_withheld(&self) -> bool {
        self.prompt.contains(WITHHELD)
    }

    /// Returns the seed of the picture at `index`.
    ///
    /// Neighbouring pictures have neighbouring seeds.
    pub fn seed_of(&self, index: u32) -> u32 {
        self.seed.wrapping_add(index) & 0x7fff_ffff
    }

    /// Returns the size that its pictures have in the end.
    pub fn size(&self) -> Size {
        self.sizes.enlarged.unwrap_or(self.sizes.made)
    }

    /// Returns the size as answers tell it: `/v2` tells only what a picture has in the end.
    pub fn resolution(&self) -> String {
        text(if self.shape == AnswerShape::V2 { self.size() } else { self.sizes.made })
    }

    /// Returns the size that its pictures were enlarged to, where answers tell that apart.
    pub fn upscaled_resolution(&self) -> Option<String> {
        self.sizes.enlarged.filter(|_| self.shape != AnswerShape::V2).map(text)
    }
}

/// Returns a size as answers write it, as in `1024x768`.
fn text((width, height): Size) -> String {
    format!("{width}x{height}")
}

/// Returns the prompt under whichever name it came; nothing where there is none.
fn prompt(form: &FormValues) -> String {
    ["prompt", "text_prompt", "json_prompt"]
        .into_iter()
        .find_map(|name| form.text(name))
        .unwrap_or_default()
}

/// Returns `ideogram_4_5_generate` for `/v2/image/generate/ideogram-4-5`.
fn billing(path: &str) -> String {
    let mut parts: Vec<_> = path.rsplit('/').take(2).collect();
    parts.retain(|part| !part.is_empty());
    parts.join("_").replace('-', "_")
}
