//! The header of one part.
//!
//! The rules are those of RFC 7578, with nothing of what it lets readers forgive.

use crate::inspection::{
    InspectionError,
    parameters::{HeaderParameters, Parameter, is_token, split},
};
use memchr::memmem;

/// A part's header, as far as the gateway must know it.
///
/// Other fields of the header are passed over.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct PartHeader {
    /// The field's name as it came, escapes and all.
    pub(super) name: Box<[u8]>,
    /// The file's name in both spellings; `None` when the part is no file.
    pub(super) file_name: Option<Box<[u8]>>,
    /// The content type.
    pub(super) content_type: Option<Box<[u8]>>,
    /// How the content is encoded on the way.
    pub(super) encoding: Option<Box<[u8]>>,
}

impl PartHeader {
    /// Reads the header's lines, without the blank line that ends them.
    ///
    /// A field that counts must not come twice, and `Content-Disposition` must be there.
    pub(super) fn read(block: &[u8]) -> Result<Self, InspectionError> {
        let (mut header, mut disposition) = (Self::default(), None);
        for line in lines(block) {
            let (name, value) = name_and_value(line)?;
            let place = match name {
                _ if name.eq_ignore_ascii_case(b"content-disposition") => &mut disposition,
                _ if name.eq_ignore_ascii_case(b"content-type") => &mut header.content_type,
                _ if name.eq_ignore_ascii_case(b"content-transfer-encoding") => {
                    &mut header.encoding
                }
                _ => continue,
            };
            if place.replace(value.into()).is_some() {
                let name = String::from_utf8_lossy(name).to_lowercase();
                return Err(InspectionError::ambiguous(&name, "must not come twice in a part"));
            }
        }
        let Some(disposition) = disposition else {
            let problem = "is missing in a part: it must be form-data; name=\"…\"";
            return Err(InspectionError::malformed(DISPOSITION, problem));
        };
        header.read_disposition(&disposition)?;
        Ok(header)
    }

    /// Reads the field's name and the file's name.
    fn read_disposition(&mut self, disposition: &[u8]) -> Result<(), InspectionError> {
        let (kind, parameters) = split(disposition);
        if !kind.eq_ignore_ascii_case(b"form-data") {
            return Err(InspectionError::malformed(DISPOSITION, "must be form-data"));
        }
        self.name = name(parameters.clone())?;
        let field = String::from_utf8_lossy(&self.name);
        self.file_name = file_name(parameters, &field)?;
        Ok(())
    }
}

/// The header that names the field.
const DISPOSITION: &str = "content-disposition";

/// Returns the header's lines, without their ends. A line that continues the one before is not joined to it,
/// and is then refused as no `name: value`.
fn lines(block: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut ends: Vec<_> = memmem::find_iter(block, b"\r\n").collect();
    ends.push(block.len());
    let mut start = 0;
    ends.into_iter().map(move |end| {
        let line = &block[start..end];
        start = end + 2;
        line
    })
}

/// Splits a line at its first colon. Control characters but the tab are refused.
fn name_and_value(line: &[u8]) -> Result<(&[u8], &[u8]), InspectionError> {
    // Without a colon the name is empty, which is refused below.
    let colon = memchr::memchr(b':', line).unwrap_or(0);
    let (name, value) = line.split_at(colon);
    let value = value.get(1..).unwrap_or_default();
    let is_control = |b: &u8| b.is_ascii_control() && *b != b'\t';
    if name.is_empty() || !name.iter().all(|b| is_token(*b)) || value.iter().any(is_control) {
        let problem = "has a part with a header line that is not name: value";
        return Err(InspectionError::malformed("body", problem));
    }
    Ok((name, value.trim_ascii()))
}

/// Returns the field's name. RFC 7578 (4.2) forbids `filename*` in forms and knows no `name*`; the first is
/// common and let pass, the second is refused.
fn name(parameters: HeaderParameters<'_>) -> Result<Box<[u8]>, InspectionError> {
    let mut name = None;
    for parameter in parameters {
        let parameter = parameter.map_err(|_| unreadable())?;
        if parameter.is_extended("name") {
            let problem = "must give the name as name=\"…\", not as name*";
            return Err(InspectionError::malformed(DISPOSITION, problem));
        }
        if parameter.is("name") {
            if name.replace(parameter.value.into()).is_some() {
                return Err(InspectionError::ambiguous(DISPOSITION, "must not have two names"));
            }
        } else if !parameter.is("filename") && !parameter.is_extended("filename") {
            let problem = "must have no parameters but name and filename";
            return Err(InspectionError::malformed(DISPOSITION, problem));
        }
    }
    name.ok_or_else(|| InspectionError::malformed(DISPOSITION, "must have a name"))
}

/// Returns the file's name, both spellings together where both are there; `None` for a part that is no file.
fn file_name(
    parameters: HeaderParameters<'_>,
    field: &str,
) -> Result<Option<Box<[u8]>>, InspectionError> {
    let (mut plain, mut extended) = (None, None);
    // What cannot be read is no loss: `name` went over the same parameters and refused it.
    for parameter in parameters.flatten() {
        if hides_a_name(parameter) {
            let problem = "has a parameter in which some readers would see another name";
            return Err(InspectionError::ambiguous(field, problem));
        }
        let place = match parameter {
            _ if parameter.is("filename") => &mut plain,
            _ if parameter.is_extended("filename") => &mut extended,
            _ => continue,
        };
        if place.replace(parameter.value).is_some() {
            return Err(InspectionError::ambiguous(field, "must not have two file names"));
        }
    }
    // Joined by what no header line may hold, so that no two pairs look alike in the fingerprint.
    let both = plain.into_iter().chain(extended).collect::<Vec<_>>();
    Ok((!both.is_empty()).then(|| both.join(&b"\0"[..]).into()))
}

/// To a reader that knows no escapes, a value ends at the first quote in it, and what follows may be a name. To
/// one that looks for `name=` behind a blank or a semicolon, quotes mean nothing at all. The name that such a
/// reader finds could be that of a field which decides what a call costs.
///
/// Says whether some reader could find another name in a value.
fn hides_a_name(parameter: Parameter<'_>) -> bool {
    let value = parameter.value.to_ascii_lowercase();
    memmem::find_iter(&value, b"name").any(|at| {
        let behind = value[at + b"name".len()..].trim_ascii_start();
        let begins_a_parameter =
            value[..at].last().is_none_or(|byte| *byte == b';' || byte.is_ascii_whitespace());
        (parameter.has_escaped_quote || begins_a_parameter)
            && (behind.starts_with(b"=") || behind.starts_with(b"*"))
    })
}

/// Returns the error for parameters that cannot be read in the one way allowed.
fn unreadable() -> InspectionError {
    InspectionError::malformed(DISPOSITION, "must be form-data with parameters like name=\"…\"")
}
