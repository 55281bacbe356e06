//! Someone else uses the account.
