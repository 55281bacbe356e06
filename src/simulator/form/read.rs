//! From a body to its fields.

use super::{
    multipart,
    values::{FormValue, FormValues},
};
use crate::simulator::routes::{BodyType, Operation};
use http::{HeaderMap, header::CONTENT_TYPE};
use serde_json::Value as Json;

/// The field that wraps the others in paths without a version.
/// In a form it is a text that holds JSON.
const WRAPPER: &str = "image_request";

/// A body cannot be read.
///
/// Answered with 415 where the kind is wrong, and with 400 otherwise.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum FormError {
    /// The operation does not take this kind of body.
    #[error("this kind of body is not taken here")]
    Kind,
    /// It is not JSON.
    #[error("the body is not a JSON object")]
    Json,
    /// It is not multipart form data.
    #[error("the body is not multipart form data")]
    Multipart,
    /// The field that wraps the others is missing or no object.
    #[error("image_request: a JSON object is needed")]
    Wrapper,
}

/// Reads the fields of a body; wrapped ones stand beside the others afterwards.
///
/// A body where none is taken is ignored.
pub fn read(
    operation: &Operation,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<FormValues, FormError> {
    if operation.body == BodyType::Nothing {
        return Ok(FormValues::default());
    }
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
    let essence = kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    let mut form = match (essence.as_str(), operation.body) {
        ("application/json", BodyType::Json | BodyType::Either) => json(body)?,
        ("multipart/form-data", BodyType::Multipart | BodyType::Either) => {
            let boundary = multipart::parameter(kind, "boundary").ok_or(FormError::Multipart)?;
            multipart::read(body, &boundary).ok_or(FormError::Multipart)?
        }
        _ => return Err(FormError::Kind),
    };
    if !operation.wrapped.is_empty() {
        unwrap(operation, &mut form)?;
    }
    Ok(form)
}

/// Reads a JSON object. Of a name that comes twice, the last one counts.
fn json(body: &[u8]) -> Result<FormValues, FormError> {
    let Ok(Json::Object(object)) = serde_json::from_slice(body) else {
        return Err(FormError::Json);
    };
    let mut form = FormValues::default();
    form.add_object(object);
    Ok(form)
}

/// Replaces the wrapper by what it holds.
fn unwrap(operation: &Operation, form: &mut FormValues) -> Result<(), FormError> {
    let wrapper = form.take(WRAPPER).and_then(|mut values| values.pop());
    let object = wrapper.as_ref().and_then(FormValue::object).ok_or(FormError::Wrapper)?;
    // A name beside the wrapper must not pass for one inside it.
    for field in operation.wrapped.iter().copied().flatten() {
        form.take(field.name);
    }
    form.add_object(object);
    Ok(())
}
