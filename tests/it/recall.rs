//! Nobody pays twice.
