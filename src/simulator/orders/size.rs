//! How large a picture becomes.
//!
//! What is asked for comes first: a size, a tier, a ratio. An edit or a remix that asks for none is as large
//! as its source, and an enlargement so many times as large. What would be larger than anything is painted is
//! made smaller in proportion, and the answer says so.

use crate::simulator::{
    form::FormValues,
    routes::{Operation, Product, V3_SIZES, V4_SIZES},
};

/// A width and a height in pixels.
pub type Size = (u16, u16);

/// The longest side that is painted.
const LONGEST: f64 = 8192.0;
/// The most pixels that are painted.
const MOST: f64 = 4096.0 * 4096.0;
/// The most pixels that version 4.5 returns at the size of its source.
const MOST_OF_V45: f64 = 2048.0 * 2048.0;

/// The sizes of an order.
///
/// Neither side is ever zero, nor longer than 8192 pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// What it is made at.
    pub made: Size,
    /// What it is enlarged to afterwards.
    pub enlarged: Option<Size>,
}

/// Returns the sizes that a request asks for, or the usual ones.
pub(super) fn sizes(operation: &Operation, product: Product, form: &FormValues) -> Sizes {
    let path = operation.path;
    if path.contains("/upscale") {
        let source = source(path, form).unwrap_or((1024, 1024));
        let enlarged = tier(form).map_or_else(
            || times(source, factor(form).unwrap_or(2)),
            |side| of_area(source, f64::from(side) * f64::from(side)),
        );
        return Sizes { made: enlarged, enlarged: Some(enlarged) };
    }
    let made = made(path, product, form);
    let by = factor(form).filter(|by| *by > 1 && product == Product::Transparent);
    Sizes { made, enlarged: by.map(|by| times(made, by)) }
}

/// Returns the size that a picture is made at.
fn made(path: &str, product: Product, form: &FormValues) -> Size {
    let source = source(path, form);
    let keeps = path.contains("/precise-edit/") || form.has("mask");
    if let Some(source) = source.filter(|_| keeps) {
        return within(source, LONGEST, MOST);
    }
    let named = form.text("size").or_else(|| form.text("resolution")).unwrap_or_default();
    if let Some(asked) = sides(&named).or_else(|| custom(form)) {
        return within(asked, LONGEST, MOST);
    }
    let ratio = form.text("aspect_ratio").and_then(|text| sides(&text));
    if let Some(side) = tier(form) {
        return of_area(ratio.or(source).unwrap_or((1, 1)), f64::from(side) * f64::from(side));
    }
    match (first("images", form), named.as_str()) {
        (Some(first), "source") => within(first, LONGEST, MOST_OF_V45),
        (Some(first), _) if product == Product::V45 => nearest(first, V4_SIZES, MOST_OF_V45),
        _ => ratio
            .map(|ratio| nearest(ratio, V3_SIZES, 1_048_576.0))
            .or_else(|| source.map(|source| within(source, LONGEST, MOST)))
            .unwrap_or_else(|| usual(product)),
    }
}

/// Returns the size where nothing is asked for and nothing uploaded.
fn usual(product: Product) -> Size {
    let wide = matches!(product, Product::V4 | Product::V45 | Product::Priced(_));
    if wide { (2048, 2048) } else { (1024, 1024) }
}

/// Returns the size of the picture that is changed, if one was uploaded and can be read.
fn source(path: &str, form: &FormValues) -> Option<Size> {
    let named = ["image", "image_file", "flat_graphic_image"];
    let found = named.into_iter().find_map(|name| first(name, form));
    let of_many = path == "/v1/edit" || form.has("mask");
    found.or_else(|| first("images", form).filter(|_| of_many))
}

/// Returns the size of the first picture under a name.
fn first(name: &str, form: &FormValues) -> Option<Size> {
    form.all(name).first().and_then(crate::simulator::form::FormValue::picture)
}

/// Returns how many times larger a picture shall become, 1 to 8.
fn factor(form: &FormValues) -> Option<u16> {
    let text = form.text("upscale_factor")?;
    text.trim_start_matches(['x', 'X']).parse().ok().filter(|by| (1..=8).contains(by))
}

