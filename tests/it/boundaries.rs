//! What passes through the house: what is listed, rebuilt on the way out, and listed again on the way back.

mod answers;
mod balancers;
mod bodies;
mod errors;
mod flood;
mod key;
mod own_paths;
mod pictures;
mod request;
mod routes;

/// A call that costs one image.
const GENERATE: &str = "/v1/ideogram-v3/generate";
