//! Backups: made, and noted when somebody has one.

pub(super) mod kept;
pub(super) mod make;

pub use kept::KeptBackupView;
pub use make::{BACKUP_BYTES, BACKUP_NAME, BackupRequest};
