//! Putting other settings in force while the gateway runs.
//!
//! What can fail comes first, and what cannot fail last: everything is read and checked, slots for new keys are
//! made, the change is put on record, and only then is it swapped in. Settings come before gates: whoever is let in
//! by an old cap in between was let in before the reload, and whoever may no longer make its call is asked once
//! more before it is sent.

mod desk;
mod plan;
mod serve;
mod slots;
mod swap;

pub(super) use desk::ReloadDesk;
