//! `ideogate doctor`

mod checks;
mod command;
mod finding;
mod gateway;
mod machine;
mod tls;

pub use command::DoctorArguments;
pub(super) use command::run;
