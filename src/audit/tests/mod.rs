//! What the record promises.

mod entries;
mod exports;
mod flood;
mod judged;
mod lines;
mod notes;
mod resume;
mod segments;
mod trust;
