//! What the record knows keys by.

use crate::upstream::Credential;
use aws_lc_rs::hmac;
use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};
use zeroize::Zeroizing;

/// The file in the data folder, beside the database and never in it.
const FILE: &str = "keys.tag";
const LENGTH: usize = 32;

/// How much of a tag is kept, in bytes: enough to tell keys apart.
const SHOWN: usize = 16;

/// Tags keys, so that they are known again. A tag says nothing of its key to whoever lacks this.
pub struct TagKey(hmac::Key);

impl TagKey {
    /// Reads it from a data folder, or makes it.
    pub fn in_folder(dir: &Path) -> io::Result<Self> {
        let path = dir.join(FILE);
        let bytes = match read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => make(dir, &path)?,
            read => read?,
        };
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &*bytes)))
    }

    /// Returns the tag of a key.
    pub fn of(&self, credential: &Credential) -> Box<str> {
        hex::encode(&credential.tagged(&self.0).as_ref()[..SHOWN]).into()
    }
}

impl fmt::Debug for TagKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TagKey(…)")
    }
}

fn read(path: &Path) -> io::Result<Zeroizing<[u8; LENGTH]>> {
    let mut bytes = Zeroizing::new([0; LENGTH]);
    let mut file = File::open(path)?;
    if file.metadata()?.len() != LENGTH as u64 {
        let problem = format!("{} must hold {LENGTH} bytes; move it away", path.display());
        return Err(io::Error::other(problem));
    }
    file.read_exact(&mut *bytes)?;
    Ok(bytes)
}

/// Makes one. It is there whole or not at all, whenever the machine stops.
fn make(dir: &Path, path: &Path) -> io::Result<Zeroizing<[u8; LENGTH]>> {
    let mut bytes = Zeroizing::new([0; LENGTH]);
    aws_lc_rs::rand::fill(&mut *bytes).map_err(|_| io::Error::other("there is no randomness"))?;
    let unfinished = path.with_extension("tag.new");
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    file.write_all(&*bytes)?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    File::open(dir)?.sync_all()?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::SecretString;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_tag_is_the_same_after_a_restart_and_another_elsewhere() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let key = |text: &str| Credential::new(SecretString::from(text)).unwrap();
        let tag = TagKey::in_folder(here.path()).unwrap().of(&key("an-ideogram-key-abcd"));
        assert_eq!(tag.len(), 32);
        let again = TagKey::in_folder(here.path()).unwrap();
        assert_eq!(again.of(&key("an-ideogram-key-abcd")), tag);
        assert_ne!(again.of(&key("another-ideogram-abcd")), tag);
        let other = TagKey::in_folder(there.path()).unwrap();
        assert_ne!(other.of(&key("an-ideogram-key-abcd")), tag);
        let mode = fs::metadata(here.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
