//! What a token may do: scopes, ceilings, limits; the refusal names the rule, and nothing is sent.

mod limited;
mod limits;
mod prod;
mod rate;
mod scopes;
mod wishes;

use crate::support::Reply;

/// A call that costs one image.
const GENERATE: &str = "/v1/ideogram-v3/generate";

/// Returns `status code rule` of a refusal.
fn verdict(reply: &Reply) -> String {
    format!("{} {}", reply.problem(), reply.json()["rule"].as_str().unwrap_or("-"))
}
