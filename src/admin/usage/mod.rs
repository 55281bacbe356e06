//! Money: what was spent, on what, and what should be left.

pub(super) mod balance;
pub(super) mod report;
mod search;
mod sums;
pub(super) mod write_off;

pub use balance::{BalanceView, NewBalance};
pub use search::UsageSearch;
pub use sums::UsageView;
pub use write_off::{WriteOffReason, WriteOffStep, WrittenOffView};
