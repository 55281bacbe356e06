//! How large a picture becomes.

use crate::simulator::{
    form::Form,
    routes::{Product, V3_SIZES},
};

/// A width and a height in pixels.
pub type Size = (u16, u16);

/// Returns the size that a request asks for, or the usual one.
pub(super) fn size(product: Product, form: &Form) -> Size {
    let wide = matches!(product, Product::V4 | Product::V45 | Product::Priced(_));
    let usual = if wide { (2048, 2048) } else { (1024, 1024) };
    let asked = form.text("resolution").and_then(|text| sides(&text));
    let by_ratio = || form.text("aspect_ratio").and_then(|text| sides(&text)).map(nearest);
    asked.or_else(by_ratio).unwrap_or(usual)
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
fn nearest(ratio: Size) -> Size {
    let shape = |(width, height): Size| f64::from(width) / f64::from(height);
    let distance = |size: &Size| {
        let shapes = (shape(*size) / shape(ratio)).ln().abs();
        // Of two sizes with the same ratio, the one near a million pixels is meant.
        let area = f64::from(size.0) * f64::from(size.1) / 1_048_576.0;
        area.ln().abs().mul_add(0.01, shapes)
    };
    let known = V3_SIZES.split(' ').filter_map(sides);
    known.min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or((1024, 1024))
}

#[cfg(test)]
mod tests {
    use super::{nearest, sides};

    #[test]
    fn every_spelling_of_a_size_is_read() {
        for text in ["16x9", "16:9", "ASPECT_16_9", "RESOLUTION_16_9"] {
            assert_eq!(sides(text), Some((16, 9)), "{text}");
        }
        assert_eq!((sides("AUTO"), sides("0x9")), (None, None));
    }

    #[test]
    fn a_ratio_becomes_the_nearest_size() {
        assert_eq!(nearest((1, 1)), (1024, 1024));
        let (width, height) = nearest((16, 9));
        assert!(width > height && width < 2 * height);
    }
}
