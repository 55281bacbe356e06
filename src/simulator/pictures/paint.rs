//! Paints: a sky with a sun or moon, soft lights in it, and ranges of hills before it.

use super::{
    colour::{Colour, byte},
    recipe::Recipe,
};
use std::f32::consts::TAU;

/// How many ranges of hills there are at most.
const RANGES: u8 = 6;

/// Everything that the pixels are worked out from; lengths are in heights of the picture.
///
/// It is planned once for a picture; pixels change nothing in it.
struct Scene {
    /// The sky above.
    top: Colour,
    /// The sky at the horizon.
    bottom: Colour,
    /// The sun or moon.
    sun: Light,
    /// The soft lights in the sky.
    lights: Vec<Light>,
    /// The hills, the farthest first.
    ranges: Vec<Range>,
}

/// A round light.
///
/// Soft at its edge.
struct Light {
    /// How far from the left.
    x: f32,
    /// How far from the top.
    y: f32,
    /// How large.
    radius: f32,
    /// How strong, from 0 to 1.
    strength: f32,
    /// Its colour.
    colour: Colour,
}

/// A range of hills.
///
/// A crest that three waves make.
struct Range {
    /// How far from the top its middle is.
    base: f32,
    /// Turns for each height of the picture, height, and where each begins.
    waves: [(f32, f32, f32); 3],
    /// The colour of its crest.
    crest: Colour,
    /// The colour below.
    foot: Colour,
}

/// Numbers that look like chance and are the same for the same recipe.
///
/// The generator is `SplitMix64`, cut to 16 bits a number.
struct Chance(u64);

impl Chance {
    /// Returns a number from `least` up to `most`.
    fn between(&mut self, least: f32, most: f32) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let [.., high, low] = (mixed ^ (mixed >> 31)).to_be_bytes();
        let share = f32::from(u16::from_be_bytes([high, low])) / 65_536.0;
        (most - least).mul_add(share, least)
    }
}

/// Returns the pixels of a recipe, four bytes each, row by row.
///
/// The same recipe gives the same pixels, on every machine that computes alike.
pub(super) fn paint(recipe: &Recipe) -> Vec<u8> {
    let (width, height) = recipe.painted_size();
    let ratio = f32::from(width) / f32::from(height);
    let scene = Scene::plan(recipe, ratio);
    let crests: Vec<Vec<f32>> =
        (0..width).map(|x| scene.crests(f32::from(x) / f32::from(height))).collect();
    // A generator of its own, so that the grain does not depend on what the scene took.
    let mut grain = Chance(recipe.prompt ^ 1);
    let mut pixels = Vec::with_capacity(usize::from(width) * usize::from(height) * 4);
    for y in 0..height {
        let down = (f32::from(y) + 0.5) / f32::from(height);
        for (x, crests) in (0..width).zip(&crests) {
            let across = (f32::from(x) + 0.5) / f32::from(height);
            let colour = scene.at(across, down, crests, 1.0 / f32::from(height));
            pixels.extend(colour.bytes(grain.between(-0.006, 0.006)));
            pixels.push(if recipe.cut_out { cut(across / ratio, down) } else { 255 });
        }
    }
    pixels
}

/// Returns how much is seen of a picture without its background: a soft disc.
fn cut(across: f32, down: f32) -> u8 {
    let distance = (across - 0.5).hypot(down - 0.5);
    byte((0.46 - distance) * 60.0)
}

impl Scene {
    /// Decides all of the scene. The order of the numbers counts: another order makes other pictures.
    fn plan(recipe: &Recipe, ratio: f32) -> Self {
        let mut chance = Chance(recipe.prompt.wrapping_add(u64::from(recipe.seed) << 20));
        // From cyan over blue and violet to red: what skies look like.
        let hue = chance.between(0.52, 1.08);
        // Neighbouring hues are calm together; the warm sun wakes them up.
        let way = if chance.between(0.0, 1.0) < 0.5 { -1.0 } else { 1.0 };
        let turn = way * chance.between(0.04, 0.11);
        let warm = chance.between(0.1, 0.24);
        let night = chance.between(0.0, 1.0) < 0.4;
        let (high, low) = if night { (0.26, 0.56) } else { (0.74, 0.93) };
        let sun = Light {
            x: chance.between(0.2, 0.8) * ratio,
            y: chance.between(0.22, 0.5),
            radius: chance.between(0.07, 0.14),
            strength: if night { 0.4 } else { 1.0 },
            colour: Colour::new(if night { 0.94 } else { 0.97 }, 0.055, warm),
        };
        let lights = (0..5).map(|_| Light::soft(&mut chance, ratio, hue, turn, night)).collect();
        let count = if chance.between(0.0, 1.0) < 0.5 { RANGES } else { RANGES - 2 };
        let ranges = (0..count)
            .map(|index| {
                let near = f32::from(index) / f32::from(count - 1);
                Range::plan(&mut chance, near, hue + turn * (1.0 + 2.0 * near), night)
            })
            .collect();
        Self {
            top: Colour::new(high, 0.11, hue),
            bottom: Colour::new(low, 0.07, hue + turn * 2.0),
            sun,
            lights,
            ranges,
        }
    }

