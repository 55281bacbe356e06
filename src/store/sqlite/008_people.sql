-- What a report needs of a call stands beside it: the record may be moved away later.
ALTER TABLE calls ADD COLUMN owner  TEXT;
ALTER TABLE calls ADD COLUMN person TEXT; -- usr_…
ALTER TABLE calls ADD COLUMN model  TEXT;
ALTER TABLE calls ADD COLUMN asked  INTEGER NOT NULL DEFAULT 0; -- images asked for
ALTER TABLE calls ADD COLUMN images INTEGER NOT NULL DEFAULT 0; -- images that are charged
UPDATE calls SET
    owner  = (SELECT json_extract(t.definition, '$.owner') FROM tokens t WHERE t.id = calls.token),
    model  = (SELECT json_extract(CAST(i.bytes AS TEXT), '$.body.model')
              FROM audit_records i WHERE i.call = calls.call AND i.kind = 'intent'),
    images = coalesce((SELECT max(json_extract(CAST(o.bytes AS TEXT), '$.body.images'))
              FROM audit_records o WHERE o.call = calls.call AND o.kind = 'outcome'), 0);
CREATE INDEX calls_by_person ON calls (person) WHERE person IS NOT NULL;

-- What cannot cost anything is counted by the hour; '' stands for nobody.
CREATE TABLE reads (
    hour        INTEGER NOT NULL, -- when it begins
    account     TEXT    NOT NULL,
    environment TEXT    NOT NULL,
    token       TEXT    NOT NULL,
    owner       TEXT    NOT NULL,
    person      TEXT    NOT NULL,
    route       TEXT    NOT NULL,
    count       INTEGER NOT NULL,
    last_at     INTEGER NOT NULL,
    PRIMARY KEY (hour, account, environment, token, owner, person, route)
) STRICT, WITHOUT ROWID;

-- End users. The name is sealed; who has only the database learns nothing from a row.
CREATE TABLE persons (
    id     TEXT    PRIMARY KEY,     -- usr_…, as records name the person
    digest BLOB    NOT NULL UNIQUE, -- keyed digest of the name
    sealed BLOB    NOT NULL,
    since  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Records up to this one hold names as apps sent them, since the chain is never rewritten.
CREATE TABLE persons_begin (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    seq  INTEGER NOT NULL
) STRICT;
INSERT INTO persons_begin (only, seq) SELECT 1, seq FROM chain_head;

-- Whom a record is about. Old rows are not written: their records name nobody by such an id.
ALTER TABLE audit_records ADD COLUMN person TEXT;
CREATE INDEX audit_records_by_person ON audit_records (person) WHERE person IS NOT NULL;
