//! What is known of an uploaded file: how long it is, and how large the picture in it.
//!
//! The picture is not decoded: only its head is read.

/// An uploaded file.
///
/// The bytes themselves are not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Upload {
    /// How many bytes it has.
    pub bytes: usize,
    /// The width and height of the picture, if it is a PNG, JPEG or WebP.
    pub size: Option<(u16, u16)>,
}

impl Upload {
    /// Looks at a file.
    ///
    /// What cannot be read, or is wider than 65,535 pixels, has no size and is taken all the same.
    pub(super) fn from_bytes(content: &[u8]) -> Self {
        let size = png(content).or_else(|| jpeg(content)).or_else(|| webp(content));
        let size = size.filter(|(width, height)| *width > 0 && *height > 0);
        let sides =
            |(width, height)| Some((u16::try_from(width).ok()?, u16::try_from(height).ok()?));
        Self { bytes: content.len(), size: size.and_then(sides) }
    }
}

/// A width and a height in pixels, as wide as any format can say.
type Sides = (u32, u32);

/// Reads the `IHDR` chunk, which comes first.
fn png(content: &[u8]) -> Option<Sides> {
    let head = content.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    Some((big(head, 8, 4)?, big(head, 12, 4)?))
}

/// Goes from segment to segment until one says how large the frame is.
fn jpeg(content: &[u8]) -> Option<Sides> {
    let mut rest = content.strip_prefix(b"\xff\xd8")?;
    loop {
        let kind = *rest.strip_prefix(b"\xff")?.first()?;
        match kind {
            // These are frame headers; the three left out are tables.
            0xc0..=0xcf if !matches!(kind, 0xc4 | 0xc8 | 0xcc) => {
                return Some((big(rest, 7, 2)?, big(rest, 5, 2)?));
            }
            0xff => rest = rest.get(1..)?,
            // A length counts its own two bytes; of one that says less, the rest would be read as the next marker.
            _ => rest = rest.get(2 + big(rest, 2, 2)?.max(2) as usize..)?,
        }
    }
}

/// Reads whichever of the three headers a WebP has.
fn webp(content: &[u8]) -> Option<Sides> {
    let chunk = content.strip_prefix(b"RIFF")?.get(4..)?.strip_prefix(b"WEBP")?;
    match chunk.get(..4)? {
        b"VP8 " => Some((little(chunk, 14, 2)? & 0x3fff, little(chunk, 16, 2)? & 0x3fff)),
        b"VP8L" => {
            let bits = little(chunk, 9, 4)?;
            Some(((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1))
        }
        b"VP8X" => Some((little(chunk, 12, 3)? + 1, little(chunk, 15, 3)? + 1)),
        _ => None,
    }
}

/// Reads a number whose first byte weighs most.
fn big(bytes: &[u8], from: usize, count: usize) -> Option<u32> {
    let number = bytes.get(from..from + count)?;
    Some(number.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
}

/// Reads a number whose first byte weighs least.
fn little(bytes: &[u8], from: usize, count: usize) -> Option<u32> {
    let number = bytes.get(from..from + count)?;
    Some(number.iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::Upload;

    fn size(content: &[u8]) -> Option<(u16, u16)> {
        Upload::from_bytes(content).size
    }

    #[test]
    fn the_size_of_each_kind_of_picture_is_read() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xe0\x08\x06";
        let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xc2\0\x0b\x08\x01\xe0\x02\x80\x01";
        let lossy = b"RIFF....WEBPVP8 ....\0\0\0\x9d\x01\x2a\x80\x02\xe0\x01";
        let bits: u32 = 0x27f | 0x1df << 14;
        let lossless = [&b"RIFF....WEBPVP8L....\x2f"[..], &bits.to_le_bytes()].concat();
        let extended = b"RIFF....WEBPVP8X....\0\0\0\0\x7f\x02\0\xdf\x01\0";
        for content in [&png[..], jpeg, lossy, &lossless, extended] {
            assert_eq!(size(content), Some((640, 480)), "{content:x?}");
        }
    }

    #[test]
    fn what_is_no_picture_has_no_size() {
        let short = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02";
        let endless = [&b"\xff\xd8"[..], &[0xff; 64]].concat();
        for content in [&b"picture"[..], b"", short, &endless, b"\xff\xd8\xff\xe0\0\0\xff"] {
            assert_eq!(size(content), None, "{content:x?}");
        }
    }
}
