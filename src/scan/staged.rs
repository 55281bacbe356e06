//! What the next commit would bring.

use super::{
    blobs::Blobs,
    dotenv,
    finding::{Leak, ScanFinding, ScanReport, Unread},
    git::{Git, GitError},
    place::TextPosition,
    scanner::Scanner,
    windows::WindowBuffer,
};
use std::path::PathBuf;

impl Scanner {
    /// Looks at what is in the index of this folder's repository: whole files, as they would be
    /// committed, whatever the work tree has by now. With paths, only below those.
    ///
    /// It is an error if this is no work tree, or if git cannot be asked; a content that cannot be read is
    /// told as unread.
    pub fn staged(&self, below: &[PathBuf]) -> Result<ScanReport, GitError> {
        let git = Git::here();
        git.check()?;
        let staged = git.staged(below)?;
        let (mut blobs, mut room, mut report) =
            (Blobs::open(git)?, WindowBuffer::new(), ScanReport::default());
        for path in below {
            // A hook with a mistyped path would look at nothing for ever.
            if !git.knows(path)? {
                let problem = "there is no such file or folder, and git knows none".to_owned();
                report.unread.push(Unread { path: path.clone(), problem });
            }
        }
        for file in staged {
            // Whatever is in it: a harmless one today holds a secret tomorrow, and git will not ask again.
            if dotenv::is_env_file(&file.path) {
                let finding =
                    ScanFinding::new(file.path.clone(), TextPosition::START, Leak::EnvFile);
                report.findings.push(finding);
            }
            let look = |content: &mut dyn std::io::Read| self.look(&file.path, content, &mut room);
            match blobs.show(&file.blob, look)? {
                Ok(seen) => report.add(seen),
                Err(error) => {
                    report.unread.push(Unread { path: file.path, problem: error.to_string() });
                }
            }
        }
        Ok(report.in_order())
    }
}
