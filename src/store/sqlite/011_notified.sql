-- What somebody was told of, so that they are told once, whatever is restarted.
CREATE TABLE notified (
    key BLOB    PRIMARY KEY, -- SHA-256 over what it was
    at  INTEGER NOT NULL     -- microseconds since 1970
) STRICT, WITHOUT ROWID;
