-- Idempotency keys: each taken by one call until it expires. What clients wrote is not kept, only a digest.
CREATE TABLE claims (
    key         BLOB    PRIMARY KEY, -- SHA-256 over the token's id and the client's key
    token       TEXT    NOT NULL,
    fingerprint BLOB    NOT NULL,
    call        TEXT    NOT NULL REFERENCES calls (call),
    state       TEXT    NOT NULL, -- running, answered, unknown
    claimed_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX claims_by_call ON claims (call);
CREATE INDEX claims_by_expiry      ON claims (expires_at);
