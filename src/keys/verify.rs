//! Asking Ideogram what it says of the keys.

use super::{Keys, view::VerifiedView};
use crate::accounts::{KeyCheck, KeyHealth, ServingKey};
use std::sync::Arc;

impl Keys {
    /// Asks for free whether Ideogram takes each current and each next key.
    ///
    /// One after the other, with `GET /models`. A rejection is told to whoever replaces rejected keys; no key
    /// is switched here.
    pub async fn verify(&self) -> Vec<VerifiedView> {
        let mut all = Vec::new();
        for kept in self.kept().iter() {
            let (current, next) = (kept.slot.current(Arc::clone), kept.slot.next(Arc::clone));
            for (state, key) in [("current", Some(current)), ("next", next)] {
                let Some(key) = key else { continue };
                let asked = key.ask(&kept.link.upstream).await;
                if let KeyHealth::Rejected { .. } = key.health() {
                    kept.slot.tell_rejection();
                }
                all.push(VerifiedView {
                    environments: kept.environments.iter().map(ToString::to_string).collect(),
                    account: kept.account.to_string(),
                    ..verified(&key, state, asked)
                });
            }
        }
        all
    }
}

/// Returns what was heard of a key, still without its environments.
fn verified(key: &ServingKey, state: &str, asked: KeyCheck) -> VerifiedView {
    let (verdict, note) = match asked {
        KeyCheck::Good => ("good", None),
        KeyCheck::Rejected(status) => ("rejected", Some(format!("Ideogram answered {status}"))),
        KeyCheck::Unclear(why) => ("unclear", Some(why.into())),
    };
    VerifiedView {
        environments: Vec::new(),
        account: String::new(),
        version: key.version().to_owned(),
        state: state.to_owned(),
        verdict: verdict.to_owned(),
        note,
    }
}
