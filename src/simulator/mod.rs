//! A stand-in for Ideogram.
