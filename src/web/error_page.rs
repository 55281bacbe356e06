//! `GET /_ideogate/errors` and `GET /_ideogate/errors/{code}`.

use super::{
    body::Body,
    error_guide::ERROR_GUIDE,
    guide_row::ErrorGuide,
    help::{ERRORS_PATH, HelpLinks},
    page::{PageFormat, escaped, html_head, page},
    problem::ClientError,
};
use crate::domain::{ErrorCode, RequestId};
use http::{HeaderMap, Response};
use serde::Serialize;
use std::fmt::Write;

#[derive(Debug, Serialize)]
struct GuideEntry {
    code: ErrorCode,
    status: u16,
    retryable: bool,
    meaning: &'static str,
    developer: &'static str,
    operator: &'static str,
    doc: String,
    /// The page for those who write apps.
    apps: String,
}

impl GuideEntry {
    fn new(guide: &ErrorGuide, links: &HelpLinks) -> Self {
        Self {
            code: guide.code,
            status: guide.code.status(),
            retryable: guide.code.is_retryable(),
            meaning: guide.meaning,
            developer: guide.developer,
            operator: guide.operator,
            doc: links.error(guide.code),
            apps: links.apps(),
        }
    }
}

/// Answers a request for an explanation at `path`, or for the list of all, in the form that
/// `Accept` prefers: JSON, HTML or plain text. It needs no token, and tells nothing but this table.
pub fn error_page(
    path: &str,
    headers: &HeaderMap,
    request: &RequestId,
    links: &HelpLinks,
) -> Response<Body> {
    let form = PageFormat::preferred(headers).unwrap_or(PageFormat::Json);
    match path.strip_prefix(ERRORS_PATH).map(|rest| rest.trim_start_matches('/')) {
        Some("") => answer(form, ERROR_GUIDE, links),
        Some(code) => match ErrorCode::find(code).and_then(ErrorGuide::for_code) {
            Some(guide) => answer(form, std::slice::from_ref(guide), links),
            None => unknown(request, links),
        },
        None => unknown(request, links),
    }
}

fn unknown(request: &RequestId, links: &HelpLinks) -> Response<Body> {
    let message = format!("there is no such code; {ERRORS_PATH} lists those there are");
    ClientError::new(ErrorCode::RouteUnknown, message).into_response(request, links)
}

fn answer(form: PageFormat, guides: &[ErrorGuide], links: &HelpLinks) -> Response<Body> {
    match form {
        PageFormat::Json => page("application/json", json(guides, links)),
        PageFormat::Html => page("text/html; charset=utf-8", html(guides, links)),
        PageFormat::Text => page("text/plain; charset=utf-8", plain(guides, links)),
    }
}

fn json(guides: &[ErrorGuide], links: &HelpLinks) -> String {
    let text = match guides {
        [one] => serde_json::to_string_pretty(&GuideEntry::new(one, links)),
        all => {
            let errors: Vec<_> = all.iter().map(|guide| GuideEntry::new(guide, links)).collect();
            serde_json::to_string_pretty(&serde_json::json!({ "errors": errors }))
        }
    };
    text.unwrap_or_default() + "\n"
}

fn plain(guides: &[ErrorGuide], links: &HelpLinks) -> String {
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
    text + "All that an app needs to know: " + &links.apps() + "\n"
}

fn html(guides: &[ErrorGuide], links: &HelpLinks) -> String {
    let mut text = html_head("ideogate errors");
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
    format!("{text}<p><a href=\"{}\">All that an app needs to know</a></p></html>\n", links.apps())
}

fn head(guide: &ErrorGuide) -> (&'static str, u16, &'static str) {
    let retry = if guide.code.is_retryable() { "may be retried" } else { "not to be retried" };
    (guide.code.as_str(), guide.code.status(), retry)
}

/// Escapes a text of the table, and marks what is in backquotes as code.
fn marked_up(text: &str) -> String {
    // Escaped before the tags are put in, or they would be escaped with the rest.
    let text = escaped(text);
    let parts = text.split('`').enumerate();
    let marked = parts.map(|(at, part)| match at % 2 {
        0 => part.to_owned(),
        _ => format!("<code>{part}</code>"),
    });
    marked.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderValue, header};
    use http_body_util::BodyExt;

    async fn page(path: &str, accept: Option<&'static str>) -> (u16, String, String) {
        let mut headers = HeaderMap::new();
        if let Some(accept) = accept {
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
        }
        let response = error_page(path, &headers, &RequestId::random(), &HelpLinks::default());
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
