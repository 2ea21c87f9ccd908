-- Who changed a note's text last; 0: nobody has.
ALTER TABLE notes ADD COLUMN editor_id BIGINT NOT NULL DEFAULT 0;

-- Tokens that programs made by themselves, and what they changed of those that
-- cards are: then the row has the card's ID, and its version is added to the
-- card's.
CREATE TABLE tokens (
	id                 BIGINT NOT NULL PRIMARY KEY,
	merchant_id        BIGINT NOT NULL REFERENCES merchants,
	card_id            BIGINT REFERENCES cards, -- absent of one that is no card's
	version            BIGINT NOT NULL,
	external_id        TEXT   NOT NULL, -- '' of a card's
	reference          TEXT   NOT NULL,
	customer_reference TEXT   NOT NULL,
	email              TEXT   NOT NULL,
	email_key          FOLDED NOT NULL,
	one_click          BIGINT NOT NULL CHECK (one_click IN (0, 1)),
	language           TEXT   NOT NULL,
	zone               TEXT   NOT NULL,
	state              TEXT   NOT NULL CHECK (state IN ('create', 'active', 'inactive')),
	created_at         BIGINT NOT NULL,
	deleted_at         BIGINT NOT NULL,
	CHECK (card_id IS NULL OR card_id = id)
) STRICT;

CREATE UNIQUE INDEX tokens_external ON tokens (merchant_id, external_id) WHERE deleted_at = 0 AND external_id <> '';
CREATE INDEX tokens_merchant ON tokens (merchant_id, id) WHERE card_id IS NULL AND deleted_at = 0;