    /// Returns the heights of all crests at `x`.
    fn crests(&self, x: f32) -> Vec<f32> {
        self.ranges.iter().map(|range| range.crest_at(x)).collect()
    }

    /// Returns the colour of a point; `pixel` is how large a pixel is there, for soft edges.
    fn at(&self, x: f32, y: f32, crests: &[f32], pixel: f32) -> Colour {
        let mut colour = self.sky(x, y, pixel);
        for (range, crest) in self.ranges.iter().zip(crests) {
            let cover = ((y - crest) / pixel + 0.5).clamp(0.0, 1.0);
            if cover > 0.0 {
                let depth = ((y - crest) / 0.35).clamp(0.0, 1.0);
                colour = colour.towards(range.crest.towards(range.foot, depth), cover);
            }
        }
        colour
    }

    /// Returns the colour of the sky at a point.
    fn sky(&self, x: f32, y: f32, pixel: f32) -> Colour {
        let mut colour = self.top.towards(self.bottom, smooth(y / 0.8));
        for light in &self.lights {
            colour = colour.towards(light.colour, light.glow(x, y, light.radius));
        }
        let sun = &self.sun;
        colour = colour.towards(sun.colour, 0.45 * sun.glow(x, y, sun.radius * 2.6));
        let edge = (sun.radius - (x - sun.x).hypot(y - sun.y)) / (pixel * 1.5);
        colour.towards(sun.colour, (edge + 0.5).clamp(0.0, 1.0))
    }
}

impl Light {
    /// Returns one of the lights in the sky.
    fn soft(chance: &mut Chance, ratio: f32, hue: f32, turn: f32, night: bool) -> Self {
        let lightness = if night { 0.62 } else { 0.9 };
        Self {
            x: chance.between(0.0, ratio),
            y: chance.between(0.0, 0.7),
            radius: chance.between(0.15, 0.4),
            strength: chance.between(0.15, 0.45),
            colour: Colour::new(lightness, 0.1, hue + turn * chance.between(-2.5, 3.5)),
        }
    }

    /// Returns how much of the light a point gets.
    fn glow(&self, x: f32, y: f32, radius: f32) -> f32 {
        let (x, y) = ((x - self.x) / radius, (y - self.y) / radius);
        self.strength * (-(x * x + y * y)).exp()
    }
}

impl Range {
    /// Returns a range; `near` is 0 for the farthest and 1 for the nearest.
    fn plan(chance: &mut Chance, near: f32, hue: f32, night: bool) -> Self {
        let lightness = if night { 0.46 - 0.3 * near } else { 0.8 - 0.48 * near };
        let tall = 0.045 + 0.02 * near;
        let mut wave = |turns: f32, share: f32| {
            let length = turns * chance.between(0.7, 1.3);
            (length, tall * share * chance.between(0.6, 1.2), chance.between(0.0, TAU))
        };
        Self {
            base: 0.5 + 0.42 * near,
            waves: [wave(0.7, 1.0), wave(1.7, 0.5), wave(4.1, 0.16)],
            crest: Colour::new(lightness, 0.1 * deep(lightness), hue),
            foot: Colour::new(lightness + 0.1 * (1.0 - near), 0.085 * deep(lightness), hue + 0.03),
        }
    }

    /// Returns how far from the top the crest is at `x`.
    fn crest_at(&self, x: f32) -> f32 {
        let height =
            |(turns, tall, start): &(f32, f32, f32)| tall * (turns * x * TAU + start).sin();
        self.base + self.waves.iter().map(height).sum::<f32>()
    }
}

/// Returns how strong a colour of this lightness can be: dark ones less than others.
fn deep(lightness: f32) -> f32 {
    (lightness / 0.5).min(1.0)
}

/// Returns 0 to 1 with soft ends.
fn smooth(way: f32) -> f32 {
    let way = way.clamp(0.0, 1.0);
    way * way * (3.0 - 2.0 * way)
}
