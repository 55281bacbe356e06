//! Wires the rooms together, listens and shuts down.
