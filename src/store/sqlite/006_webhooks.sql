-- The delivery that ended a generation: at most one, whatever is sent again. Of its content only a digest is kept.
CREATE TABLE webhook_deliveries (
    generation  TEXT    PRIMARY KEY REFERENCES generations (id),
    digest      BLOB    NOT NULL, -- SHA-256 over what its signature covers
    received_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The vendor's user that signed webhooks of an account name.
CREATE TABLE webhook_users (
    account TEXT    PRIMARY KEY,
    user    TEXT    NOT NULL,
    since   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
