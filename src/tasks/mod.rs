//! Everything that runs on its own: spawned here, named, and waited for at the end.

mod spawn;

pub use spawn::{Tasks, WorkGuard};
