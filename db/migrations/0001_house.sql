-- One text for both engines. Type words: BIGINT (64 bits), BYTES, FOLDED (text
-- as core.Fold makes it, sorted by code point), STRICT. Booleans are BIGINT 0
-- or 1. Times are milliseconds since 1970, UTC; 0 is "not yet". A statement
-- after "-- sqlite" or "-- postgres" runs on that engine only.

CREATE TABLE merchants (
	id         BIGINT NOT NULL PRIMARY KEY, -- 1, 2, 3 …
	name       TEXT   NOT NULL,
	name_key   FOLDED NOT NULL,
	country    TEXT   NOT NULL,
	currency   TEXT   NOT NULL,
	zone       TEXT   NOT NULL,
	retention  BIGINT NOT NULL CHECK (retention BETWEEN 0 AND 3650), -- days
	version    BIGINT NOT NULL,
	created_at BIGINT NOT NULL
) STRICT;

CREATE TABLE users (
	id          BIGINT NOT NULL PRIMARY KEY,
	merchant_id BIGINT REFERENCES merchants, -- absent for staff
	email       TEXT   NOT NULL,
	email_key   FOLDED NOT NULL UNIQUE,
	name        TEXT   NOT NULL,
	role        TEXT   NOT NULL,
	active      BIGINT NOT NULL CHECK (active IN (0, 1)),
	password    TEXT   NOT NULL, -- argon2id in PHC form; '' while none is set
	version     BIGINT NOT NULL,
	created_at  BIGINT NOT NULL,
	CHECK ((role IN ('admin', 'agent', 'auditor') AND merchant_id IS NULL)
		OR (role IN ('owner', 'member', 'viewer') AND merchant_id IS NOT NULL))
) STRICT;

CREATE INDEX users_merchant ON users (merchant_id);

CREATE TABLE sessions (
	key_hash    BYTES  NOT NULL PRIMARY KEY, -- SHA-256 of what the cookie holds
	user_id     BIGINT NOT NULL REFERENCES users,
	merchant_id BIGINT REFERENCES merchants, -- where staff stand
	notes       BYTES  NOT NULL, -- what pages leave for the next one
	held        BYTES  NOT NULL, -- a save that came too late
	created_at  BIGINT NOT NULL,
	seen_at     BIGINT NOT NULL
) STRICT;

CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_seen ON sessions (seen_at);

CREATE TABLE links (
	token_hash BYTES  NOT NULL PRIMARY KEY,
	user_id    BIGINT NOT NULL REFERENCES users,
	kind       TEXT   NOT NULL CHECK (kind IN ('sign_in', 'set_up')),
	expires_at BIGINT NOT NULL
) STRICT;

CREATE INDEX links_user ON links (user_id);

-- Failed tries to sign in, by account and by address.
CREATE TABLE throttles (
	bucket  TEXT   NOT NULL PRIMARY KEY,
	fails   BIGINT NOT NULL,
	last_at BIGINT NOT NULL
) STRICT;

-- The keyset that seals secrets, itself sealed by the key file.
CREATE TABLE vault (
	id     BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
	keyset BYTES  NOT NULL
) STRICT;

CREATE TABLE application_users (
	id          BIGINT NOT NULL PRIMARY KEY,
	merchant_id BIGINT NOT NULL REFERENCES merchants,
	name        TEXT   NOT NULL,
	sealed_key  BYTES  NOT NULL,
	created_at  BIGINT NOT NULL
) STRICT;

CREATE INDEX application_users_merchant ON application_users (merchant_id, id);

