-- Plans, and the subscriptions to them.

CREATE TABLE plans (
	id           BIGINT NOT NULL PRIMARY KEY,
	merchant_id  BIGINT NOT NULL REFERENCES merchants,
	version      BIGINT NOT NULL,
	name         TEXT   NOT NULL,
	name_key     FOLDED NOT NULL,
	amount       BIGINT NOT NULL CHECK (amount > 0), -- minor units
	currency     TEXT   NOT NULL,
	frequency    TEXT   NOT NULL CHECK (frequency IN ('day', 'week', 'month', 'quarter', 'half-year', 'year')),
	payments     BIGINT NOT NULL CHECK (payments >= 0), -- 0: for ever
	send_receipt BIGINT NOT NULL CHECK (send_receipt IN (0, 1)),
	created_at   BIGINT NOT NULL,
	updated_at   BIGINT NOT NULL,
	archived_at  BIGINT NOT NULL
) STRICT;

CREATE UNIQUE INDEX plans_name ON plans (merchant_id, name_key);

-- Every date of a subscription follows from its anchor and the number of the
-- run: none is kept but the next.
CREATE TABLE subscriptions (
	id                BIGINT NOT NULL PRIMARY KEY,
	merchant_id       BIGINT NOT NULL REFERENCES merchants,
	customer_id       BIGINT NOT NULL REFERENCES customers,
	plan_id           BIGINT NOT NULL REFERENCES plans,
	card_id           BIGINT REFERENCES cards, -- absent once it was detached
	version           BIGINT NOT NULL,
	source            TEXT   NOT NULL,
	status            TEXT   NOT NULL CHECK (status IN ('pending', 'active', 'past_due', 'unpaid', 'paused', 'canceled', 'completed')),
	amount            BIGINT NOT NULL CHECK (amount > 0), -- of the next charges, minor units
	currency          TEXT   NOT NULL,
	frequency         TEXT   NOT NULL CHECK (frequency IN ('day', 'week', 'month', 'quarter', 'half-year', 'year')),
	anchor            TEXT   NOT NULL, -- the day of run number 0, YYYY-MM-DD
	anchor_day        BIGINT NOT NULL, -- of the month that dates come back to; 0: the anchor's own
	start_at          BIGINT NOT NULL, -- run number 0 where it was given as an instant, else 0
	next_number       BIGINT NOT NULL, -- of the next run
	next_at           BIGINT NOT NULL, -- when it is; 0: no more are to come, or none while it is paused
	started_at        BIGINT NOT NULL, -- the first period's start
	total_cycles      BIGINT NOT NULL, -- 0: for ever
	completed_cycles  BIGINT NOT NULL,
	failed_attempts   BIGINT NOT NULL, -- in the period at hand
	delinquent_cycles BIGINT NOT NULL,
	delinquent_since  BIGINT NOT NULL,
	last_run          BIGINT NOT NULL,
	last_success      BIGINT NOT NULL,
	cancel_at_end     BIGINT NOT NULL CHECK (cancel_at_end IN (0, 1)),
	held              BIGINT NOT NULL CHECK (held IN (0, 1)), -- its customer is deleted
	paused_at         BIGINT NOT NULL,
	resume_at         BIGINT NOT NULL, -- 0: until somebody resumes it
	ended_at          BIGINT NOT NULL,
	email             TEXT   NOT NULL, -- where receipts go; '': to the customer
	bcc               TEXT   NOT NULL,
	description       TEXT   NOT NULL,
	created_at        BIGINT NOT NULL,
	updated_at        BIGINT NOT NULL
) STRICT;

CREATE INDEX subscriptions_customer ON subscriptions (customer_id, id);
CREATE INDEX subscriptions_merchant ON subscriptions (merchant_id, id);
CREATE INDEX subscriptions_status   ON subscriptions (merchant_id, status, id);
CREATE INDEX subscriptions_next     ON subscriptions (merchant_id, next_at, id) WHERE next_at > 0;
CREATE INDEX subscriptions_plan     ON subscriptions (plan_id, status, id);
CREATE INDEX subscriptions_card     ON subscriptions (card_id, id) WHERE card_id IS NOT NULL;

-- Customers by the state of their subscriptions.
CREATE INDEX subscriptions_customers ON subscriptions (merchant_id, status, customer_id);

-- Who starts the same subscription twice gets the first one.
ALTER TABLE subscriptions ADD COLUMN start_key TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX subscriptions_start ON subscriptions (merchant_id, start_key) WHERE start_key <> '';

-- Those that resume by themselves.
CREATE INDEX subscriptions_resume ON subscriptions (resume_at, id) WHERE resume_at > 0;

-- What a pause does to the dates after it.
ALTER TABLE merchants ADD COLUMN pause_rule TEXT NOT NULL DEFAULT 'shift' CHECK (pause_rule IN ('shift', 'keep_date'));
