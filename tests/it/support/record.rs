//! The record, as an auditor reads it.

use super::TestApp;
use ideogate::{
    audit::{Entry, fold},
    domain::Principal,
    store::RecordQuery,
    tokens::NewToken,
};

impl TestApp {
    /// Returns the entries of calls and refusals, oldest first, once all that happened is on record.
    pub(crate) async fn entries(&self) -> Vec<Entry> {
        self.write_behind().await;
        let records = self.running.reader().records(&RecordQuery::default()).unwrap();
        let of_calls = |entry: &Entry| &*entry.action == "ideogram.api.call";
        fold(records).into_iter().filter(of_calls).collect()
    }

    /// Returns the one entry that there is.
    pub(crate) async fn only_entry(&self) -> Entry {
        let mut entries = self.entries().await;
        assert_eq!(entries.len(), 1, "{entries:#?}");
        entries.remove(0)
    }

    /// Returns `code: reason` of each refusal on record, oldest first.
    pub(crate) async fn refusals(&self) -> Vec<String> {
        let entries =
            self.entries().await.into_iter().filter(|entry| entry.metadata.call_id.is_none());
        let told = entries.map(|entry| {
            let reason = entry.metadata.more.reason.unwrap_or_default();
            format!("{}: {reason}", entry.metadata.decision)
        });
        told.collect()
    }

    /// Refusals are recorded without waiting; what is committed after them is committed with them.
    async fn write_behind(&self) {
        let new = NewToken {
            environment: "sandbox".to_owned(),
            name: self.free_name("after all others".to_owned()),
            scopes: vec!["read:models".to_owned()],
            ..NewToken::default()
        };
        self.running.tokens().create(new, &Principal::LocalUser(0)).await.unwrap();
    }
}
