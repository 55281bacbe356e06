//! `GET /_ideogate/apps`: what those who write apps need to know.

use super::{
    body::Body,
    page::{PageFormat, escaped, html_head, page},
};
use http::{HeaderMap, Response};

const PAGE: &str = include_str!("../../docs/apps.md");

/// Answers with the page for those who write apps, as Markdown, or as HTML for a browser.
///
/// It needs no token, and tells nothing of this gateway's settings.
pub fn apps_page(headers: &HeaderMap) -> Response<Body> {
    if PageFormat::preferred(headers) == Some(PageFormat::Html) {
        let text =
            format!("{}<pre>{}</pre></html>\n", html_head("ideogate for apps"), escaped(PAGE));
        return page("text/html; charset=utf-8", text);
    }
    page("text/markdown; charset=utf-8", PAGE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderValue, header};
    use http_body_util::BodyExt;

    async fn shown(accept: &'static str) -> (String, String) {
        let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]);
        let response = apps_page(&headers);
        let kind = response.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (kind, String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn programs_get_the_text_and_browsers_a_page_that_runs_nothing_of_it() {
        assert_eq!(shown("*/*").await, ("text/markdown; charset=utf-8".into(), PAGE.into()));
        let (kind, text) = shown("text/html,*/*;q=0.8").await;
        assert_eq!(kind, "text/html; charset=utf-8");
        let content = text.split_once("<pre>").unwrap().1;
        assert!(content.contains("Idempotency-Key"), "{content}");
        assert!(content.contains("Promise&lt;any&gt;"), "{content}");
        assert_eq!(content.matches('<').count(), 2, "only the ends of the page itself");
    }
}
