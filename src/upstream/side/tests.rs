use super::answer::max_age;
use http::{HeaderMap, HeaderName, HeaderValue};
use std::time::Duration;

#[test]
fn a_document_is_kept_as_long_as_its_sender_says() {
    for (cache, age, kept) in [
        ("max-age=3600", None, Some(3600)),
        ("public, Max-Age=3600, must-revalidate", Some("600"), Some(3000)),
        ("max-age=10", Some("600"), Some(0)),
        ("max-age=3600, no-cache", None, Some(0)),
        ("no-store", None, Some(0)),
        ("public", None, None),
        ("max-age=soon", None, None),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert("cache-control", HeaderValue::from_static(cache));
        if let Some(age) = age {
            headers.insert(HeaderName::from_static("age"), HeaderValue::from_static(age));
        }
        assert_eq!(max_age(&headers), kept.map(Duration::from_secs), "{cache}");
    }
    assert_eq!(max_age(&HeaderMap::new()), None);
}
