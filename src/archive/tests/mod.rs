//! Old days move, and nothing is lost on the way.

mod crash;
mod folders;
mod house;
mod moved;
mod read;
mod trusted;

pub(super) use house::CRASH_AT;
