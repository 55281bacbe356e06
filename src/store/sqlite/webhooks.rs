//! Webhooks that ended a generation, and the vendor's users that they name.

use super::{Reader, row::name, statement::change};
use crate::{
    domain::{Delivery, DeliveryDigest, GenerationId, Timestamp, VendorUser},
    store::{StoreError, WriteError},
};
use rusqlite::{Connection, params};

/// Keeps the delivery that ends a generation. A second one contradicts: a generation ends once. The
/// same delivery, come again, contradicts too; whoever receives it looks for its digest first.
pub(super) fn keep_delivery(
    connection: &Connection,
    delivery: &Delivery,
) -> Result<(), WriteError> {
    let sql = "INSERT INTO webhook_deliveries (generation, digest, received_at) VALUES (?1, ?2, ?3)
               ON CONFLICT (generation) DO NOTHING";
    let values = params![
        delivery.generation.as_str(),
        delivery.digest.as_bytes(),
        delivery.received_at.as_micros(),
    ];
    change(connection, sql, values, "a webhook ended the generation already")
}

/// Holds an account to a user. Another one contradicts. The same one changes nothing, and keeps the
/// time since when it is known.
pub(super) fn pin_user(connection: &Connection, user: &VendorUser) -> Result<(), WriteError> {
    let sql = "INSERT INTO webhook_users (account, user, since) VALUES (?1, ?2, ?3)
               ON CONFLICT (account) DO UPDATE SET since = since WHERE user = excluded.user";
    let values = params![user.account.as_str(), user.user, user.since.as_micros()];
    change(connection, sql, values, "the account has another user at the vendor")
}

impl Reader {
    /// Returns the digest of the delivery that ended a generation, if one did.
    pub fn delivery(&self, id: &GenerationId) -> Result<Option<DeliveryDigest>, StoreError> {
        let sql = "SELECT digest FROM webhook_deliveries WHERE generation = ?1";
        let read = |row: &rusqlite::Row<'_>| Ok(DeliveryDigest::from_bytes(row.get(0)?));
        Ok(self.all(sql, [id.as_str()], read)?.into_iter().next())
    }

    /// Returns the vendor's users that accounts are held to. There is one for each account at most.
    pub fn vendor_users(&self) -> Result<Vec<VendorUser>, StoreError> {
        let sql = "SELECT account, user, since FROM webhook_users ORDER BY account";
        self.all(sql, [], |row| {
            Ok(VendorUser {
                account: name(row, 0)?,
                user: row.get::<_, String>(1)?.into(),
                since: Timestamp::from_micros(row.get(2)?),
            })
        })
    }
}
