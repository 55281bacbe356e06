//! A client leaves, at every moment it can.
