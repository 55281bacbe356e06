//! Settings and secrets: the only floor that reads files of settings or the environment.

mod address;
mod dot_env;
mod environment_off;
mod field_error;
mod key_shape;
mod key_text;
mod known_words;
mod live;
mod load;
mod log_filter;
mod machine;
mod names;
mod nearest;
mod notify;
mod notify_secrets;
mod operator_token;
mod origin;
mod paths;
mod prices;
mod read;
mod reload;
mod reload_rules;
mod review;
mod routes;
mod secret;
mod secret_list;
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

pub use address::plaintext_problem;
pub use environment_off::EnvironmentOff;
pub use field_error::{FieldError, FieldErrors};
pub use key_text::{KeySource, KeySourceError};
pub use live::LiveSettings;
pub use load::{LoadOptions, LoadedSettings, default_text};
pub use machine::{Checked, Doubts, OpenFiles, open_to_others};
pub use nearest::{nearest, no_such};
pub use notify::{NotifySettings, NotifyUrl};
pub use operator_token::{OperatorTokenError, operator_token, operator_token_doubt};
pub use origin::SettingOrigin;
pub use paths::{PathError, plain_path};
pub use reload::{SettingChange, TakenSettings};
pub use review::Review;
pub use secret::{NextKey, NotifySecret, UpstreamKey, WebhookSecret};
pub use secrets::{MissingKey, Secrets};
pub use settings::{
    AccountSettings, Audit, Bodies, CountBy, Data, Database, DoorSettings, EnvironmentSettings,
    KeySettings, Limited, Listen, LogFormat, LogSettings, OperatorSettings, Policy, QueueSettings,
    Settings, Shutdown, TlsFiles, TokenSettings,
};
pub use shown::{EffectiveSettings, ShownSetting};
pub use tree::join;
pub use variables::{Variables, process_variables};
pub use watched_file::WatchedFile;
pub use webhooks::{WebhookMode, Webhooks};
