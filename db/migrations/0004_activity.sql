-- The activity is read newest first by who did it and by what was done, of one
-- merchant and of all.
CREATE INDEX events_merchant_actor  ON events (merchant_id, actor_id, id);
CREATE INDEX events_merchant_action ON events (merchant_id, action, id);
CREATE INDEX events_actor  ON events (actor_id, id);
CREATE INDEX events_action ON events (action, id);
