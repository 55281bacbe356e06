//! A form with inspected fields.
//!
//! Parts of other fields are read into the fingerprint, and nothing of them is kept.

use super::{FormType, field_name, part::PartHeader, parts::FormParts, value, window::BodyWindow};
use crate::inspection::{
    InspectionError,
    charset::Charset,
    digest::{Digest, PartDigest},
    fields::{FieldIndex, FieldReading, FieldShape, Fields, LONGEST_SCALAR, OBJECT_PROBLEM},
    json::{self, Place},
    kept::BoundedBuffer,
    parameters::split,
};
use std::io::Read;

/// The most parts a form may have.
const MOST_PARTS: usize = 256;

/// Reads a form, keeps what stands in the inspected fields, and adds every part to the digest.
///
/// The digest has the parts in the order they came: two orders are two requests. Transfer encodings are not
/// undone. It is an error at the first part that is refused; the rest is not read then.
pub(in crate::inspection) fn scan(
    source: &mut dyn Read,
    form: &FormType,
    fields: &mut Fields<'_>,
    digest: &mut Digest,
) -> Result<(), InspectionError> {
    let mut parts = FormParts::start(BodyWindow::new(source), &form.boundary)?;
    let mut count = 0;
    while let Some(header) = parts.next()? {
        count += 1;
        if count > MOST_PARTS {
            return Err(InspectionError::malformed("body", "has more than 256 parts"));
        }
        add_header(digest, &header);
        check(&header)?;
        match field_name::find(fields, &header)? {
            Some(index) => inspected(&mut parts, &header, form.charset, index, fields, digest)?,
            None => passed_over(&mut parts, &header, digest)?,
        }
    }
    Ok(())
}

/// Adds what names a part to the digest. The boundary is no part of it, so that a retry may have another one.
fn add_header(digest: &mut Digest, header: &PartHeader) {
    digest.piece(b"part");
    digest.piece(&header.name);
    digest.optional(header.file_name.as_deref());
    digest.optional(header.content_type.as_deref());
}

/// Parts within a part would be taken for the form's own by some readers.
///
/// Refuses a part whose content type is a form.
fn check(header: &PartHeader) -> Result<(), InspectionError> {
    let content_type = header.content_type.as_deref().unwrap_or_default();
    let start = split(content_type).0.get(..b"multipart/".len());
    if start.is_some_and(|start| start.eq_ignore_ascii_case(b"multipart/")) {
        let field = String::from_utf8_lossy(&header.name);
        return Err(InspectionError::malformed(&field, "must not be a form inside the form"));
    }
    Ok(())
}

/// Reads a part that is for an inspected field. Of a file in a field that only has to be there, nothing is
/// looked at.
fn inspected(
    parts: &mut FormParts<'_>,
    header: &PartHeader,
    outer: Charset,
    index: FieldIndex,
    fields: &mut Fields<'_>,
    digest: &mut Digest,
) -> Result<(), InspectionError> {
    let (field, shape) = (fields.name(index), fields.shape(index));
    if !matches!(shape, FieldShape::Texts | FieldShape::Any) {
        // Before the part is read, so that a second one is refused without being kept.
        fields.admit(index)?;
    }
    let is_file = shape == FieldShape::Any && header.file_name.is_some();
    let inner = if is_file { None } else { Some(value::check_header(field, shape, header)?) };
    let kept = read(parts, value::longest(shape), digest)?;
    let Some(inner) = inner else { return fields.add(index, FieldReading::Present) };
    value::check_text(field, [outer, inner], &kept)?;
    fields.add(index, value::found(field, shape, &kept)?)?;
    // The part has been read, but the object in it has not: its fields count as if they were the form's.
    if shape == FieldShape::Object {
        let text = kept.whole().ok_or_else(|| InspectionError::malformed(field, OBJECT_PROBLEM))?;
        json::scan(text, Place::inside(field), fields)?;
    }
    Ok(())
}

/// Reads a part that nobody asks for, but for `_charset_` (RFC 7578, 4.6), which would change the texts of
/// others.
fn passed_over(
    parts: &mut FormParts<'_>,
    header: &PartHeader,
    digest: &mut Digest,
) -> Result<(), InspectionError> {
    let kept = read(parts, LONGEST_SCALAR, digest)?;
    // By this field, as browsers send it, a form sets the charset of all its texts, also of those that
    // were read already.
    let is_charset = header.name.eq_ignore_ascii_case(b"_charset_");
    if is_charset && kept.whole().and_then(Charset::named) != Some(Charset::Utf8) {
        return Err(InspectionError::malformed("_charset_", "must be utf-8"));
    }
    Ok(())
}

/// Reads a part's content into the digest, and keeps it if it has at most `longest` bytes.
fn read(
    parts: &mut FormParts<'_>,
    longest: usize,
    digest: &mut Digest,
) -> Result<BoundedBuffer, InspectionError> {
    let (mut kept, mut part) = (BoundedBuffer::up_to(longest), PartDigest::default());
    parts.content(&mut |bytes| {
        kept.add(bytes);
        part.add(bytes);
    })?;
    digest.part(part);
    Ok(kept)
}
