//! Money: prices, budgets, holds.
