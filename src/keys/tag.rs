//! What the record knows keys by.

use crate::{
    store::{KeyFileError, TAGS_FILE, read_or_make_key},
    upstream::Credential,
};
use aws_lc_rs::hmac;
use std::{fmt, path::Path};

/// The bytes of the key that tags are made with.
const LENGTH: usize = 32;

/// How much of a tag is kept, in bytes: enough to tell keys apart.
const SHOWN: usize = 16;

/// Tags keys, so that they are known again. A tag says nothing of its key to whoever lacks this.
///
/// It is in a file of its own, so that who copies the database alone cannot test guesses of keys against it.
pub struct TagKey(hmac::Key);

impl TagKey {
    /// Reads it from a data folder, or makes it.
    ///
    /// Losing the file makes every key a new one to the record.
    pub fn in_folder(dir: &Path) -> Result<Self, KeyFileError> {
        let bytes = read_or_make_key::<LENGTH>(&dir.join(TAGS_FILE))?;
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &*bytes)))
    }

    /// Returns the tag of a key.
    ///
    /// It has 32 hexadecimal digits of HMAC-SHA256, and is the same for the same key in all environments.
    pub fn tag(&self, credential: &Credential) -> Box<str> {
        hex::encode(&credential.tagged(&self.0).as_ref()[..SHOWN]).into()
    }
}

impl fmt::Debug for TagKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TagKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::SecretString;
    use std::{fs, os::unix::fs::PermissionsExt};

    #[test]
    fn a_tag_is_the_same_after_a_restart_and_another_elsewhere() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let key = |text: &str| Credential::new(SecretString::from(text)).unwrap();
        let tag = TagKey::in_folder(here.path()).unwrap().tag(&key("an-ideogram-key-abcd"));
        assert_eq!(tag.len(), 32);
        let again = TagKey::in_folder(here.path()).unwrap();
        assert_eq!(again.tag(&key("an-ideogram-key-abcd")), tag);
        assert_ne!(again.tag(&key("another-ideogram-abcd")), tag);
        let other = TagKey::in_folder(there.path()).unwrap();
        assert_ne!(other.tag(&key("an-ideogram-key-abcd")), tag);
        let mode = fs::metadata(here.path().join(TAGS_FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
