//! Whether the record knows a name at all.

use super::Reader;
use crate::store::{Mention, StoreError};

impl Reader {
    /// Says whether any record is about that. Records in segments count for environments and tokens.
    ///
    /// Environments, routes and owners have no index, and all is read for one that was never there:
    /// ask for what nothing else knows. A name that is only in the bytes of a record, and in no
    /// column, is not found.
    pub fn mentions(&self, what: Mention<'_>) -> Result<bool, StoreError> {
        let (sql, name) = match what {
            Mention::Environment(name) => (
                "SELECT 1 FROM archived_names WHERE kind = 'environment' AND name = ?1
                     UNION ALL SELECT 1 FROM audit_records WHERE environment = ?1 LIMIT 1",
                name.as_str(),
            ),
            Mention::Token(id) => (
                "SELECT 1 FROM archived_names WHERE kind = 'token' AND name = ?1
                     UNION ALL SELECT 1 FROM audit_records WHERE token = ?1 LIMIT 1",
                id.as_str(),
            ),
            Mention::Request(id) => {
                ("SELECT 1 FROM audit_records WHERE request = ?1 LIMIT 1", id.as_str())
            }
            Mention::Route(name) => (
                "SELECT 1 FROM calls WHERE route = ?1
                 UNION ALL SELECT 1 FROM reads WHERE route = ?1 LIMIT 1",
                name.as_str(),
            ),
            Mention::Owner(name) => (
                "SELECT 1 FROM calls WHERE owner = ?1
                 UNION ALL SELECT 1 FROM reads WHERE owner = ?1 LIMIT 1",
                name,
            ),
            Mention::Person(id) => (
                "SELECT 1 FROM persons WHERE id = ?1
                 UNION ALL SELECT 1 FROM audit_records WHERE person = ?1
                 UNION ALL SELECT 1 FROM audit_records WHERE kind = 'admin' AND action = 'person.forget'
                   AND json_extract(CAST(bytes AS TEXT), '$.resource') = ?1 LIMIT 1",
                id.as_str(),
            ),
            Mention::Call(id) => {
                ("SELECT 1 FROM audit_records WHERE call = ?1 LIMIT 1", id.as_str())
            }
        };
        Ok(!self.all(sql, [name], |_| Ok(()))?.is_empty())
    }
}
