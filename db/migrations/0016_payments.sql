-- What payments are looked for by, and what an overview adds up.

-- Charges of which something was given back.
CREATE INDEX charges_refunded ON charges (merchant_id, id) WHERE refunded > 0;

-- An amount is asked for in currencies of one kind, which the index tells.
DROP INDEX charges_amount;
CREATE INDEX charges_amount ON charges (merchant_id, amount, id, currency);

-- What is to be charged, without a look at the rows: SQLite takes a column for
-- known from an index's condition where that has no more than two parts.
DROP INDEX subscriptions_ahead;
CREATE INDEX subscriptions_ahead
	ON subscriptions (merchant_id, next_at, currency, frequency, anchor, anchor_day, next_number, total_cycles, completed_cycles, amount,
		held, cancel_at_end, parked_at)
	WHERE next_at > 0 AND held = 0 AND cancel_at_end = 0 AND parked_at = 0;
