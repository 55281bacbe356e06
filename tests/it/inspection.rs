//! What a request asks for is found before it is passed on, or it is not passed on.

mod bodies;
mod charsets;
mod media;
mod number;
mod places;
mod query;

use crate::support::{Client, Reply};

/// Takes the number of images at the top of JSON, or as a field of a form.
const GENERATE: &str = "/v1/ideogram-v3/generate";
/// Takes it in `image_request` of its JSON.
const LEGACY: &str = "/generate";
/// Takes it in the JSON of the field `image_request` of a form.
const REMIX: &str = "/remix";

/// The content type of the forms here.
const FORM: &str = "multipart/form-data; boundary=edge";

/// Returns a form of these fields; a name that starts with `@` is a file.
fn form(fields: &[(&str, &str)]) -> String {
    let parts = fields.iter().map(|(name, value)| match name.strip_prefix('@') {
        Some(name) => format!(
            "--edge\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.png\"\r\n\
             Content-Type: image/png\r\n\r\n{value}\r\n"
        ),
        None => {
            format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        }
    });
    parts.collect::<String>() + "--edge--\r\n"
}

async fn send(client: &Client, path: &str, kind: &str, body: impl Into<Vec<u8>>) -> Reply {
    let request = client.request("POST", path).header("content-type", kind);
    client.send(request.body(body.into())).await
}

/// Returns `status code field` of a refusal.
fn verdict(reply: &Reply) -> String {
    let problem = reply.problem();
    let json = reply.json();
    let field = json["field"].as_str().unwrap_or("-");
    assert!(field == "-" || json["message"].as_str().unwrap().contains(field), "{json}");
    format!("{problem} {field}")
}
