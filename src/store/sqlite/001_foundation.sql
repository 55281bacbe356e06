-- Times are microseconds since 1970-01-01T00:00:00Z, money is millionths of a dollar.

-- The chain. Rows are only ever added. Every column but seq and the hashes is a function of bytes.
CREATE TABLE audit_records (
    seq         INTEGER PRIMARY KEY,
    kind        TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    call        TEXT,
    request     TEXT,
    environment TEXT,
    token       TEXT,
    action      TEXT    NOT NULL,
    outcome     TEXT,
    bytes       BLOB    NOT NULL, -- canonical JSON, as hashed
    prev_hash   BLOB    NOT NULL,
    hash        BLOB    NOT NULL
) STRICT;
CREATE INDEX audit_records_by_time    ON audit_records (at);
CREATE INDEX audit_records_by_call    ON audit_records (call)    WHERE call IS NOT NULL;
CREATE INDEX audit_records_by_request ON audit_records (request) WHERE request IS NOT NULL;
CREATE INDEX audit_records_by_token   ON audit_records (token)   WHERE token IS NOT NULL;
CREATE INDEX audit_records_changes    ON audit_records (action)  WHERE kind = 'admin';

-- Where the chain ends. Kept apart, so that rows removed from its end are missed.
CREATE TABLE chain_head (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    seq  INTEGER NOT NULL,
    hash BLOB    NOT NULL
) STRICT;
INSERT INTO chain_head (only, seq, hash) VALUES (1, 0, zeroblob(32));

CREATE TABLE tokens (
    id         TEXT PRIMARY KEY,
    definition TEXT NOT NULL -- the token as JSON
) STRICT, WITHOUT ROWID;

-- Digests only. A token may have more than one secret alive while it is rotated.
CREATE TABLE token_secrets (
    digest     BLOB    PRIMARY KEY,
    token      TEXT    NOT NULL REFERENCES tokens (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER -- NULL: with the token
) STRICT, WITHOUT ROWID;
CREATE INDEX token_secrets_by_token ON token_secrets (token);

-- A call is open while closed_at is NULL.
CREATE TABLE calls (
    call         TEXT    PRIMARY KEY,
    account      TEXT    NOT NULL,
    environment  TEXT    NOT NULL,
    token        TEXT    NOT NULL,
    route        TEXT    NOT NULL,
    places       INTEGER NOT NULL,
    fingerprint  BLOB    NOT NULL,
    reserved     INTEGER, -- NULL: the route has no price
    opened_at    INTEGER NOT NULL,
    outcome      TEXT,
    charged      INTEGER,
    closed_at    INTEGER,
    places_until INTEGER, -- NULL: its places are free
    released     INTEGER NOT NULL DEFAULT 0,
    delivered    INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
-- What a start must find is in small indices of its own, however many calls there were.
CREATE INDEX calls_open      ON calls (opened_at)    WHERE closed_at IS NULL;
CREATE INDEX calls_held      ON calls (places_until) WHERE places_until IS NOT NULL AND released = 0;
CREATE INDEX calls_unsettled ON calls (closed_at)    WHERE outcome = 'unknown' OR (outcome = 'success' AND delivered = 0);
CREATE INDEX calls_by_time   ON calls (opened_at);

CREATE TABLE generations (
    id           TEXT    PRIMARY KEY,
    call         TEXT    NOT NULL REFERENCES calls (call),
    account      TEXT    NOT NULL,
    environment  TEXT    NOT NULL,
    owner        TEXT,
    token        TEXT    NOT NULL,
    route        TEXT    NOT NULL,
    places       INTEGER NOT NULL,
    submitted_at INTEGER NOT NULL,
    places_until INTEGER NOT NULL,
    state        TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX generations_pending ON generations (submitted_at) WHERE state = 'pending';
