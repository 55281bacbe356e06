//! From a body to its fields.

use super::{
    multipart,
    values::{Form, Value},
};
use crate::simulator::routes::{Body, Operation};
use http::{HeaderMap, header::CONTENT_TYPE};
use serde_json::Value as Json;

/// The field that wraps the others in paths without a version.
const WRAPPER: &str = "image_request";

/// A body cannot be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Unreadable {
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
pub fn read(operation: &Operation, headers: &HeaderMap, body: &[u8]) -> Result<Form, Unreadable> {
    if operation.body == Body::Nothing {
        return Ok(Form::default());
    }
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
    let essence = kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    let mut form = match (essence.as_str(), operation.body) {
        ("application/json", Body::Json | Body::Either) => json(body)?,
        ("multipart/form-data", Body::Multipart | Body::Either) => {
            let boundary = multipart::parameter(kind, "boundary").ok_or(Unreadable::Multipart)?;
            multipart::read(body, &boundary).ok_or(Unreadable::Multipart)?
        }
        _ => return Err(Unreadable::Kind),
    };
    if !operation.wrapped.is_empty() {
        unwrap(operation, &mut form)?;
    }
    Ok(form)
}

fn json(body: &[u8]) -> Result<Form, Unreadable> {
    let Ok(Json::Object(object)) = serde_json::from_slice(body) else {
        return Err(Unreadable::Json);
    };
    let mut form = Form::default();
    form.add_object(object);
    Ok(form)
}

/// Replaces the wrapper by what it holds.
fn unwrap(operation: &Operation, form: &mut Form) -> Result<(), Unreadable> {
    let wrapper = form.take(WRAPPER).and_then(|mut values| values.pop());
    let object = wrapper.as_ref().and_then(Value::object).ok_or(Unreadable::Wrapper)?;
    // A name beside the wrapper must not pass for one inside it.
    for field in operation.wrapped.iter().copied().flatten() {
        form.take(field.name);
    }
    form.add_object(object);
    Ok(())
}
