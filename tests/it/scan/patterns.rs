//! tests of docs
