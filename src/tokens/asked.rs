//! What a request says of one thing: nothing at all, that there shall be none, or what it shall be.

use super::mistakes::RequestErrors;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use serde_json::Value;

/// What is said of one thing. In JSON: absent, `null`, or a value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Asked<T> {
    /// It stays as it is.
    #[default]
    Unsaid,
    /// There shall be none.
    Nothing,
    /// It shall be this.
    Is(T),
    /// Something of another kind was written, which is told with all other mistakes.
    Odd(Value),
}

/// What values can be asked for, in words for whoever wrote another kind.
pub trait AskedKind {
    /// The kind, as in "a text".
    const KIND: &'static str;
}

impl AskedKind for String {
    const KIND: &'static str = "a text";
}

impl AskedKind for u32 {
    const KIND: &'static str = "a whole number";
}

impl AskedKind for Vec<String> {
    const KIND: &'static str = "a list of texts";
}

impl<T> Asked<T> {
    /// Says whether nothing was said.
    pub fn is_unsaid(&self) -> bool {
        matches!(self, Self::Unsaid)
    }
}

impl<T: AskedKind> Asked<T> {
    /// Returns what there is after the request: the old, nothing, or what `read` makes of what was asked.
    pub(super) fn over<U: Default>(
        &self,
        field: &str,
        old: U,
        mistakes: &mut RequestErrors,
        read: impl FnOnce(&mut RequestErrors, &str, &T) -> U,
    ) -> U {
        match self {
            Self::Unsaid => old,
            Self::Nothing => U::default(),
            Self::Is(value) => read(mistakes, field, value),
            Self::Odd(_) => {
                mistakes.note(field, format_args!("must be {}", T::KIND));
                old
            }
        }
    }
}

impl<T> From<Option<T>> for Asked<T> {
    /// What is not there was not said.
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Unsaid, Self::Is)
    }
}

impl<T> From<Vec<T>> for Asked<Vec<T>> {
    /// An empty list was not said.
    fn from(list: Vec<T>) -> Self {
        if list.is_empty() { Self::Unsaid } else { Self::Is(list) }
    }
}

impl<T: Serialize> Serialize for Asked<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Unsaid | Self::Nothing => serializer.serialize_none(),
            Self::Is(value) => value.serialize(serializer),
            Self::Odd(value) => value.serialize(serializer),
        }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Asked<T> {
    /// Never fails for the kind of a value: here, among flattened fields, no parser knows the name of the
    /// field any more, and whoever reads the request does.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Value::deserialize(deserializer)? {
            Value::Null => Self::Nothing,
            value => T::deserialize(&value).map_or_else(|_| Self::Odd(value.clone()), Self::Is),
        })
    }
}
