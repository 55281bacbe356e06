//! The process dies under load.