/// Returns the side of a square in the tier that is asked for, as in `2K`.
fn tier(form: &FormValues) -> Option<u16> {
    let names = ["resolution_tier", "output_resolution", "resolution"];
    let text = names.into_iter().find_map(|name| form.text(name).filter(|text| text.len() == 2))?;
    let thousands: u16 = text.strip_suffix(['k', 'K'])?.parse().ok()?;
    [1, 2, 4, 8].contains(&thousands).then_some(thousands * 1024)
}

/// Returns the size that is asked for as two numbers.
fn custom(form: &FormValues) -> Option<Size> {
    let side = |name| form.integer(name).and_then(|side| u16::try_from(side).ok());
    side("custom_width")
        .zip(side("custom_height"))
        .filter(|(width, height)| *width > 0 && *height > 0)
}

/// Reads `1024x768`, `RESOLUTION_1024_768`, `16x9`, `16:9` and `ASPECT_16_9` alike.
fn sides(text: &str) -> Option<Size> {
    let mut numbers = text
        .split(|letter: char| !letter.is_ascii_digit())
        .filter(|digits| !digits.is_empty())
        .map(|digits| digits.parse().ok().filter(|side: &u16| *side > 0));
    Some((numbers.next()??, numbers.next()??))
}

/// Returns the known size whose ratio is nearest.
///
/// The distance is that of the logarithms, so that wide and tall ones are treated alike.
fn nearest(ratio: Size, known: &str, usual_area: f64) -> Size {
    let shape = |(width, height): Size| f64::from(width) / f64::from(height);
    let distance = |size: &Size| {
        let shapes = (shape(*size) / shape(ratio)).ln().abs();
        // Of two sizes with the same ratio, the one of the usual area is meant.
        (area(*size) / usual_area).ln().abs().mul_add(0.01, shapes)
    };
    let known = known.split(' ').filter_map(sides);
    known.min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or((1024, 1024))
}

/// Returns the pixels of a size.
fn area((width, height): Size) -> f64 {
    f64::from(width) * f64::from(height)
}

/// Returns a size so many times as large, within the bounds.
fn times((width, height): Size, by: u16) -> Size {
    let by = f64::from(by);
    bounded(f64::from(width) * by, f64::from(height) * by, LONGEST, MOST)
}

/// Returns the size of a ratio that has so many pixels, within the bounds.
fn of_area(ratio: Size, wanted: f64) -> Size {
    let by = (wanted / area(ratio)).sqrt();
    bounded(f64::from(ratio.0) * by, f64::from(ratio.1) * by, LONGEST, MOST)
}

/// Returns a size that keeps to the bounds.
fn within((width, height): Size, longest: f64, most: f64) -> Size {
    bounded(f64::from(width), f64::from(height), longest, most)
}

/// Makes sides smaller in proportion until they fit.
///
/// The ratio is kept as well as whole pixels allow.
fn bounded(width: f64, height: f64, longest: f64, most: f64) -> Size {
    let by = (longest / width.max(height)).min((most / (width * height)).sqrt()).min(1.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 1 and the longest side"
    )]
    let side = |side: f64| (side * by).round().clamp(1.0, longest) as u16;
    (side(width), side(height))
}

#[cfg(test)]
mod tests {
    use super::{V3_SIZES, V4_SIZES, nearest, of_area, sides, times, within};

    #[test]
    fn every_spelling_of_a_size_is_read() {
        for text in ["16x9", "16:9", "ASPECT_16_9", "RESOLUTION_16_9"] {
            assert_eq!(sides(text), Some((16, 9)), "{text}");
        }
        assert_eq!((sides("AUTO"), sides("0x9"), sides("2k")), (None, None, None));
    }

    #[test]
    fn a_ratio_becomes_the_nearest_size() {
        assert_eq!(nearest((1, 1), V3_SIZES, 1_048_576.0), (1024, 1024));
        assert_eq!(nearest((640, 640), V4_SIZES, 4_194_304.0), (2048, 2048));
        let (width, height) = nearest((16, 9), V3_SIZES, 1_048_576.0);
        assert!(width > height && width < 2 * height);
    }

    #[test]
    fn what_is_too_large_is_made_smaller_in_proportion() {
        assert_eq!(times((1024, 1024), 8), (4096, 4096));
        assert_eq!(times((1536, 512), 4), (6144, 2048));
        assert_eq!(within((60_000, 30), 8192.0, 16_777_216.0), (8192, 4));
        assert_eq!(of_area((16, 9), 1_048_576.0), (1365, 768));
    }
}
