-- Programs that call the APIs: what they may, their keys, and what was refused.

ALTER TABLE application_users ADD COLUMN role TEXT NOT NULL DEFAULT 'member' CHECK (role IN ('member', 'viewer'));
ALTER TABLE application_users ADD COLUMN apis TEXT NOT NULL DEFAULT ''; -- with commas between; '' is all
ALTER TABLE application_users ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE application_users ADD COLUMN old_key BYTES; -- sealed; the key before the last rotation
ALTER TABLE application_users ADD COLUMN old_until BIGINT NOT NULL DEFAULT 0; -- and how long it still opens
ALTER TABLE application_users ADD COLUMN used_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE application_users ADD COLUMN revoked_at BIGINT NOT NULL DEFAULT 0;

-- The API through which a program acted; '' elsewhere.
ALTER TABLE events ADD COLUMN via TEXT NOT NULL DEFAULT '';

CREATE TABLE api_tokens (
	token_hash          BYTES  NOT NULL PRIMARY KEY, -- SHA-256 of what the program holds
	application_user_id BIGINT NOT NULL REFERENCES application_users,
	expires_at          BIGINT NOT NULL
) STRICT;

CREATE INDEX api_tokens_user ON api_tokens (application_user_id);
CREATE INDEX api_tokens_expiry ON api_tokens (expires_at);

-- The last calls of a program that were refused. Old ones go.
CREATE TABLE refused_calls (
	id                  BIGINT NOT NULL PRIMARY KEY,
	merchant_id         BIGINT NOT NULL REFERENCES merchants,
	application_user_id BIGINT NOT NULL REFERENCES application_users,
	at                  BIGINT NOT NULL,
	api                 TEXT   NOT NULL,
	method              TEXT   NOT NULL,
	path                TEXT   NOT NULL,
	status              BIGINT NOT NULL,
	reason              TEXT   NOT NULL,
	origin              TEXT   NOT NULL
) STRICT;

CREATE INDEX refused_calls_user ON refused_calls (application_user_id, id);

-- Calls that carry an Idempotency-Key, for a day. The answer is sealed.
CREATE TABLE api_calls (
	call_hash  BYTES  NOT NULL PRIMARY KEY, -- SHA-256 of program and key
	body_hash  BYTES  NOT NULL, -- a fingerprint of what was asked
	acted      BIGINT NOT NULL CHECK (acted IN (0, 1)), -- what it asked for has been committed
	status     BIGINT NOT NULL, -- of the answer; 0 while it runs
	answer     BYTES  NOT NULL,
	claimed_at BIGINT NOT NULL
) STRICT;

CREATE INDEX api_calls_age ON api_calls (claimed_at);
