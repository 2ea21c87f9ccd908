-- What is done in the background: imports, acts on many customers, and taking
-- either back.

CREATE TABLE jobs (
	id          BIGINT NOT NULL PRIMARY KEY, -- the batch that its events name
	merchant_id BIGINT NOT NULL REFERENCES merchants,
	kind        TEXT   NOT NULL CHECK (kind IN ('import', 'bulk', 'undo')),
	state       TEXT   NOT NULL CHECK (state IN ('loading', 'draft', 'checking', 'ready', 'running', 'done', 'stopped', 'failed')),
	actor_kind  TEXT   NOT NULL,
	actor_id    BIGINT NOT NULL,
	actor       TEXT   NOT NULL,
	role        TEXT   NOT NULL,
	origin      TEXT   NOT NULL,
	task        TEXT   NOT NULL, -- JSON: what is to be done
	report      TEXT   NOT NULL, -- JSON: what has become of it, as counts and reasons
	place       BIGINT NOT NULL, -- how far it has got: a row of the file, a customer, an event
	undone_by   BIGINT NOT NULL, -- the job that takes it back; 0: none
	created_at  BIGINT NOT NULL,
	started_at  BIGINT NOT NULL,
	finished_at BIGINT NOT NULL,
	lease       BIGINT NOT NULL, -- names who works at it
	lease_until BIGINT NOT NULL
) STRICT;

CREATE INDEX jobs_due ON jobs (lease_until, id) WHERE state IN ('checking', 'running');
CREATE INDEX jobs_merchant ON jobs (merchant_id, id);
CREATE INDEX jobs_created ON jobs (state, created_at);

-- The file of an import, in pieces, until the import has ended.
CREATE TABLE job_parts (
	job_id BIGINT NOT NULL REFERENCES jobs,
	part   BIGINT NOT NULL,
	data   BYTES  NOT NULL,
	PRIMARY KEY (job_id, part)
) STRICT;

-- The customers that an act on many is to reach, until it has.
CREATE TABLE job_targets (
	job_id      BIGINT NOT NULL REFERENCES jobs,
	customer_id BIGINT NOT NULL,
	PRIMARY KEY (job_id, customer_id)
) STRICT;

-- The rows that an import refused, for a while.
CREATE TABLE job_refusals (
	job_id BIGINT NOT NULL REFERENCES jobs,
	line   BIGINT NOT NULL,
	row    TEXT   NOT NULL, -- JSON, as it stood in the file
	fault  TEXT   NOT NULL, -- JSON
	PRIMARY KEY (job_id, line)
) STRICT;

CREATE INDEX events_batch ON events (batch, id) WHERE batch > 0;
