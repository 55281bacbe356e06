//! Errors with their causes, for people.

use std::error::Error;

/// Returns an error with everything that caused it as one line, each said once.
///
/// Operators need the last link, such as an unknown authority or a refused connection, most of all.
pub fn error_chain(error: &(dyn Error + 'static)) -> String {
    let mut chain = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let words = cause.to_string();
        // Some errors tell their cause themselves.
        if !chain.contains(&words) {
            chain.push_str(": ");
            chain.push_str(&words);
        }
        next = cause.source();
    }
    chain
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Link(&'static str, #[source] io::Error);

    #[test]
    fn causes_follow_their_effect_and_nothing_is_said_twice() {
        let error = Link("cannot connect", io::Error::other("no route"));
        assert_eq!(error_chain(&error), "cannot connect: no route");
        let error = Link("cannot connect: no route", io::Error::other("no route"));
        assert_eq!(error_chain(&error), "cannot connect: no route");
    }
}
