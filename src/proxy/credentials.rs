//! The token a client presents.

use super::{misshapen::no_text, rejection::Rejection};
use crate::{
    domain::ErrorCode,
    web::{ClientError, header::API_KEY},
};
use http::{HeaderMap, HeaderValue, header::AUTHORIZATION};

/// Returns the one token presented in `Api-Key` or `Authorization: Bearer`; several must be equal, and
/// nothing else may stand beside it in `Authorization`.
pub(super) fn presented(headers: &HeaderMap) -> Result<&str, Rejection> {
    let keys = headers.get_all(API_KEY).iter().map(text);
    let has_key = headers.contains_key(API_KEY);
    let bearers = headers.get_all(AUTHORIZATION).iter().map(|value| bearer(value, has_key));
    let mut found: Option<&str> = None;
    for credential in keys.chain(bearers) {
        let credential = credential?;
        // Both are the caller's own words, so how long comparing takes tells it nothing.
        if found.is_some_and(|first| first != credential) {
            return Err(ambiguous("the credentials in Api-Key and Authorization differ"));
        }
        found = Some(credential);
    }
    found.filter(|token| !token.is_empty()).ok_or_else(missing)
}

fn text(value: &HeaderValue) -> Result<&str, Rejection> {
    let text = value.to_str().map(str::trim);
    text.map_err(|_| Rejection::with(no_text()).because("token malformed"))
}

fn bearer(value: &HeaderValue, has_key: bool) -> Result<&str, Rejection> {
    let value = text(value)?;
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(token.trim()),
        _ if has_key => Err(ambiguous("Authorization beside Api-Key must be 'Bearer TOKEN'")),
        _ => Err(missing()),
    }
}

fn ambiguous(message: &'static str) -> Rejection {
    Rejection::new(ErrorCode::AmbiguousCredentials, message)
}

fn missing() -> Rejection {
    Rejection::with(ClientError::token_missing())
}
