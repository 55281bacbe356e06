//! Paths of sockets, which the system takes only when they are short.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

/// The longest path that a socket's address holds, on every system that this runs on; Linux has four more.
const LONGEST: usize = 103;

/// A path to bind or to connect to, as short as it has to be while this lives.
///
/// One that is too long is reached through its folder, which is opened for that.
#[derive(Debug)]
pub struct SocketPath {
    path: PathBuf,
    _folder: Option<File>,
}

impl SocketPath {
    /// Returns a path that stands for this one.
    pub fn new(path: &Path) -> io::Result<Self> {
        if path.as_os_str().len() <= LONGEST {
            return Ok(Self { path: path.to_owned(), _folder: None });
        }
        let too_long = || {
            let length = path.as_os_str().len();
            io::Error::new(
                io::ErrorKind::InvalidFilename,
                format!("a socket's path has {LONGEST} bytes at most, and this one {length}"),
            )
        };
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(too_long());
        };
        let folder = File::open(folder)?;
        let short = through(&folder).map(|folder| folder.join(name));
        let short = short.filter(|short| short.as_os_str().len() <= LONGEST);
        Ok(Self { path: short.ok_or_else(too_long)?, _folder: Some(folder) })
    }

    /// Returns the path to give to the system.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Returns where the system shows an open folder.
fn through(folder: &File) -> Option<PathBuf> {
    use std::os::fd::AsRawFd;
    let shown = PathBuf::from(format!("/proc/self/fd/{}", folder.as_raw_fd()));
    shown.is_dir().then_some(shown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::{UnixListener, UnixStream};

    #[test]
    fn a_socket_is_bound_and_reached_however_long_its_path_is() {
        let root = tempfile::tempdir().unwrap();
        for length in [1, 60, 200] {
            let folder = root.path().join("x".repeat(length));
            std::fs::create_dir(&folder).unwrap();
            let path = folder.join("admin.sock");
            let listener = UnixListener::bind(SocketPath::new(&path).unwrap().path()).unwrap();
            UnixStream::connect(SocketPath::new(&path).unwrap().path()).unwrap();
            listener.accept().unwrap();
            assert!(path.exists());
        }
    }

    #[test]
    fn a_long_path_without_its_folder_is_an_error() {
        let path = PathBuf::from(format!("/nowhere/{}/admin.sock", "x".repeat(200)));
        assert_eq!(SocketPath::new(&path).unwrap_err().kind(), io::ErrorKind::NotFound);
        let name = PathBuf::from("x".repeat(200));
        assert!(SocketPath::new(&name).is_err());
    }
}
