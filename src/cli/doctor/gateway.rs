//! The gateway, if it runs.

use super::finding::Finding;
use crate::cli::{
    arguments::Global,
    fault::Fault,
    locate::{self, Place},
    run::wait,
    screen::chain,
};

const WHAT: &str = "gateway";

/// Looks whether the gateway runs and can serve calls.
pub(super) fn check(global: &Global) -> Finding {
    let Ok(place) = locate::place(global) else {
        return Finding::doubtful(WHAT, "cannot be found before the settings are good");
    };
    if let Place::Socket(path) = &place
        && !path.exists()
    {
        let words = format!("does not run: there is no {}", path.display());
        return Finding::doubtful(WHAT, words);
    }
    match wait(async { locate::client(global)?.ask("/readyz").await }) {
        Ok(()) => Finding::good(WHAT, "runs and serves calls"),
        Err(error) => match error.downcast_ref::<Fault>() {
            Some(Fault::Unreachable { at, .. }) => {
                Finding::doubtful(WHAT, format!("does not run: nobody answers at {at}"))
            }
            _ => Finding::broken(WHAT, chain(&error)),
        },
    }
}
