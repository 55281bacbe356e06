//! `GET /_ideogate/errors` and `GET /_ideogate/errors/{code}`.

use super::{
    body::Body,
    error_guide::ERROR_GUIDE,
    guide_row::ErrorGuide,
    problem::{ClientError, ERRORS_PATH},
};
use crate::domain::{ErrorCode, RequestId};
use http::{HeaderMap, HeaderValue, Response, header};
use serde::Serialize;
use std::fmt::Write;

/// Forms that an explanation comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PageFormat {
    Json,
    Html,
    Text,
}

#[derive(Debug, Serialize)]
struct GuideEntry {
    code: ErrorCode,
    status: u16,
    retryable: bool,
    meaning: &'static str,
    developer: &'static str,
    operator: &'static str,
    doc: String,
}

impl From<&ErrorGuide> for GuideEntry {
    fn from(guide: &ErrorGuide) -> Self {
        Self {
            code: guide.code,
            status: guide.code.status(),
            retryable: guide.code.is_retryable(),
            meaning: guide.meaning,
            developer: guide.developer,
            operator: guide.operator,
            doc: format!("{ERRORS_PATH}/{}", guide.code),
        }
    }
}

/// Answers a request for an explanation at `path`, or for the list of all, in the form that
/// `Accept` prefers: JSON, HTML or plain text. It needs no token, and tells nothing but this table.
pub fn error_page(path: &str, headers: &HeaderMap, request: &RequestId) -> Response<Body> {
    let form = PageFormat::preferred(headers);
    match path.strip_prefix(ERRORS_PATH).map(|rest| rest.trim_start_matches('/')) {
        Some("") => form.answer(ERROR_GUIDE),
        Some(code) => match ErrorCode::find(code).and_then(ErrorGuide::for_code) {
            Some(guide) => form.answer(std::slice::from_ref(guide)),
            None => unknown(request),
        },
        None => unknown(request),
    }
}

fn unknown(request: &RequestId) -> Response<Body> {
    let message = format!("there is no such code; {ERRORS_PATH} lists those there are");
    ClientError::new(ErrorCode::RouteUnknown, message).into_response(request)
}

impl PageFormat {
    /// Browsers name HTML, people with a terminal seldom anything.
    fn preferred(headers: &HeaderMap) -> Self {
        let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
        // Weights are not weighed: a browser does not name JSON, and whoever names it can read it.
        let accepts =
            |kind| accept.unwrap_or_default().split([',', ';']).any(|one| one.trim() == kind);
        match () {
            () if accepts("application/json") => Self::Json,
            () if accepts("text/html") => Self::Html,
            () if accepts("text/plain") => Self::Text,
            () => Self::Json,
        }
    }

    fn answer(self, guides: &[ErrorGuide]) -> Response<Body> {
        let (kind, text) = match self {
            Self::Json => ("application/json", json(guides)),
            Self::Html => ("text/html; charset=utf-8", html(guides)),
            Self::Text => ("text/plain; charset=utf-8", plain(guides)),
        };
        let mut response = Response::new(Body::from(text));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        // One path has three forms: a cache must not hand the page of a browser to a program.
        headers.insert(header::VARY, HeaderValue::from_static("accept"));
        let policy = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'");
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        response
    }
}

fn json(guides: &[ErrorGuide]) -> String {
    let text = match guides {
        [one] => serde_json::to_string_pretty(&GuideEntry::from(one)),
        all => {
            let errors: Vec<_> = all.iter().map(GuideEntry::from).collect();
            serde_json::to_string_pretty(&serde_json::json!({ "errors": errors }))
        }
    };
    text.unwrap_or_default() + "\n"
}

fn plain(guides: &[ErrorGuide]) -> String {
    let mut text = String::new();
    for guide in guides {
        let (code, status, retry) = head(guide);
        let ErrorGuide { meaning, developer, operator, .. } = guide;
        write!(
            text,
            "{code} ({status}, {retry})\n\n{meaning}\n\nDeveloper: {developer}\n\nOperator: {operator}\n\n"
        )
        .unwrap_or_default();
    }
    text
}