-- The plain fields are core.Customer's. What ends in _key is folded for search
-- and sort; city, country and their keys are the default billing address's, so
-- that a list reads one table.
CREATE TABLE customers (
	id                  BIGINT NOT NULL PRIMARY KEY,
	merchant_id         BIGINT NOT NULL REFERENCES merchants,
	source              TEXT   NOT NULL,
	version             BIGINT NOT NULL,
	created_at          BIGINT NOT NULL,
	updated_at          BIGINT NOT NULL,
	deleted_at          BIGINT NOT NULL,
	reference           TEXT   NOT NULL,
	custom_id           TEXT   NOT NULL,
	name                TEXT   NOT NULL,
	first_name          TEXT   NOT NULL,
	last_name           TEXT   NOT NULL,
	company             TEXT   NOT NULL,
	organisation_number TEXT   NOT NULL,
	email               TEXT   NOT NULL,
	bcc                 TEXT   NOT NULL,
	phone               TEXT   NOT NULL,
	phone_e164          TEXT   NOT NULL,
	language            TEXT   NOT NULL,
	currency            TEXT   NOT NULL,
	date_of_birth       TEXT   NOT NULL,
	ip                  TEXT   NOT NULL,
	description         TEXT   NOT NULL,
	custom_data         TEXT   NOT NULL,
	city                TEXT   NOT NULL,
	country             TEXT   NOT NULL,
	sort_key            FOLDED NOT NULL,
	name_key            FOLDED NOT NULL,
	first_key           FOLDED NOT NULL,
	last_key            FOLDED NOT NULL,
	company_key         FOLDED NOT NULL,
	email_key           FOLDED NOT NULL,
	phone_key           TEXT   NOT NULL, -- digits
	custom_key          FOLDED NOT NULL,
	organisation_key    FOLDED NOT NULL,
	description_key     FOLDED NOT NULL,
	city_key            FOLDED NOT NULL,
	postcode_key        FOLDED NOT NULL,
	search              FOLDED NOT NULL -- what bare words are looked for in
) STRICT;

-- Where staff jump to a customer of any merchant, the value stands first.
CREATE UNIQUE INDEX customers_reference ON customers (reference, merchant_id) WHERE deleted_at = 0 AND reference <> '';
CREATE INDEX customers_living  ON customers (merchant_id, id) WHERE deleted_at = 0;
CREATE INDEX customers_updated ON customers (merchant_id, updated_at, id) WHERE deleted_at = 0;
CREATE INDEX customers_sorted  ON customers (merchant_id, sort_key, id) WHERE deleted_at = 0;
CREATE INDEX customers_deleted ON customers (merchant_id, deleted_at, id) WHERE deleted_at > 0;
CREATE INDEX customers_email   ON customers (email_key, merchant_id, id) WHERE email_key <> '';
CREATE INDEX customers_phone   ON customers (phone_key, merchant_id, id) WHERE phone_key <> '';
CREATE INDEX customers_e164    ON customers (phone_e164, merchant_id, id) WHERE phone_e164 <> '';
CREATE INDEX customers_name    ON customers (merchant_id, name_key, id) WHERE name_key <> '';
CREATE INDEX customers_company ON customers (merchant_id, company_key, id) WHERE company_key <> '';
CREATE INDEX customers_city    ON customers (merchant_id, city_key, id) WHERE city_key <> '';
CREATE INDEX customers_country ON customers (merchant_id, country, id) WHERE country <> '';

-- Words of three letters and more, anywhere in the text, and shorter ones at
-- the start of a word. The rowid is the customer's ID. Only the index is kept.
-- sqlite
CREATE VIRTUAL TABLE customer_search USING fts5 (
	words, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1'
);

-- postgres
CREATE INDEX customers_search ON customers USING gin (search gin_trgm_ops);

