//! What the record promises.

mod entries;
mod flood;
mod lines;
mod trust;
