//! Settings and secrets: the only floor that reads files of settings or the environment.

mod settings;

pub use settings::{
    Account, Audit, Bodies, CountBy, Data, Door, Environment, Limited, Listen, Log, LogFormat,
    Queue, Settings, Shutdown,
};
