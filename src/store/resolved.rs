//! Which id stands for the end user of a bundle.
//!
//! It is decided in the transaction that writes the bundle: two first calls of one person get one id, and
//! a call that waited while its person was forgotten gets the new one.

use super::{BundleWriter, WriteError};
use crate::domain::{AssertedPerson, Bundle, Effect, PersonId, StoredPerson};
use std::borrow::Cow;

/// Returns the bundle as it is hashed and written, with somebody new saved by it.
pub(super) fn resolve<'b>(
    writer: &mut dyn BundleWriter,
    bundle: &'b Bundle,
) -> Result<Cow<'b, Bundle>, WriteError> {
    let Some(person) = &bundle.person else { return Ok(Cow::Borrowed(bundle)) };
    if let Some(id) = writer.person(&person.digest)? {
        return Ok(Cow::Owned(bundle.clone().naming(&id)));
    }
    let id = PersonId::random();
    let mut resolved = bundle.clone().naming(&id);
    // With the first record: nobody is stored of whom no record tells.
    if let Some(record) = resolved.records.first() {
        let stored = StoredPerson { id, person: AssertedPerson::clone(person), since: record.at };
        resolved.effects.insert(0, Effect::SavePerson(Box::new(stored)));
    }
    Ok(Cow::Owned(resolved))
}

/// Returns the bundle as it was written, if it was: `None` when its end user is not known, for whatever
/// committed it committed them too, and nobody is forgotten while the database fails.
pub(super) fn resolve_known<'b>(
    writer: &mut dyn BundleWriter,
    bundle: &'b Bundle,
) -> Result<Option<Cow<'b, Bundle>>, WriteError> {
    let Some(person) = &bundle.person else { return Ok(Some(Cow::Borrowed(bundle))) };
    let id = writer.person(&person.digest)?;
    Ok(id.map(|id| Cow::Owned(bundle.clone().naming(&id))))
}

/// Returns what must be applied of a bundle whose other effects cannot be: the person whom its
/// records name, or the id would stand for nobody.
pub(super) fn records_alone(bundle: &Bundle) -> Bundle {
    let is_person = |effect: &&Effect| matches!(effect, Effect::SavePerson(_));
    let effects = bundle.effects.iter().filter(is_person).cloned().collect();
    Bundle { records: bundle.records.clone(), effects, person: None }
}