fn html(guides: &[ErrorGuide]) -> String {
    let mut text = String::from(concat!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>ideogate errors</title>",
        "<meta name=\"viewport\" content=\"width=device-width\">",
        "<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem}",
        "code{background:#8882;padding:.1em .3em}</style>"
    ));
    for guide in guides {
        let (code, status, retry) = head(guide);
        let [meaning, developer, operator] =
            [guide.meaning, guide.developer, guide.operator].map(marked_up);
        write!(
            text,
            "<article id=\"{code}\"><h2><a href=\"{ERRORS_PATH}/{code}\"><code>{code}</code></a></h2>\
             <p>Status {status}, {retry}.</p><p>{meaning}</p>\
             <p><b>Developer:</b> {developer}</p><p><b>Operator:</b> {operator}</p></article>"
        )
        .unwrap_or_default();
    }
    text + "</html>\n"
}

fn head(guide: &ErrorGuide) -> (&'static str, u16, &'static str) {
    let retry = if guide.code.is_retryable() { "may be retried" } else { "not to be retried" };
    (guide.code.as_str(), guide.code.status(), retry)
}

/// Escapes a text of the table, and marks what is in backquotes as code.
fn marked_up(text: &str) -> String {
    // Escaped before the tags are put in, or they would be escaped with the rest.
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let parts = escaped.split('`').enumerate();
    let marked = parts.map(|(at, part)| match at % 2 {
        0 => part.to_owned(),
        _ => format!("<code>{part}</code>"),
    });
    marked.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    async fn page(path: &str, accept: Option<&'static str>) -> (u16, String, String) {
        let mut headers = HeaderMap::new();
        if let Some(accept) = accept {
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
        }
        let response = error_page(path, &headers, &RequestId::random());
        let status = response.status().as_u16();
        let kind = response.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, kind, String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn one_code_is_explained_as_json_html_and_text() {
        let path = "/_ideogate/errors/queue_full";
        let (status, kind, text) = page(path, Some("*/*")).await;
        assert_eq!((status, kind.as_str()), (200, "application/json"));
        let entry: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&entry["code"], &entry["status"]), (&"queue_full".into(), &429.into()));

        let browser = Some("text/html,application/xhtml+xml,*/*;q=0.8");
        let (_, kind, text) = page(path, browser).await;
        assert_eq!(kind, "text/html; charset=utf-8");
        assert!(text.contains("<code>ideogate queue status</code>"), "{text}");

        let (_, kind, text) = page(path, Some("text/plain")).await;
        assert_eq!(kind, "text/plain; charset=utf-8");
        assert!(text.starts_with("queue_full (429, may be retried)"), "{text}");
    }

    #[tokio::test]
    async fn the_list_has_every_code() {
        for path in ["/_ideogate/errors", "/_ideogate/errors/"] {
            let (_, _, text) = page(path, None).await;
            let list: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(list["errors"].as_array().unwrap().len(), ErrorCode::ALL.len());
        }
    }

    #[tokio::test]
    async fn a_code_that_is_none_is_not_found() {
        let (status, _, text) = page("/_ideogate/errors/<script>", Some("text/html")).await;
        assert_eq!(status, 404);
        assert!(!text.contains("script"));
    }

    #[test]
    fn the_documentation_is_this_table() {
        let mut text = String::from("# Errors that the gateway answers itself\n\n");
        text.push_str("Each is explained by the gateway too, at `/_ideogate/errors/{code}`.\n");
        for guide in ERROR_GUIDE {
            let (code, status, retry) = head(guide);
            let ErrorGuide { meaning, developer, operator, .. } = guide;
            write!(
                text,
                "\n## `{code}`\n\nStatus {status}, {retry}. {meaning}\n\n\
                 - **Developer:** {developer}\n- **Operator:** {operator}\n"
            )
            .unwrap();
        }
        if include_str!("../../docs/errors.md") != text {
            let fresh = concat!(env!("CARGO_MANIFEST_DIR"), "/target/errors.md");
            std::fs::write(fresh, text).unwrap();
            panic!("docs/errors.md is not what the table says: copy {fresh} over it");
        }
    }
}
