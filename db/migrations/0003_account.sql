-- What people set for themselves, and the lists they come back to.

ALTER TABLE users ADD COLUMN theme TEXT NOT NULL DEFAULT '' CHECK (theme IN ('', 'system', 'light', 'dark'));

ALTER TABLE users ADD COLUMN rows_per_page BIGINT NOT NULL DEFAULT 0; -- 0: the usual number

ALTER TABLE sessions ADD COLUMN agent TEXT NOT NULL DEFAULT ''; -- what the browser called itself

ALTER TABLE sessions ADD COLUMN origin TEXT NOT NULL DEFAULT ''; -- the address signed in from

CREATE TABLE saved_views (
	id          BIGINT NOT NULL PRIMARY KEY,
	merchant_id BIGINT NOT NULL REFERENCES merchants,
	user_id     BIGINT NOT NULL REFERENCES users, -- who made it
	team        BIGINT NOT NULL CHECK (team IN (0, 1)),
	name        TEXT   NOT NULL,
	name_key    FOLDED NOT NULL,
	query       TEXT   NOT NULL,
	sort        TEXT   NOT NULL,
	ascending   BIGINT NOT NULL CHECK (ascending IN (0, 1)),
	version     BIGINT NOT NULL,
	created_at  BIGINT NOT NULL,
	deleted_at  BIGINT NOT NULL
) STRICT;

CREATE UNIQUE INDEX saved_views_team ON saved_views (merchant_id, name_key) WHERE team = 1 AND deleted_at = 0;

CREATE UNIQUE INDEX saved_views_own ON saved_views (merchant_id, user_id, name_key) WHERE team = 0 AND deleted_at = 0;
