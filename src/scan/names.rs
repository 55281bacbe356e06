//! Names that things are assigned to.

/// How sure a name makes it that what it names is a key of Ideogram's.
///
/// The surer a name is, the less its value must show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameCertainty {
    /// It says so itself, as in `IDEOGRAM_API_KEY`.
    Outright,
    /// It is a key of whatever is spoken of around it, as in `Api-Key`.
    Nearby,
    /// It is the vendor's name alone, as in a table of keys.
    Vendor,
}

/// Words for what a key is.
const KEYS: [&str; 6] = ["key", "token", "secret", "credential", "auth", "password"];

/// Last words of names for something that belongs to a key and is none.
const ABOUT: [&str; 36] = [
    "file",
    "path",
    "dir",
    "url",
    "uri",
    "host",
    "endpoint",
    "header",
    "name",
    "env",
    "var",
    "variable",
    "id",
    "hash",
    "sha256",
    "sha1",
    "md5",
    "digest",
    "checksum",
    "fingerprint",
    "prefix",
    "suffix",
    "length",
    "len",
    "count",
    "version",
    "placeholder",
    "example",
    "type",
    "error",
    "regex",
    "pattern",
    "schema",
    "label",
    "arn",
    "ref",
];

impl NameCertainty {
    /// Reads a name in any spelling: `IDEOGRAM_API_KEY`, `ideogramApiKey`, `ideogram.api-key`.
    ///
    /// `None` where it names something else: another vendor's key, or a path, hash or header of a key.
    pub(super) fn judge(name: &str) -> Option<Self> {
        let last = last_word(name);
        if ABOUT.contains(&last.as_str()) {
            return None;
        }
        let bare = bare(name);
        if let Some((_, rest)) = bare.split_once("ideogram") {
            let is_key = KEYS.iter().any(|key| rest.contains(key));
            return match rest {
                "" if name.eq_ignore_ascii_case("ideogram") => Some(Self::Vendor),
                _ => is_key.then_some(Self::Outright),
            };
        }
        let part = bare_part(name);
        let is_key = matches!(part.as_str(), "apikey" | "xapikey" | "authorization");
        is_key.then_some(Self::Nearby)
    }
}

/// Returns the letters and digits of a name, in lower case.
fn bare(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Returns the same of what follows the last dot: `self.api_key` is an `api_key`.
fn bare_part(name: &str) -> String {
    bare(name.rsplit('.').next().unwrap_or(name))
}

/// Returns the last word of a name, in lower case, whether words are parted by signs or by capitals.
fn last_word(name: &str) -> String {
    let name = name.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
    let is_shouted = !name.contains(|c: char| c.is_ascii_lowercase());
    let starts_word = |c: char| !c.is_ascii_alphanumeric() || !is_shouted && c.is_ascii_uppercase();
    let start = name.rfind(starts_word).unwrap_or(0);
    bare(&name[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_every_spelling() {
        let outright = [
            "IDEOGRAM_API_KEY",
            "ideogramApiKey",
            "ideogram-api-key",
            "ideogram.api.key",
            "IdeogramKey",
            "IDEOGRAM_API_KEY_PROD",
            "REACT_APP_IDEOGRAM_TOKEN",
            "ideogram_secret",
            "process.env.IDEOGRAM_API_KEY",
            "$IDEOGRAM_KEY",
            "my.ideogram.auth_token",
        ];
        for name in outright {
            assert_eq!(NameCertainty::judge(name), Some(NameCertainty::Outright), "{name}");
        }
        for name in ["Api-Key", "api_key", "apiKey", "self.api_key", "X-Api-Key", "Authorization"] {
            assert_eq!(NameCertainty::judge(name), Some(NameCertainty::Nearby), "{name}");
        }
        assert_eq!(NameCertainty::judge("Ideogram"), Some(NameCertainty::Vendor));
    }

    #[test]
    fn names_of_something_else_are_none() {
        let others = [
            "IDEOGRAM_API_KEY_FILE",
            "ideogramKeyPath",
            "IDEOGRAM_URL",
            "ideogram_model",
            "OPENAI_API_KEY",
            "openaiApiKey",
            "ideogramApiKeyHeader",
            "IDEOGRAM_KEY_SHA256",
            "apiKeyId",
            "ideogram.key.url",
            "key",
            "monkey",
            "x.ideogram",
        ];
        for name in others {
            assert_eq!(NameCertainty::judge(name), None, "{name}");
        }
    }
}
