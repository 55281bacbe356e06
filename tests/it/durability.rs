//! The record cannot be written.
