//! The key that names are kept under: made at the first start, never shown.

use super::name::{LONGEST, PersonName};
use crate::{
    domain::{AssertedPerson, PersonDigest, SealedName},
    store::{KeyFileError, PERSONS_KEY_FILE, read_or_make_key},
};
use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
};
use std::{fmt, path::Path};
use zeroize::Zeroizing;

/// Bytes of each of the two keys in the file: one for digests, one for sealing.
const HALF: usize = 32;
const BOTH: usize = 2 * HALF;

/// What sealed names are bound to, so that bytes from elsewhere are never taken for one.
const ABOUT: &[u8] = b"ideogate person 1";

/// Every name is sealed at this length, so that the sealed bytes do not tell how long it is.
const PADDED: usize = LONGEST + 1;

/// Makes digests of names, seals names and opens them. Debugging it shows nothing.
pub(super) struct PersonKey {
    digests: hmac::Key,
    seals: LessSafeKey,
}

impl PersonKey {
    /// Reads the key in a data folder, or makes it.
    ///
    /// Without the file all ids stay and no name can be opened; who comes again is somebody new.
    pub(super) fn in_folder(dir: &Path) -> Result<Self, KeyFileError> {
        let path = dir.join(PERSONS_KEY_FILE);
        let bytes = read_or_make_key::<BOTH>(&path)?;
        let (digests, seals) = bytes.split_at(HALF);
        let digests = hmac::Key::new(hmac::HMAC_SHA256, digests);
        let seals = UnboundKey::new(&AES_256_GCM, seals);
        let seals = seals.map_err(|_| KeyFileError::Damaged(path))?;
        Ok(Self { digests, seals: LessSafeKey::new(seals) })
    }

    /// Returns what is kept of a name. The same name gives the same bytes. A name that could not be
    /// sealed would be kept as its digest alone, and nobody could ever read it.
    pub(super) fn assert(&self, name: &PersonName) -> AssertedPerson {
        let digest = self.digest(name);
        let mut text = Zeroizing::new(vec![0; PADDED]);
        let length = name.as_str().len();
        // The name, a byte that marks its end, zeros: no name holds a zero byte.
        text[..length].copy_from_slice(name.as_str().as_bytes());
        // Made of the text: two texts never share a nonce, and one text is always sealed alike.
        let nonce = self.nonce(&text);
        let mut sealed = text.to_vec();
        let sealing = Nonce::assume_unique_for_key(nonce);
        match self.seals.seal_in_place_append_tag(sealing, Aad::from(ABOUT), &mut sealed) {
            Ok(()) => sealed.splice(..0, nonce).for_each(drop),
            Err(_) => sealed = Vec::new(),
        }
        AssertedPerson { digest, sealed: SealedName::from_bytes(sealed) }
    }

    /// Returns the name, or `None` if it was sealed with another key or changed since.
    pub(super) fn open(&self, person: &AssertedPerson) -> Option<PersonName> {
        let (nonce, sealed) = person.sealed.as_bytes().split_first_chunk::<NONCE_LEN>()?;
        let mut text = Zeroizing::new(sealed.to_vec());
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = self.seals.open_in_place(nonce, Aad::from(ABOUT), &mut text).ok()?;
        let length = opened.iter().position(|byte| *byte == 0)?;
        let name = PersonName::parse(&opened[..length]).ok()?;
        // A row whose digest is another's would give one person's id to two names.
        (self.digest(&name) == person.digest).then_some(name)
    }

    /// Returns the digest of a name.
    pub(super) fn digest(&self, name: &PersonName) -> PersonDigest {
        PersonDigest::from_bytes(self.tag(*b"digest", name.as_str().as_bytes()))
    }

    fn nonce(&self, text: &[u8]) -> [u8; NONCE_LEN] {
        let tag = self.tag(*b"nonce\0", text);
        std::array::from_fn(|at| tag[at])
    }

    /// Two uses of one key, told apart by words of one length.
    fn tag(&self, purpose: [u8; 6], text: &[u8]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.digests);
        context.update(&purpose);
        context.update(text);
        let tag = context.sign();
        std::array::from_fn(|at| tag.as_ref()[at])
    }
}

impl fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::persons::PersonNameError;
    use std::{fs, os::unix::fs::PermissionsExt};

    fn name(text: &str) -> PersonName {
        PersonName::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_name_is_opened_with_its_key_and_with_no_other() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let key = PersonKey::in_folder(here.path()).unwrap();
        for text in ["a", "ann@example.com", "Zoë", &"x".repeat(128)] {
            let kept = key.assert(&name(text));
            let again = PersonKey::in_folder(here.path()).unwrap();
            assert_eq!(again.assert(&name(text)), kept, "it is known again after a restart");
            assert_eq!(again.open(&kept).unwrap().as_str(), text);
            assert_eq!(kept.sealed.as_bytes().len(), 12 + 129 + 16, "its length tells nothing");
            let other = PersonKey::in_folder(there.path()).unwrap();
            assert!(other.open(&kept).is_none());
            assert_ne!(other.assert(&name(text)).digest, kept.digest);
        }
        let mode = fs::metadata(here.path().join(PERSONS_KEY_FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn what_was_changed_or_belongs_to_somebody_else_is_nobodys_name() {
        let dir = tempfile::tempdir().unwrap();
        let key = PersonKey::in_folder(dir.path()).unwrap();
        let (ann, eve) = (key.assert(&name("ann")), key.assert(&name("eve")));
        assert_ne!(ann.sealed.as_bytes()[..12], eve.sealed.as_bytes()[..12], "one nonce each");
        let mut bytes = ann.sealed.as_bytes().to_vec();
        bytes[20] ^= 1;
        let changed = AssertedPerson { sealed: SealedName::from_bytes(bytes), ..ann.clone() };
        let mixed = AssertedPerson { sealed: eve.sealed, ..ann.clone() };
        let empty = AssertedPerson { sealed: SealedName::from_bytes([]), ..ann };
        for bad in [changed, mixed, empty] {
            assert!(key.open(&bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn names_are_any_text_that_shows() {
        for bad in [&b""[..], b"\xff", b"a\nb", b"a\0b", &[b'x'; 129]] {
            assert_eq!(PersonName::parse(bad), Err(PersonNameError));
        }
        assert!(name("Ann@Example.com").is_in("asked by ANN@example.com"));
        assert!(!name("ann").is_in("asked to, ticket 4711"));
        assert!(!format!("{:?}", name("ann")).contains("ann"));
    }
}
