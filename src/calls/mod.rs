//! One call from its commit to its answer: where the services meet.
