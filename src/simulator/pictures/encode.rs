//! Pictures as PNG.

use super::{paint::paint, recipe::Recipe};

/// Paints a recipe; `None` when the picture cannot be encoded.
pub fn png(recipe: &Recipe) -> Option<Vec<u8>> {
    let (width, height) = recipe.painted_size();
    let pixels = paint(recipe);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, u32::from(width), u32::from(height));
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&pixels).ok()?;
    writer.finish().ok()?;
    Some(bytes)
}
