//! Whether the record knows a name at all.

use super::Reader;
use crate::store::{Mention, StoreError};

impl Reader {
    /// Says whether any record is about that.
    ///
    /// Only environments have no index, and the whole record is read for one that was never there:
    /// ask for what nothing else knows. A name that is only in the bytes of a record, and in no
    /// column, is not found.
    pub fn mentions(&self, what: Mention<'_>) -> Result<bool, StoreError> {
        let (sql, name) = match what {
            Mention::Environment(name) => {
                ("SELECT 1 FROM audit_records WHERE environment = ?1 LIMIT 1", name.as_str())
            }
            Mention::Token(id) => {
                ("SELECT 1 FROM audit_records WHERE token = ?1 LIMIT 1", id.as_str())
            }
            Mention::Request(id) => {
                ("SELECT 1 FROM audit_records WHERE request = ?1 LIMIT 1", id.as_str())
            }
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
