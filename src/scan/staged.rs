//! What the next commit would bring.

use super::{
    blobs::Blobs,
    dotenv,
    finding::{Finding, Leak, Report, Unread},
    git::{Git, GitError},
    place::Place,
    scanner::Scanner,
    windows::Room,
};
use std::path::PathBuf;

impl Scanner {
    /// Looks at what is in the index of this folder's repository: whole files, as they would be
    /// committed, whatever the work tree has by now. With paths, only below those.
    pub fn staged(&self, below: &[PathBuf]) -> Result<Report, GitError> {
        let git = Git::here();
        git.check()?;
        let staged = git.staged(below)?;
        let (mut blobs, mut room, mut report) = (Blobs::open(git)?, Room::new(), Report::default());
        for path in below {
            // A hook with a mistyped path would look at nothing for ever.
            if !git.knows(path)? {
                let problem = "there is no such file or folder, and git knows none".to_owned();
                report.unread.push(Unread { path: path.clone(), problem });
            }
        }
        for file in staged {
            if dotenv::is_env_file(&file.path) {
                let finding = Finding::new(file.path.clone(), Place::START, Leak::EnvFile);
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
