-- Customers that became part of another, and those that look alike.

ALTER TABLE customers ADD COLUMN merged_into BIGINT NOT NULL DEFAULT 0; -- whom it is part of now; 0: it is itself

CREATE INDEX customers_merged ON customers (merged_into) WHERE merged_into > 0;
CREATE INDEX customers_merged_reference ON customers (reference, merchant_id) WHERE merged_into > 0;

-- What it takes to bring two customers apart again.
CREATE TABLE merges (
	event_id       BIGINT NOT NULL PRIMARY KEY REFERENCES events, -- in the winner's timeline
	loser_event_id BIGINT NOT NULL UNIQUE REFERENCES events,
	merchant_id    BIGINT NOT NULL REFERENCES merchants,
	winner_id      BIGINT NOT NULL REFERENCES customers,
	loser_id       BIGINT NOT NULL REFERENCES customers,
	winner_version BIGINT NOT NULL, -- after the merge
	loser_version  BIGINT NOT NULL
) STRICT;

CREATE INDEX merges_winner ON merges (winner_id);
CREATE INDEX merges_loser  ON merges (loser_id);

-- What a merge changed in other rows: "notes.customer_id" of note 7 was 12.
CREATE TABLE merged_rows (
	merge_id BIGINT NOT NULL REFERENCES merges,
	changed  TEXT   NOT NULL, -- table and column
	row_id   BIGINT NOT NULL,
	was      BIGINT NOT NULL,
	PRIMARY KEY (merge_id, changed, row_id)
) STRICT;

-- Pairs of living customers that look alike: of those who share an e-mail
-- address, a phone number, or a name and a postcode, each with the next one by
-- ID. A pair that somebody found to be two people stays, dismissed.
CREATE TABLE duplicates (
	merchant_id BIGINT NOT NULL REFERENCES merchants,
	newer_id    BIGINT NOT NULL REFERENCES customers,
	older_id    BIGINT NOT NULL REFERENCES customers,
	dismissed   BIGINT NOT NULL CHECK (dismissed IN (0, 1)),
	PRIMARY KEY (newer_id, older_id)
) STRICT;

CREATE INDEX duplicates_page  ON duplicates (merchant_id, dismissed, newer_id, older_id);
CREATE INDEX duplicates_older ON duplicates (older_id);

CREATE INDEX customers_namesakes ON customers (name_key, postcode_key, merchant_id, id) WHERE name_key <> '' AND postcode_key <> '' AND deleted_at = 0;
