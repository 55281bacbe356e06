//! `ideogate doctor`
//!
//! Nothing is changed by it, and Ideogram is not asked.

mod checks;
mod command;
mod finding;
mod former_keys;
mod gateway;
mod keys;
mod machine;
mod places;
mod tls;

pub use command::DoctorArguments;
pub(super) use command::run;
