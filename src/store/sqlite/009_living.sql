-- What takes no new calls. Kept apart from the record that tells of it, which may be put away.
CREATE TABLE pauses (
    target     TEXT PRIMARY KEY, -- all, account:NAME or environment:NAME
    definition TEXT NOT NULL     -- JSON
) STRICT, WITHOUT ROWID;

-- Until now the record alone knew it: the last of the two changes counts.
INSERT INTO pauses (target, definition)
SELECT 'all', json_object('target', 'all', 'since',
              strftime('%Y-%m-%dT%H:%M:%S', at / 1000000, 'unixepoch') || printf('.%06dZ', at % 1000000))
FROM audit_records
WHERE kind = 'admin' AND action = 'queue.pause'
  AND seq > coalesce((SELECT max(seq) FROM audit_records
                      WHERE kind = 'admin' AND action = 'queue.resume'), 0)
ORDER BY seq DESC LIMIT 1;

-- When a secret last opened the door, as far as it was noted.
ALTER TABLE token_secrets ADD COLUMN last_used_at INTEGER;

-- Tokens that ended long ago and were forgotten; what they spent is told by these names.
CREATE TABLE pruned_tokens (
    id          TEXT PRIMARY KEY,
    name        TEXT    NOT NULL,
    environment TEXT    NOT NULL,
    owner       TEXT,
    pruned_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
