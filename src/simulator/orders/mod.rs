//! What is ordered, what it costs and how long it takes, and how its success looks.

mod account;
mod generation;
mod order;
mod price;
mod shapes;
mod size;
mod speed;
mod work;

pub use account::{Account, Occupied};
pub use generation::Generations;
pub use order::Order;
pub use size::Size;
pub use work::{Delivery, Manner, make, quote};
