-- What was charged and given back, try by try, and the runs that did it.

-- What comes due waits here: until a time (a second period of one day), or for
-- a person (more periods at once than are charged unasked).
ALTER TABLE subscriptions ADD COLUMN not_before BIGINT NOT NULL DEFAULT 0;
ALTER TABLE subscriptions ADD COLUMN parked_at  BIGINT NOT NULL DEFAULT 0;
ALTER TABLE subscriptions ADD COLUMN unparked_at BIGINT NOT NULL DEFAULT 0; -- when a person said to charge them all
CREATE INDEX subscriptions_due    ON subscriptions (next_at, id) WHERE next_at > 0;
CREATE INDEX subscriptions_parked ON subscriptions (merchant_id, id) WHERE parked_at > 0;

-- What becomes of a subscription when all tries to charge a period have failed.
ALTER TABLE merchants ADD COLUMN spent_rule TEXT NOT NULL DEFAULT 'unpaid' CHECK (spent_rule IN ('unpaid', 'cancel', 'past_due'));

-- One for each period of a subscription, or a single one. next_at is when the
-- worker has something to do with it, and so also the lease of the worker that
-- has it now: whoever takes it moves it ahead.
CREATE TABLE charges (
	id              BIGINT NOT NULL PRIMARY KEY,
	merchant_id     BIGINT NOT NULL REFERENCES merchants,
	customer_id     BIGINT NOT NULL REFERENCES customers,
	subscription_id BIGINT REFERENCES subscriptions, -- absent for a single one
	plan_id         BIGINT REFERENCES plans,
	card_id         BIGINT REFERENCES cards, -- tried last, or to be tried
	version         BIGINT NOT NULL,
	source          TEXT   NOT NULL,
	request         TEXT   NOT NULL, -- the request that made a single one; '': none
	status          TEXT   NOT NULL CHECK (status IN
		('due', 'sending', 'checking', 'retrying', 'paid', 'declined', 'outside', 'waived')),
	reason          TEXT   NOT NULL, -- of the last decline
	amount          BIGINT NOT NULL CHECK (amount > 0), -- minor units
	currency        TEXT   NOT NULL,
	refunded        BIGINT NOT NULL CHECK (refunded BETWEEN 0 AND amount), -- given back, or on the way
	description     TEXT   NOT NULL,
	note            TEXT   NOT NULL, -- why it was waived, or how it was paid
	period_from     TEXT   NOT NULL, -- the days, YYYY-MM-DD; the first names the period
	period_to       TEXT   NOT NULL,
	period_start    BIGINT NOT NULL,
	period_end      BIGINT NOT NULL,
	cycle           BIGINT NOT NULL, -- which payment of the subscription
	cycles          BIGINT NOT NULL, -- of how many; 0: for ever
	asked           BIGINT NOT NULL CHECK (asked IN (0, 1)), -- a person wants it tried, whatever the subscription's state
	tries           BIGINT NOT NULL,
	due_at          BIGINT NOT NULL,
	failed_at       BIGINT NOT NULL, -- the first decline
	next_at         BIGINT NOT NULL, -- 0: nothing is to be done
	settled_at      BIGINT NOT NULL,
	created_at      BIGINT NOT NULL,
	updated_at      BIGINT NOT NULL
) STRICT;

CREATE UNIQUE INDEX charges_period  ON charges (subscription_id, period_from) WHERE subscription_id IS NOT NULL;
CREATE UNIQUE INDEX charges_request ON charges (merchant_id, request) WHERE request <> '';
CREATE INDEX charges_next     ON charges (next_at, id) WHERE next_at > 0;
CREATE INDEX charges_merchant ON charges (merchant_id, id);
CREATE INDEX charges_status   ON charges (merchant_id, status, id);
CREATE INDEX charges_customer ON charges (customer_id, id);
CREATE INDEX charges_due      ON charges (merchant_id, due_at, id);
CREATE INDEX charges_amount   ON charges (merchant_id, amount, id);
CREATE INDEX charges_card     ON charges (card_id, id) WHERE card_id IS NOT NULL;

-- Each try, with its key, from before the processor is called. A call that has
-- no outcome is asked for again under the same key.
CREATE TABLE attempts (
	id          BIGINT NOT NULL PRIMARY KEY,
	merchant_id BIGINT NOT NULL REFERENCES merchants,
	charge_id   BIGINT NOT NULL REFERENCES charges,
	number      BIGINT NOT NULL,
	key         FOLDED NOT NULL UNIQUE,
	card_id     BIGINT NOT NULL REFERENCES cards,
	run_id      BIGINT NOT NULL, -- 0: a person's
	state       TEXT   NOT NULL CHECK (state IN ('sending', 'unknown', 'succeeded', 'declined')),
	reason      TEXT   NOT NULL,
	reference   TEXT   NOT NULL, -- the processor's own
	checks      BIGINT NOT NULL, -- how often its outcome was asked for in vain
	created_at  BIGINT NOT NULL,
	settled_at  BIGINT NOT NULL
) STRICT;

