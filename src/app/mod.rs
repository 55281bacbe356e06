//! Wires the rooms together, listens and shuts down.
//!
//! # Starting
//!
//! Certificates are read, the data folder is held, both listeners taken over from the service manager or bound, the socket bound, the database opened,
//! asserted and held against what was signed last, tokens and operators loaded, the simulator started if an
//! account asks for it, what an earlier run left behind settled, and only then is anything served.
//!
//! # Ending
//!
//! Admission drains: calls that wait, and those that come, get 503 `draining`. Sent calls finish up to a deadline.
//! Until then connections are accepted and every request is answered, and each answer closes its connection;
//! `/readyz` tells balancers, and operators can look on. Only requests that began before are waited for, or
//! clients that come again and again would keep the gateway from ending. Then nothing more is accepted, and who
//! had just connected still gets an answer. Refusals that were only counted are written, the journal is flushed
//! and closed. A second signal skips the waiting: what is durable stays durable, and open intents become `unknown`
//! at the next start.

mod accept_restore;
mod admin_server;
mod archive_rules;
mod audit_lines;
mod background;
mod balances;
mod build_inputs;
mod certificates;
mod checkpoints;
mod clock;
mod commit_metrics;
mod control_server;
mod disk_watch;
mod from_backup;
mod keys;
mod listeners;
mod lock;
mod notices;
mod notifications;
mod options;
mod prepared;
mod process;
mod record_health;
mod reload;
mod reloading;
mod restore;
mod rises;
mod running;
mod servers;
mod service_manager;
mod services;
mod signals;
mod simulator_here;
mod start;
mod webhook_accounts;
mod webhook_door;
mod wordings;

pub use accept_restore::{AcceptRestore, AcceptRestoreError, RestoreAccepted, accept_restore};
pub use clock::clock_doubt;
pub use from_backup::{FromBackup, FromBackupError, restore_backup};
pub use listeners::{from_here, scheme};
pub use lock::{DataFolder, DataFolderError};
pub use options::{SettingsSource, StartOptions};
pub use process::protect_memory;
pub use reload::Reload;
pub use running::{Ended, LeftOver, Running};
pub use service_manager::{HandedSockets, ServiceManager, SocketsError};
pub use signals::{EndSignal, Signals};
pub use start::start;
