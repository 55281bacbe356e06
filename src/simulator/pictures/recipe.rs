//! What a picture is made from; small enough to be its name.

use crate::simulator::{
    orders::{Order, Size},
    routes::Product,
};
use sha2::{Digest, Sha256};

/// The longest side that is painted, in pixels; what is larger is stretched.
const LONGEST: u32 = 512;
/// How many bytes name a picture.
const NAME: usize = 17;

/// What a picture is made from: the same recipe makes the same picture.
///
/// Of the prompt only a digest is in it, so that a link shows nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recipe {
    /// What the prompt comes down to.
    pub prompt: u64,
    /// The seed.
    pub seed: u32,
    /// The size that was asked for.
    pub size: Size,
    /// Whether the background is left out.
    pub cut_out: bool,
}

impl Recipe {
    /// Returns the recipe of the picture of an order at `index`.
    pub fn new(order: &Order, index: u32) -> Self {
        let digest = Sha256::digest(order.prompt.as_bytes());
        let prompt = digest.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        let cut_out = matches!(order.product, Product::Transparent | Product::RemoveBackground);
        Self { prompt, seed: order.seed_of(index), size: order.size(), cut_out }
    }

    /// Returns the recipe as a name.
    ///
    /// It is hexadecimal, 34 digits long.
    pub fn name(&self) -> String {
        let (width, height) = self.size;
        let mut bytes = Vec::with_capacity(NAME);
        bytes.extend_from_slice(&self.prompt.to_be_bytes());
        bytes.extend_from_slice(&self.seed.to_be_bytes());
        bytes.extend_from_slice(&width.to_be_bytes());
        bytes.extend_from_slice(&height.to_be_bytes());
        bytes.push(u8::from(self.cut_out));
        hex::encode(bytes)
    }

    /// Reads a name.
    ///
    /// `None` for anything but such a name. A name that reads well need not be one that was given.
    pub fn from_name(name: &str) -> Option<Self> {
        let bytes: [u8; NAME] = hex::decode(name).ok()?.try_into().ok()?;
        let number = |from: usize, to: usize| {
            bytes[from..to].iter().fold(0, |sum: u64, byte| sum << 8 | u64::from(*byte))
        };
        let size = (u16::try_from(number(12, 14)).ok()?, u16::try_from(number(14, 16)).ok()?);
        let seed = u32::try_from(number(8, 12)).ok()?;
        Some(Self { prompt: number(0, 8), seed, size, cut_out: bytes[16] != 0 })
    }

    /// Returns the size that the picture has.
    pub fn full_size(&self) -> Size {
        (self.size.0.max(1), self.size.1.max(1))
    }

    /// Returns the size that is painted: the ratio asked for, small enough to be cheap.
    ///
    /// Neither side is zero.
    pub fn painted_size(&self) -> Size {
        let (width, height) = (u32::from(self.full_size().0), u32::from(self.full_size().1));
        let longest = width.max(height);
        let scaled = |side: u32| {
            let side = if longest > LONGEST { side * LONGEST / longest } else { side };
            u16::try_from(side.max(1)).unwrap_or(1)
        };
        (scaled(width), scaled(height))
    }
}
