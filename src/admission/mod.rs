//! The weighted cap and the fair queue in front of it.
