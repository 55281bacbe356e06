//! Routes whose dry runs were no dry runs: nobody asks for quotes there any more.

use crate::domain::RouteName;

impl super::Calls {
    /// Closes quotes for a route whose dry run answered without a quote.
    pub(super) fn close_quotes(&self, route: &RouteName) {
        let mut closed = self.0.generations.closed_quotes.lock();
        closed.insert(route.clone());
    }

    /// Says whether quotes may be asked for on a route.
    pub fn quotes_are_open(&self, route: &RouteName) -> bool {
        let closed = self.0.generations.closed_quotes.lock();
        !closed.contains(route)
    }
}
