//! The outcome table: what each way of ending means.
