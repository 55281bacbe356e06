//! The command line, as people and scripts use it.

mod files;
mod found;
mod machine;
mod record;
mod running;
mod settings;
mod tokens;
mod told;
mod tools;
mod words;

use crate::support::{Client, Reply};
use serde_json::{Value, json};

const GENERATE: &str = "/v1/ideogram-v3/generate";

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

async fn picture(client: &Client, prompt: &str) -> Reply {
    client.post(GENERATE, &json!({"prompt": prompt})).await
}
