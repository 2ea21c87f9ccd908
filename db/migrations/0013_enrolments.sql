-- The feed of enrolled customers that programs follow. CDC: people and
-- companies.

-- A merchant's place in its feed. Whoever changes what the feed shows takes the
-- next number under this row's lock and keeps the lock until the commit, so
-- that numbers are seen in their order: none is passed over.
CREATE TABLE feeds (
	merchant_id BIGINT NOT NULL PRIMARY KEY,
	changed     BIGINT NOT NULL, -- the last number given
	changed_at  BIGINT NOT NULL  -- when, later than that of the number before
) STRICT;

CREATE TABLE enrolments (
	customer_id BIGINT NOT NULL PRIMARY KEY REFERENCES customers,
	merchant_id BIGINT NOT NULL REFERENCES merchants,
	kind        TEXT   NOT NULL CHECK (kind IN ('person', 'company')),
	changed     BIGINT NOT NULL, -- of the feed
	changed_at  BIGINT NOT NULL,
	enrolled_at BIGINT NOT NULL,
	scan_at     BIGINT NOT NULL  -- when its channels are to be looked for; 0: they were
) STRICT;

CREATE UNIQUE INDEX enrolments_feed ON enrolments (merchant_id, kind, changed);
CREATE INDEX enrolments_scan ON enrolments (scan_at) WHERE scan_at > 0;
