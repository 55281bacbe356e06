//! Who a request is from: one valid token, presented once, or nothing reaches Ideogram.

mod leaving;
mod limits;
mod presented;
mod states;

/// A call that costs one image.
const GENERATE: &str = "/v1/ideogram-v3/generate";
