-- Where the chain begins here: what is numbered up to `seq` lies in segments.
CREATE TABLE chain_base (
    only   INTEGER PRIMARY KEY CHECK (only = 1),
    seq    INTEGER NOT NULL,
    hash   BLOB    NOT NULL,
    folder TEXT -- names the archive folder, as the mark in it does; NULL: none was used yet
) STRICT;
INSERT INTO chain_base (only, seq, hash) VALUES (1, 0, zeroblob(32));

-- What lies in files, from record 1 on and without a gap.
CREATE TABLE segments (
    first      INTEGER PRIMARY KEY,
    last       INTEGER NOT NULL,
    prev_hash  BLOB    NOT NULL,
    hash       BLOB    NOT NULL,
    first_at   INTEGER NOT NULL, -- the earliest and latest time in it, not those of its ends
    last_at    INTEGER NOT NULL,
    bytes      INTEGER NOT NULL, -- of the file
    sha256     BLOB    NOT NULL, -- of the file
    note       TEXT    NOT NULL, -- the manifest, signed
    deleted_at INTEGER           -- NULL: the file is there
) STRICT;

-- Changes that a start or a report needs however old they are, exactly as they were on the chain.
CREATE TABLE kept_changes (
    seq       INTEGER PRIMARY KEY,
    action    TEXT    NOT NULL,
    bytes     BLOB    NOT NULL,
    prev_hash BLOB    NOT NULL,
    hash      BLOB    NOT NULL
) STRICT;
CREATE INDEX kept_changes_by_action ON kept_changes (action, seq);

-- Names that are only in segments by now.
CREATE TABLE archived_names (
    kind TEXT NOT NULL, -- environment, token
    name TEXT NOT NULL,
    PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
