//! What is ordered, what it costs and how long it takes, and how its success looks.

mod account;
mod generation;
mod order;
mod price;
mod size;
mod speed;

pub(super) use account::Refused;
pub use account::{Account, Occupied};
pub use generation::Generations;
pub(super) use generation::{Generation, Standing};
pub use order::Order;
pub(super) use price::Known;
pub use size::Size;
