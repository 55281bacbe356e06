//! The way to Ideogram: the key, the connections, one sending per warrant.
