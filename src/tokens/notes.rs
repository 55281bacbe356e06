//! When secrets were last used, kept beyond this run.

use super::service::Tokens;
use crate::domain::{Bundle, Effect};
use std::sync::Arc;

impl Tokens {
    /// Keeps when secrets were last used, as far as that is not kept yet; to be called now and then, and at the end.
    /// What cannot be kept is tried again the next time.
    pub async fn note_uses(&self) {
        let snapshot = Arc::clone(&self.registry.snapshot());
        let secrets = || {
            snapshot
                .all()
                .flat_map(|known| known.secrets.iter().map(move |secret| (&known.token.id, secret)))
        };
        let uses: Vec<_> = secrets().filter_map(|(token, secret)| secret.new_use(token)).collect();
        if uses.is_empty() {
            return;
        }
        // No turn is taken, since nothing changes that changes are decided by.
        let bundle = Bundle::default().with(Effect::NoteUses(uses.clone()));
        if let Err(error) = self.registry.note(bundle).await {
            tracing::warn!(%error, "when tokens were last used could not be kept; trying again later");
            return;
        }
        for (token, secret) in secrets() {
            let own =
                uses.iter().find(|one| (&one.token, one.secret) == (token, secret.facts.number));
            if let Some(own) = own {
                secret.note(own.at);
            }
        }
    }
}
