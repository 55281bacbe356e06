-- Operators. Digests only, and one secret for each: a new one ends the old one.
CREATE TABLE operators (
    id         TEXT PRIMARY KEY,
    digest     BLOB NOT NULL UNIQUE,
    definition TEXT NOT NULL -- the operator as JSON
) STRICT, WITHOUT ROWID;
