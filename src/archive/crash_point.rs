//! Moments at which a test ends the process, as a crash would.

/// Ends the process if a test asked for that at this moment. Outside of tests there is nothing to ask.
#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a crash drops nothing, and that is what is tried")]
pub(super) fn crash_point(name: &str) {
    if std::env::var(super::tests::CRASH_AT).is_ok_and(|at| at == name) {
        std::process::abort();
    }
}

/// Does nothing outside of tests.
#[cfg(not(test))]
pub(super) const fn crash_point(_name: &str) {}
