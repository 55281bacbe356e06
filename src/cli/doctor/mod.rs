//! `ideogate doctor`

mod checks;
mod command;
mod finding;
mod gateway;
mod machine;

pub use command::DoctorArguments;
pub(super) use command::run;
