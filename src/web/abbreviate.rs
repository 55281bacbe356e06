//! Paths, as far as they may be shown.

use std::borrow::Cow;

/// The longest part of a path that is shown: a UUID, or an id of our own. Keys and tokens are longer.
const LONGEST: usize = 36;

/// Returns a path, or a part of one, without what a client may have put into it by mistake: a long
/// part may be a secret, however it is written, so only its length is shown.
pub fn abbreviate(path: &str) -> Cow<'_, str> {
    if path.split('/').all(|part| part.len() <= LONGEST) {
        return Cow::Borrowed(path);
    }
    let show = |part: &str| match part.len() {
        0..=LONGEST => part.to_owned(),
        length => format!("({length} characters)"),
    };
    Cow::Owned(path.split('/').map(show).collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_paths_are_shown_as_they_are() {
        for path in [
            "/",
            "/v1/ideogram-v3/generate-transparent",
            "/v1/generations/8e03978e-40d5-43dd-bc93-6894a57f9324",
            "/_ideogate/calls/call_01m8194hvge4qk3t2x5c9d7abf",
        ] {
            assert_eq!(abbreviate(path), path);
        }
    }

    #[test]
    fn what_may_be_a_secret_is_only_counted() {
        let token = format!("idg_app_{}", "x".repeat(49));
        assert_eq!(abbreviate(&format!("/v1/{token}/edit")), "/v1/(57 characters)/edit");
        assert_eq!(abbreviate(&token), "(57 characters)");
        assert_eq!(abbreviate(&format!("/%69{}", &token[1..])), "/(59 characters)");
    }

    #[test]
    fn every_listed_route_is_shown() {
        let table = include_str!("../../config/routes.toml");
        let paths = table.lines().filter_map(|line| line.strip_prefix("path = "));
        let paths: Vec<_> = paths.map(|path| path.trim_matches('"')).collect();
        assert!(paths.len() > 20);
        for path in paths {
            assert_eq!(abbreviate(path), path);
        }
    }
}
