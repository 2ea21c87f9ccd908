-- What an overview adds up beside the days it is about.

-- Subscriptions by state, without those that are held.
CREATE INDEX subscriptions_states ON subscriptions (merchant_id, status) WHERE held = 0;

-- What is to be charged, those with the same dates together.
CREATE INDEX subscriptions_ahead
	ON subscriptions (merchant_id, next_at, currency, frequency, anchor, anchor_day, next_number, total_cycles, completed_cycles, amount)
	WHERE next_at > 0 AND held = 0 AND cancel_at_end = 0 AND parked_at = 0;

-- Charges by when they fell due, with what is added up of them in the index.
DROP INDEX charges_due;
CREATE INDEX charges_due ON charges (merchant_id, due_at, status, currency, amount, refunded);

-- What is owed.
CREATE INDEX charges_owed ON charges (merchant_id, subscription_id, currency, amount) WHERE status IN ('retrying', 'declined');
