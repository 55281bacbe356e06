//! Words of a token's makers, as they are given on the command line.

/// Reads `KEY=VALUE`.
///
/// The key ends at the first sign of equality, so a value may have more of them.
pub(super) fn entry(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("must be a key and a value, like team=marketing".to_owned()),
    }
}
