//! The fields that came, whatever the body was.

use super::Upload;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// The fields of a body, by name, each with all its values.
///
/// JSON has one value for a name; a form may have several.
#[derive(Debug, Default)]
pub struct FormValues(BTreeMap<String, Vec<FormValue>>);

/// One value of a field.
#[derive(Debug)]
pub enum FormValue {
    /// From a JSON body.
    Json(Json),
    /// From a multipart body.
    Text(String),
    /// An uploaded file.
    File(Upload),
}

impl FormValues {
    /// Adds a value.
    ///
    /// Earlier values stay.
    pub fn add(&mut self, name: &str, value: FormValue) {
        self.0.entry(name.to_owned()).or_default().push(value);
    }

    /// Adds the members of a JSON object; nulls count as left out.
    pub fn add_object(&mut self, object: serde_json::Map<String, Json>) {
        for (name, value) in object {
            if !value.is_null() {
                self.add(&name, FormValue::Json(value));
            }
        }
    }

    /// Takes a field out.
    ///
    /// It is as if it had never come.
    pub fn take(&mut self, name: &str) -> Option<Vec<FormValue>> {
        self.0.remove(name)
    }

    /// Returns all values of a field; none when it was left out.
    pub fn all(&self, name: &str) -> &[FormValue] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// Returns whether a field came.
    pub fn has(&self, name: &str) -> bool {
        !self.all(name).is_empty()
    }

    /// Returns a field as text; the last value counts.
    pub fn text(&self, name: &str) -> Option<String> {
        self.all(name).last().and_then(FormValue::text)
    }

    /// Returns a field as a whole number; the last value counts.
    pub fn integer(&self, name: &str) -> Option<i64> {
        self.all(name).last().and_then(FormValue::integer)
    }

    /// Returns whether a field says yes; the last value counts.
    ///
    /// A field that was left out says no.
    pub fn flag(&self, name: &str) -> bool {
        self.all(name).last().and_then(FormValue::flag).unwrap_or(false)
    }
}

impl FormValue {
    /// Returns the value as text.
    ///
    /// Numbers, flags and files are none.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Json(json @ (Json::Object(_) | Json::Array(_))) => Some(json.to_string()),
            Self::Json(Json::String(text)) | Self::Text(text) => Some(text.clone()),
            Self::Json(_) | Self::File(_) => None,
        }
    }

    /// Returns the size of the picture that was uploaded, if it can be read.
    pub fn picture(&self) -> Option<(u16, u16)> {
        match self {
            Self::File(upload) => upload.size,
            Self::Json(_) | Self::Text(_) => None,
        }
    }

    /// Returns the value as a whole number; form fields are read as leniently as most servers do.
    pub fn integer(&self) -> Option<i64> {
        match self {
            Self::Json(json) => json.as_i64(),
            Self::Text(text) => text.trim().parse().ok(),
            Self::File(_) => None,
        }
    }

    /// Returns the value as a number.
    ///
    /// A text with blanks around a number is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Json(json) => json.as_f64(),
            Self::Text(text) => text.trim().parse().ok(),
            Self::File(_) => None,
        }
    }

    /// Returns the value as yes or no.
    pub fn flag(&self) -> Option<bool> {
        match self {
            Self::Json(json) => json.as_bool(),
            Self::Text(text) => text.trim().to_ascii_lowercase().parse().ok(),
            Self::File(_) => None,
        }
    }

    /// Returns the value as a JSON object, also when it came as text.
    ///
    /// A file is none, whatever it holds.
    pub fn object(&self) -> Option<serde_json::Map<String, Json>> {
        match self {
            Self::Json(Json::Object(object)) => Some(object.clone()),
            Self::Text(text) => serde_json::from_str(text).ok(),
            Self::Json(_) | Self::File(_) => None,
        }
    }
}
