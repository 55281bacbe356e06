//! What is ordered, what it costs and how long it takes, and how its success looks.

mod account;
mod generation;
mod order;
mod price;
mod size;
mod speed;

pub(super) use account::OrderRefused;
pub use account::{Occupied, SimulatedAccount};
pub use generation::SimulatedGenerations;
pub(super) use generation::{SimulatedGeneration, SimulatedState};
pub use order::Order;
pub(super) use price::Known;
pub use size::Size;
