//! Which inspected field a part means.
//!
//! Frameworks make fields out of names in their own ways: `num_images[]`, `num%5Fimages`, `"num_images"`.
//! Such a name could count elsewhere and be overlooked here.

use super::part::PartHeader;
use crate::inspection::{
    InspectionError,
    fields::{FieldIndex, Fields, Level},
};

/// Returns the inspected field that the part is for, or `None` if nobody asks for it.
///
/// A name that is not an inspected one, but would be to a reader that takes escapes, blanks, quotes
/// or brackets another way, is refused.
///
/// A name that no reader could take for an inspected one is nobody's business, and its part is passed over.
pub(super) fn find(
    fields: &Fields<'_>,
    header: &PartHeader,
) -> Result<Option<FieldIndex>, InspectionError> {
    let name = &*header.name;
    if let Some(index) = fields.find(Level::Top, name) {
        return Ok(Some(index));
    }
    let is_clear = name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_' || *b == b'-');
    if is_clear {
        return Ok(None);
    }
    let shown = String::from_utf8_lossy(name);
    // Nothing here decodes these (RFC 2047), and to a reader that does, it may be any name.
    if name.starts_with(b"=?") {
        let problem = "must not be an encoded word; write the field's name as it is";
        return Err(InspectionError::ambiguous(&shown, problem));
    }
    if let Some(index) = fields.find(Level::Top, &most_forgiving(name)) {
        let problem = format!("could be read as {}; write that name as it is", fields.name(index));
        return Err(InspectionError::ambiguous(&shown, problem));
    }
    Ok(None)
}

/// Returns the name as the most forgiving reader would take it.
///
/// Escapes are decoded, what follows a bracket or a zero byte is cut off, and quotes, backslashes and white
/// space are left out.
fn most_forgiving(name: &[u8]) -> Vec<u8> {
    let decoded = percent_encoding::percent_decode(name);
    let end = |b: &u8| matches!(b, b'[' | 0);
    let noise = |b: &u8| matches!(b, b'\\' | b'"' | b'\'') || b.is_ascii_whitespace();
    decoded.take_while(|b| !end(b)).filter(|b| !noise(b)).collect()
}
