//! What records that came after a backup lead to: all that they took away, and all that they spent.
//!
//! Nothing that they gave comes back by itself: it is told with what gives it again. Pure: it says what to
//! change, and changes nothing.

mod calls;
mod changes;
mod effects;
mod operators;
mod record;
mod replayed;
mod since_backup;
mod tokens;

#[cfg(test)]
mod tests;

pub use effects::{RecordPlace, UnknownRecord};
pub use record::replay;
pub use replayed::Replayed;
pub use since_backup::Withheld;
