//! The key never leaves, nor do tokens, prompts and links: the search that ends every test, proven able to fail;
//! a tour with a secret in every place that takes one; and our key in what Ideogram answers.

mod echoes;
mod elsewhere;
mod search;
mod sinks;
mod tour;

const GENERATE: &str = "/v1/ideogram-v3/generate";