CREATE TABLE addresses (
	id               BIGINT NOT NULL PRIMARY KEY,
	merchant_id      BIGINT NOT NULL REFERENCES merchants,
	customer_id      BIGINT NOT NULL REFERENCES customers,
	version          BIGINT NOT NULL,
	type             TEXT   NOT NULL CHECK (type IN ('billing', 'shipping', 'both')),
	is_default       BIGINT NOT NULL CHECK (is_default IN (0, 1)),
	salutation       TEXT   NOT NULL,
	given_name       TEXT   NOT NULL,
	family_name      TEXT   NOT NULL,
	organisation     TEXT   NOT NULL,
	street           TEXT   NOT NULL,
	street2          TEXT   NOT NULL,
	postcode         TEXT   NOT NULL,
	city             TEXT   NOT NULL,
	locality         TEXT   NOT NULL,
	state            TEXT   NOT NULL,
	sorting_code     TEXT   NOT NULL,
	country          TEXT   NOT NULL,
	country_text     TEXT   NOT NULL,
	email            TEXT   NOT NULL,
	phone            TEXT   NOT NULL,
	mobile           TEXT   NOT NULL,
	gender           TEXT   NOT NULL,
	date_of_birth    TEXT   NOT NULL,
	register_number  TEXT   NOT NULL,
	sales_tax_number TEXT   NOT NULL,
	legal_form       TEXT   NOT NULL,
	social_security  TEXT   NOT NULL,
	street_key       FOLDED NOT NULL,
	state_key        FOLDED NOT NULL
) STRICT;

CREATE INDEX addresses_customer ON addresses (customer_id, id);
CREATE UNIQUE INDEX addresses_default ON addresses (customer_id, type) WHERE is_default = 1;

CREATE TABLE metadata (
	merchant_id BIGINT NOT NULL REFERENCES merchants,
	customer_id BIGINT NOT NULL REFERENCES customers,
	name        TEXT   NOT NULL,
	value       TEXT   NOT NULL, -- a JSON scalar
	value_key   FOLDED NOT NULL,
	PRIMARY KEY (customer_id, name)
) STRICT;

CREATE INDEX metadata_value ON metadata (merchant_id, name, value_key, customer_id);

CREATE TABLE notes (
	id          BIGINT NOT NULL PRIMARY KEY,
	merchant_id BIGINT NOT NULL REFERENCES merchants,
	customer_id BIGINT NOT NULL REFERENCES customers,
	version     BIGINT NOT NULL,
	author_kind TEXT   NOT NULL,
	author_id   BIGINT NOT NULL,
	author      TEXT   NOT NULL,
	body        TEXT   NOT NULL,
	body_key    FOLDED NOT NULL,
	pinned      BIGINT NOT NULL CHECK (pinned IN (0, 1)),
	staff_only  BIGINT NOT NULL CHECK (staff_only IN (0, 1)),
	created_at  BIGINT NOT NULL,
	edited_at   BIGINT NOT NULL,
	deleted_at  BIGINT NOT NULL
) STRICT;

CREATE INDEX notes_customer ON notes (customer_id, id);
CREATE INDEX notes_merchant ON notes (merchant_id, customer_id) WHERE deleted_at = 0;

-- The record of acts. Rows are only ever added.
CREATE TABLE events (
	id          BIGINT NOT NULL PRIMARY KEY,
	merchant_id BIGINT NOT NULL, -- 0: of the installation
	at          BIGINT NOT NULL,
	actor_kind  TEXT   NOT NULL,
	actor_id    BIGINT NOT NULL,
	actor       TEXT   NOT NULL,
	origin      TEXT   NOT NULL,
	action      TEXT   NOT NULL,
	object      TEXT   NOT NULL,
	object_id   BIGINT NOT NULL,
	customer_id BIGINT NOT NULL, -- whose timeline it stands in; 0: nobody's
	version     BIGINT NOT NULL, -- of the object after the act
	fields      TEXT   NOT NULL, -- a JSON list of the names of what changed
	batch       BIGINT NOT NULL, -- the import or bulk act it is part of; 0: none
	undoes      BIGINT NOT NULL  -- the event it took back; 0: none
) STRICT;

CREATE INDEX events_merchant ON events (merchant_id, id);
CREATE INDEX events_customer ON events (customer_id, id) WHERE customer_id > 0;
CREATE INDEX events_undoes   ON events (undoes) WHERE undoes > 0;

-- The values before and after, the only place in the record for personal text.
CREATE TABLE event_values (
	event_id    BIGINT NOT NULL PRIMARY KEY REFERENCES events,
	customer_id BIGINT NOT NULL,
	was         TEXT   NOT NULL, -- JSON object: field name to text
	became      TEXT   NOT NULL
) STRICT;

CREATE INDEX event_values_customer ON event_values (customer_id);
