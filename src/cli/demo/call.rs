//! The demo's call, made as an app makes it: over HTTP, with nothing but base URL and token.

use super::DemoArguments;
use crate::{
    app::Running,
    audit,
    cli::{client, trust::Trust},
    domain::RequestId,
    store::RecordQuery,
};
use anyhow::{Context, ensure};
use reqwest::Response;
use serde_json::{Value, json};
use std::path::Path;

/// What the call brought.
///
/// It is printed as it is.
pub(super) struct DemoCall {
    /// What happened, a field each.
    pub(super) facts: Vec<(&'static str, String)>,
}

/// Makes the call, saves the picture, and looks the call up in the audit.
///
/// It is an error if anything on the way fails: the answer, the picture, the file or the record.
pub(super) async fn make(
    running: &Running,
    token: &str,
    arguments: &DemoArguments,
) -> anyhow::Result<DemoCall> {
    let http = client::plain(&Trust::Authorities(None))?;
    let url = format!("{}/v1/ideogram-v3/generate", running.public_url());
    let body = json!({"prompt": arguments.prompt, "rendering_speed": "TURBO"});
    let call = http.post(url).header("Api-Key", token).json(&body).send().await;
    let answer = call.context("the gateway did not answer")?;
    let status = answer.status();
    let header = |answer: &Response, name| {
        let value = answer.headers().get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let (places, timing) = (header(&answer, "ideogate-places"), header(&answer, "server-timing"));
    let request = header(&answer, "ideogate-request-id");
    let answer: Value = answer.json().await.context("the answer is not JSON")?;
    ensure!(status.is_success(), "the call was answered with {status}: {answer}");
    let link = answer["data"][0]["url"].as_str().context("the answer has no picture")?;
    let picture = http.get(link).send().await?.error_for_status()?.bytes().await?;
    std::fs::write(&arguments.save, &picture)
        .with_context(|| format!("the picture cannot be saved as {}", arguments.save.display()))?;
    let entry = entry(running, &request)?;
    Ok(DemoCall {
        facts: vec![
            ("status", status.to_string()),
            ("places", places),
            ("timing", timing),
            ("picture", saved(&arguments.save, picture.len())),
            ("link", link.to_owned()),
            ("audit", entry),
        ],
    })
}

/// Returns where the picture is, and how large.
fn saved(path: &Path, bytes: usize) -> String {
    format!("{} ({bytes} bytes)", path.display())
}

/// Returns the call's entry, as one line of JSON.
fn entry(running: &Running, request: &str) -> anyhow::Result<String> {
    let query =
        RecordQuery { request: Some(RequestId::from_stored(request)), ..RecordQuery::default() };
    let records = running.reader().records(&query)?;
    let entry = audit::fold(records).into_iter().next().context("the call is not on record")?;
    Ok(serde_json::to_string(&entry)?)
}
