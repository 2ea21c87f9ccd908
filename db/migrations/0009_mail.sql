-- The mails, from the transaction of the act that each tells of.

CREATE TABLE mails (
	id          BIGINT NOT NULL PRIMARY KEY,
	merchant_id BIGINT NOT NULL, -- 0: of the installation
	customer_id BIGINT NOT NULL, -- whom it is about; 0: nobody
	object      TEXT   NOT NULL,
	object_id   BIGINT NOT NULL,
	kind        TEXT   NOT NULL,
	from_name   TEXT   NOT NULL,
	recipient   TEXT   NOT NULL,
	bcc         TEXT   NOT NULL, -- with commas between
	details     TEXT   NOT NULL, -- JSON: what the kind tells
	state       TEXT   NOT NULL CHECK (state IN ('kept', 'queued', 'sent', 'failed')),
	tries       BIGINT NOT NULL,
	trouble     TEXT   NOT NULL, -- of the last try
	code        BIGINT NOT NULL, -- what the mail server answered then
	again       BIGINT NOT NULL, -- the mail it sends once more; 0: none
	created_at  BIGINT NOT NULL,
	next_at     BIGINT NOT NULL, -- when a queued one is due
	sent_at     BIGINT NOT NULL,
	erased      BIGINT NOT NULL CHECK (erased IN (0, 1))
) STRICT;

CREATE INDEX mails_due      ON mails (next_at, id) WHERE state = 'queued';
CREATE INDEX mails_merchant ON mails (merchant_id, id);
CREATE INDEX mails_state    ON mails (merchant_id, state, id);
CREATE INDEX mails_customer ON mails (customer_id, id) WHERE customer_id > 0;

-- Customers whose personal data is gone. A stub of each stays, for what was
-- charged and done.
ALTER TABLE customers ADD COLUMN erased_at BIGINT NOT NULL DEFAULT 0;

CREATE INDEX customers_to_erase ON customers (merchant_id, deleted_at, id) WHERE deleted_at > 0 AND erased_at = 0;

CREATE TABLE erasures (
	customer_id BIGINT NOT NULL PRIMARY KEY REFERENCES customers,
	merchant_id BIGINT NOT NULL REFERENCES merchants,
	erased_at   BIGINT NOT NULL,
	scrubbed_at BIGINT NOT NULL -- when the database's files were rid of it; 0: not yet
) STRICT;

CREATE INDEX erasures_to_scrub ON erasures (erased_at) WHERE scrubbed_at = 0;
