//! Settings and secrets: the only floor that reads files of settings or the environment.

mod address;
mod dot_env;
mod key_shape;
mod key_text;
mod known_words;
mod load;
mod log_filter;
mod machine;
mod mistake;
mod names;
mod nearest;
mod operator_token;
mod origin;
mod paths;
mod prices;
mod read;
mod review;
mod routes;
mod secret;
mod secrets;
mod section;
mod settings;
mod shown;
#[cfg(test)]
mod tests;
mod tree;
mod values;
mod variable_names;
mod variables;
mod watched_file;
mod webhook_secrets;
mod webhooks;

pub use key_text::{KeyFileError, KeySource};
pub use load::{LoadOptions, LoadedSettings, default_text};
pub use machine::{Checked, Doubts, OpenFiles, open_to_others};
pub use mistake::{Mistake, Mistakes};
pub use nearest::{nearest, no_such};
pub use operator_token::{OperatorTokenError, operator_token, operator_token_doubt};
pub use origin::Origin;
pub use paths::{PathError, plain_path};
pub use review::Review;
pub use secret::{NextKey, UpstreamKey, WebhookSecret};
pub use secrets::{MissingKey, Secrets};
pub use settings::{
    Account, Audit, Bodies, CountBy, Data, Database, Door, Environment, Keys, Limited, Listen, Log,
    LogFormat, Operators, Policy, Queue, Settings, Shutdown, TlsFiles,
};
pub use shown::{Shown, ShownSetting};
pub use tree::join;
pub use variables::{Variables, process_variables};
pub use watched_file::WatchedFile;
pub use webhooks::{WebhookMode, Webhooks};
