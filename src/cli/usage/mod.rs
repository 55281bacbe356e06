//! `ideogate usage …`
//!
//! Amounts are in US dollars; days and months are those of UTC.

mod balance;
mod command;
mod csv;
mod report;
mod write_off;

pub(super) use balance::low_balances;
pub use command::UsageArguments;
pub(super) use command::run;
