//! The pictures: links that expire, and what they show.

mod colour;
mod encode;
mod links;
mod paint;
mod recipe;
mod service;
#[cfg(test)]
mod tests;

pub use encode::png;
pub use links::Links;
pub use recipe::Recipe;
pub use service::Pictures;