CREATE UNIQUE INDEX attempts_charge  ON attempts (charge_id, number);
CREATE UNIQUE INDEX attempts_success ON attempts (charge_id) WHERE state = 'succeeded';
CREATE INDEX attempts_run ON attempts (run_id, id) WHERE run_id > 0;

CREATE TABLE refunds (
	id          BIGINT NOT NULL PRIMARY KEY,
	merchant_id BIGINT NOT NULL REFERENCES merchants,
	charge_id   BIGINT NOT NULL REFERENCES charges,
	customer_id BIGINT NOT NULL REFERENCES customers,
	key         FOLDED NOT NULL UNIQUE,
	request     TEXT   NOT NULL, -- the request that made it; '': none
	state       TEXT   NOT NULL CHECK (state IN ('due', 'sending', 'unknown', 'succeeded', 'declined')),
	reason      TEXT   NOT NULL, -- of a decline
	amount      BIGINT NOT NULL CHECK (amount > 0),
	currency    TEXT   NOT NULL,
	note        TEXT   NOT NULL, -- why it is given back
	actor_kind  TEXT   NOT NULL,
	actor_id    BIGINT NOT NULL,
	actor       TEXT   NOT NULL,
	reference   TEXT   NOT NULL,
	checks      BIGINT NOT NULL,
	next_at     BIGINT NOT NULL, -- as a charge's
	created_at  BIGINT NOT NULL,
	settled_at  BIGINT NOT NULL
) STRICT;

CREATE UNIQUE INDEX refunds_request ON refunds (merchant_id, request) WHERE request <> '';
CREATE INDEX refunds_charge   ON refunds (charge_id, id);
CREATE INDEX refunds_next     ON refunds (next_at, id) WHERE next_at > 0;
CREATE INDEX refunds_merchant ON refunds (merchant_id, id);

-- A run is one time that the worker charged what was due of a merchant. What
-- it came to is added up when it ends.
CREATE TABLE runs (
	id          BIGINT NOT NULL PRIMARY KEY,
	merchant_id BIGINT NOT NULL REFERENCES merchants,
	started_at  BIGINT NOT NULL,
	finished_at BIGINT NOT NULL,
	charged     BIGINT NOT NULL,
	declined    BIGINT NOT NULL,
	unknown     BIGINT NOT NULL,
	skipped     BIGINT NOT NULL,
	faults      BIGINT NOT NULL -- invariants that did not hold
) STRICT;

CREATE INDEX runs_merchant   ON runs (merchant_id, id);
CREATE INDEX runs_faults     ON runs (merchant_id, id) WHERE faults > 0;
CREATE INDEX runs_unknown    ON runs (id) WHERE unknown > 0;
CREATE INDEX runs_unfinished ON runs (id) WHERE finished_at = 0;

-- What a run took up and did not charge, and why; and what was wrong after it.
CREATE TABLE run_notes (
	id          BIGINT NOT NULL PRIMARY KEY,
	run_id      BIGINT NOT NULL REFERENCES runs,
	merchant_id BIGINT NOT NULL REFERENCES merchants,
	kind        TEXT   NOT NULL CHECK (kind IN ('skipped', 'fault')),
	reason      TEXT   NOT NULL,
	object      TEXT   NOT NULL,
	object_id   BIGINT NOT NULL
) STRICT;

CREATE INDEX run_notes_run ON run_notes (run_id, id);

-- Money of a run, by currency.
CREATE TABLE run_sums (
	run_id      BIGINT NOT NULL REFERENCES runs,
	currency    TEXT   NOT NULL,
	charged     BIGINT NOT NULL,
	declined    BIGINT NOT NULL,
	PRIMARY KEY (run_id, currency)
) STRICT;

-- When the worker last looked, by its own clock, and why it stands still.
CREATE TABLE worker_clock (
	id      BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
	seen_at BIGINT NOT NULL,
	halted  TEXT   NOT NULL
) STRICT;

-- What is expected of a merchant's next weeks, worked out when somebody asks.
CREATE TABLE forecasts (
	merchant_id BIGINT NOT NULL PRIMARY KEY REFERENCES merchants,
	asked_at    BIGINT NOT NULL,
	made_at     BIGINT NOT NULL, -- 0: not yet
	forecast    TEXT   NOT NULL  -- JSON
) STRICT;
