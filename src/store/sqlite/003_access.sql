-- The number of a secret within its token, from 1 on.
ALTER TABLE token_secrets ADD COLUMN number INTEGER NOT NULL DEFAULT 1;
-- What a token was refused is found without reading its calls. Calls pay nothing for this index.
CREATE INDEX audit_records_refusals ON audit_records (token, at) WHERE kind = 'refusal';
