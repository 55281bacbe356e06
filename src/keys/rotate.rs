//! Exchanging keys on an operator's word.

use super::{
    Keys,
    check_source::{CheckOutcome, CheckRequest},
    managed_slot::{ManagedSlot, SlotKey},
    view::RotatedView,
};
use crate::{
    config::KeySource,
    domain::{Actor, EnvironmentName},
    store::JournalError,
};
use std::sync::Arc;

/// No key was exchanged.
///
/// A key that Ideogram refuses is no error but an outcome.
#[derive(Debug, thiserror::Error)]
pub enum RotateError {
    /// There is no such environment, or it has no key that could be exchanged.
    #[error("environment {0} has no key that could be exchanged")]
    NoKey(Box<str>),
    /// It cannot be put on record.
    #[error("the exchange cannot be put on record")]
    Unrecorded(#[source] JournalError),
}

impl Keys {
    /// Reads the files again, of one environment or of all; where there is nothing new, the staged key
    /// becomes current.
    ///
    /// Each slot has an outcome of its own; the first that cannot be recorded ends it, and those before it
    /// stay switched. A key that was refused before is tried again. Which key is used changes only after
    /// Ideogram took the new one.
    pub async fn rotate(
        &self,
        environment: Option<&str>,
        allow_retired: bool,
        by: Actor,
    ) -> Result<Vec<RotatedView>, RotateError> {
        let wish = CheckRequest { by, again: true, allow_retired };
        let asked = |name: &EnvironmentName| environment.is_none_or(|own| name.as_str() == own);
        let slots = self.kept();
        let slots = slots.iter().filter(|kept| kept.environments.iter().any(asked));
        let mut all = Vec::new();
        for kept in slots {
            all.push(view(kept, self.rotate_slot(kept, &wish).await)?);
        }
        match environment {
            Some(name) if all.is_empty() => Err(RotateError::NoKey(name.into())),
            _ => Ok(all),
        }
    }

    /// Looks at the current source first, and at the next one only if there is nothing new.
    async fn rotate_slot(&self, kept: &Arc<ManagedSlot>, wish: &CheckRequest) -> CheckOutcome {
        let looked = self.look(kept, SlotKey::Current, wish).await;
        let (CheckOutcome::Same | CheckOutcome::Fixed(_)) = looked else { return looked };
        match self.look(kept, SlotKey::Next, wish).await {
            CheckOutcome::Nothing
            | CheckOutcome::Same
            | CheckOutcome::Staged
            | CheckOutcome::Fixed(_) => {}
            failed => return failed,
        }
        match kept.slot.next(Arc::clone) {
            Some(next) => self.take_next(kept, next, wish).await,
            None => looked,
        }
    }
}

/// Returns the outcome in words for operators.
fn view(kept: &ManagedSlot, looked: CheckOutcome) -> Result<RotatedView, RotateError> {
    let current = kept.slot.current(|key| key.version().to_owned());
    let mut previous = None;
    let (outcome, words) = match looked {
        CheckOutcome::Switched { from, to } => {
            let words = format!(
                "new calls use {to}; {from} is told to be safe to revoke when its last call ended"
            );
            previous = Some(from.into());
            ("switched", words)
        }
        CheckOutcome::Refused { version, reason } => {
            ("refused", format!("{version} is refused: {reason}. {current} stays in use"))
        }
        CheckOutcome::Unclear { version, reason } => {
            ("unclear", format!("{version} could not be tried: {reason}. {current} stays in use"))
        }
        CheckOutcome::Unrecorded(error) => return Err(RotateError::Unrecorded(error)),
        CheckOutcome::Fixed(variable) => ("fixed", fixed(kept, &variable)),
        CheckOutcome::Same | CheckOutcome::Staged | CheckOutcome::Nothing if kept.is_rejected() => {
            ("rejected", format!("{} still holds {current}, which Ideogram rejects", place(kept)))
        }
        CheckOutcome::Same | CheckOutcome::Staged | CheckOutcome::Nothing => {
            ("unchanged", format!("{} still holds {current}, which is in use", place(kept)))
        }
    };
    Ok(RotatedView {
        environments: kept.environments.iter().map(ToString::to_string).collect(),
        account: kept.account.to_string(),
        outcome: outcome.to_owned(),
        current,
        previous,
        words,
    })
}

/// Returns where the current key comes from, in words.
fn place(kept: &ManagedSlot) -> String {
    match &kept.source {
        KeySource::Variable(name) => name.to_string(),
        KeySource::File { path, .. } => format!("the file {path}"),
    }
}

/// Returns what to do about a variable, which a running process never sees change.
fn fixed(kept: &ManagedSlot, variable: &str) -> String {
    let variable = if let KeySource::Variable(own) = &kept.source { own } else { variable };
    format!(
        "{variable} is a variable, which cannot change while the gateway runs: start it with \
         {variable}_FILE instead, and exchange the file; or with {variable}_NEXT_FILE for the key that \
         comes next"
    )
}
