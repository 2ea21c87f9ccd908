-- What customers can pay with: cards, and channels with their consents.

-- The keysets, themselves sealed by the key file: "seals" seals secrets,
-- "fingerprints" makes fingerprints.
CREATE TABLE keysets (
	name       TEXT   NOT NULL PRIMARY KEY,
	sealed     BYTES  NOT NULL,
	generation BIGINT NOT NULL -- counts its changes from 1
) STRICT;

INSERT INTO keysets (name, sealed, generation)
SELECT 'seals', keyset, 1 FROM vault;

DROP TABLE vault;

-- Of a card's number only the ends are kept, and a fingerprint by which the
-- same card is known again: an HMAC under a key that the vault seals.
CREATE TABLE cards (
	id          BIGINT NOT NULL PRIMARY KEY,
	merchant_id BIGINT NOT NULL REFERENCES merchants,
	customer_id BIGINT NOT NULL REFERENCES customers,
	version     BIGINT NOT NULL,
	token       TEXT   NOT NULL UNIQUE, -- the processor's name for it, 64 hex digits
	brand       TEXT   NOT NULL,
	first_six   TEXT   NOT NULL,
	last_four   TEXT   NOT NULL,
	expires     TEXT   NOT NULL, -- the last month it is good in, "2030-01"
	holder      TEXT   NOT NULL,
	description TEXT   NOT NULL,
	fingerprint BYTES  NOT NULL,
	is_default  BIGINT NOT NULL CHECK (is_default IN (0, 1)),
	active      BIGINT NOT NULL CHECK (active IN (0, 1)), -- 0: kept and shown, and nothing is charged to it
	request     TEXT   NOT NULL, -- the name of the request that brought it last, '' for none
	addition    TEXT   NOT NULL, -- what that request came to
	created_at  BIGINT NOT NULL,
	updated_at  BIGINT NOT NULL,
	removed_at  BIGINT NOT NULL
) STRICT;

CREATE UNIQUE INDEX cards_fingerprint ON cards (customer_id, fingerprint);
CREATE UNIQUE INDEX cards_default     ON cards (customer_id) WHERE is_default = 1 AND removed_at = 0;
CREATE INDEX cards_customer  ON cards (customer_id, id);
CREATE INDEX cards_merchant  ON cards (merchant_id, id) WHERE removed_at = 0;
CREATE INDEX cards_expires   ON cards (merchant_id, expires, id) WHERE removed_at = 0;
CREATE INDEX cards_last_four ON cards (merchant_id, last_four, id) WHERE removed_at = 0;
CREATE INDEX cards_request   ON cards (customer_id, request) WHERE request <> '';

-- A way to pay that is no card: a direct debit mandate, an electronic invoice,
-- a wallet. The address is the account's, the invoice's or the wallet's name
-- for the customer; an IBAN is sealed, and what is shown of it stands beside.
CREATE TABLE channels (
	id             BIGINT NOT NULL PRIMARY KEY,
	merchant_id    BIGINT NOT NULL REFERENCES merchants,
	customer_id    BIGINT NOT NULL REFERENCES customers,
	version        BIGINT NOT NULL,
	type           TEXT   NOT NULL CHECK (type IN ('direct_debit', 'e_invoice', 'wallet')),
	name           TEXT   NOT NULL, -- of the scheme: "sepa", "jtta", "vipps"
	address        TEXT   NOT NULL, -- as shown; an IBAN masked
	sealed         BYTES  NOT NULL, -- the whole address where it may not be shown, else empty
	fingerprint    BYTES  NOT NULL, -- of the whole address
	mandate        TEXT   NOT NULL, -- the mandate's reference
	mandate_signed TEXT   NOT NULL, -- YYYY-MM-DD
	consent_at     BIGINT NOT NULL, -- when the customer agreed; 0: not yet
	source         TEXT   NOT NULL,
	created_at     BIGINT NOT NULL,
	updated_at     BIGINT NOT NULL,
	withdrawn_at   BIGINT NOT NULL
) STRICT;

CREATE UNIQUE INDEX channels_address ON channels (customer_id, name, fingerprint);
CREATE INDEX channels_customer ON channels (customer_id, id);
CREATE INDEX channels_merchant ON channels (merchant_id, type, id) WHERE withdrawn_at = 0;
