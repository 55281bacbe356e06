//! Pictures as PNG.

use super::{paint::paint, recipe::Recipe};
use std::io::Write;

/// How many bytes a pixel has.
/// They are red, green, blue and how much is seen.
const PIXEL: usize = 4;

/// Paints a recipe at its full size; `None` when the picture cannot be encoded.
///
/// It is painted small and stretched row by row: of a large picture no more than what goes out is ever held.
///
/// It takes a while and waits for nothing, so it belongs on a thread that may block.
pub fn png(recipe: &Recipe) -> Option<Vec<u8>> {
    let (width, height) = recipe.full_size();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, u32::from(width), u32::from(height));
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    // Rows that repeat the one above cost next to nothing.
    encoder.set_filter(png::Filter::Up);
    let mut writer = encoder.write_header().ok()?;
    let mut stream = writer.stream_writer().ok()?;
    stretch(recipe, &mut stream)?;
    stream.finish().ok()?;
    writer.finish().ok()?;
    Some(bytes)
}

/// Writes all rows. A row that repeats the one above is not built again.
fn stretch(recipe: &Recipe, out: &mut impl Write) -> Option<()> {
    let (small, full) = (recipe.painted_size(), recipe.full_size());
    let pixels = paint(recipe);
    let row_of = |y: u16| scaled(y, small.1, full.1);
    let mut drawn = None;
    let mut row = Vec::with_capacity(usize::from(full.0) * PIXEL);
    for y in 0..full.1 {
        if drawn != Some(row_of(y)) {
            let from = row_of(y) * usize::from(small.0) * PIXEL;
            let painted = pixels.get(from..from + usize::from(small.0) * PIXEL)?;
            row.clear();
            for x in 0..full.0 {
                let at = scaled(x, small.0, full.0) * PIXEL;
                row.extend_from_slice(painted.get(at..at + PIXEL)?);
            }
            drawn = Some(row_of(y));
        }
        out.write_all(&row).ok()?;
    }
    Some(())
}

/// Returns which of `few` stands for the one at `place` of `many`.
///
/// It is always below `few`, if `place` is below `many`.
fn scaled(place: u16, few: u16, many: u16) -> usize {
    usize::from(place) * usize::from(few) / usize::from(many.max(1))
}
