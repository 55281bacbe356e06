//! What is wrong with the settings, all of it at once.
//!
//! A mistake never holds a secret: whoever makes one decides whether the value may be shown.

use super::origin::SettingOrigin;
use std::fmt;

/// One thing that is wrong with the settings.
///
/// Shown as `key = value (origin): problem`, without the parts that it does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    key: Box<str>,
    origin: Option<SettingOrigin>,
    value: Option<Box<str>>,
    problem: Box<str>,
}

impl FieldError {
    /// Returns a mistake about a key, without a value.
    ///
    /// The problem continues the key to a sentence, as in "queue.capacity must be …".
    pub(super) fn about(key: impl Into<Box<str>>, problem: impl Into<Box<str>>) -> Self {
        Self { key: key.into(), origin: None, value: None, problem: problem.into() }
    }

    /// Returns the mistake with the place it comes from.
    ///
    /// An earlier place is replaced.
    pub(super) fn at(mut self, origin: SettingOrigin) -> Self {
        self.origin = Some(origin);
        self
    }

    /// Returns the mistake with the value as it may be shown.
    ///
    /// The caller has made sure that it holds no secret.
    pub(super) fn with_value(mut self, value: impl Into<Box<str>>) -> Self {
        self.value = Some(value.into());
        self
    }

    /// Returns the key, as in `queue.capacity`, or the file or variable that cannot be read.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Returns where the value comes from, as in `ideogate.toml:12`.
    ///
    /// `None` where the mistake is not about a value, as with a file that cannot be read.
    pub fn origin(&self) -> Option<String> {
        self.origin.as_ref().map(SettingOrigin::to_string)
    }

    /// Returns the value as it was written, if it may be shown.
    ///
    /// It has the form of TOML, and is cut off when it is long. `None` where there is no value, or where it
    /// may be a secret.
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    /// Returns what is wrong, or what is allowed.
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// Says whether the other mistake is the same line of the same file, met by another way: many
    /// routes may start from one template.
    ///
    /// Only lines of files are compared: two variables are two mistakes, whatever they say.
    pub(super) fn is_same_line(&self, other: &Self) -> bool {
        let in_file = matches!(self.origin, Some(SettingOrigin::File { .. }));
        let last = |mistake: &Self| mistake.key.rsplit('.').next().map(str::to_owned);
        in_file
            && (&self.origin, &self.problem) == (&other.origin, &other.problem)
            && last(self) == last(other)
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key)?;
        if let Some(value) = &self.value {
            write!(f, " = {value}")?;
        }
        if let Some(origin) = &self.origin {
            write!(f, " ({origin})")?;
        }
        write!(f, ": {}", self.problem)
    }
}

/// Everything that is wrong with the settings.
///
/// There is always at least one. Shown as their number and a line for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// Returns the mistakes, or nothing when there are none.
    ///
    /// Of those that come from the same line of a file, the first one is kept.
    pub(super) fn found(mistakes: Vec<FieldError>) -> Option<Self> {
        let mut found: Vec<FieldError> = Vec::new();
        for mistake in mistakes {
            if !found.iter().any(|earlier| earlier.is_same_line(&mistake)) {
                found.push(mistake);
            }
        }
        (!found.is_empty()).then_some(Self(found))
    }

    /// Returns a single mistake.
    pub(super) fn one(mistake: FieldError) -> Self {
        Self(vec![mistake])
    }

    /// Returns `Ok` of the value when there are no mistakes.
    pub(super) fn or<T>(mistakes: Vec<FieldError>, value: T) -> Result<T, Self> {
        Self::found(mistakes).map_or(Ok(value), Err)
    }

    /// Returns these mistakes and others.
    ///
    /// The others come behind these.
    pub(super) fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// Returns the mistakes in the order they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, FieldError> {
        self.0.iter()
    }
}

impl<'m> IntoIterator for &'m FieldErrors {
    type Item = &'m FieldError;
    type IntoIter = std::slice::Iter<'m, FieldError>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for FieldErrors {
    /// Writes a line for each.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let noun = if self.0.len() == 1 { "mistake" } else { "mistakes" };
        write!(f, "{} {noun} in the settings", self.0.len())?;
        self.0.iter().try_for_each(|mistake| write!(f, "\n  {mistake}"))
    }
}

impl std::error::Error for FieldErrors {}
