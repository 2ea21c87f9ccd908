-- What an overview adds up beside the days it is about.

-- Subscriptions by state, without those that are held.
CREATE INDEX subscriptions_states ON subscriptions (merchant_id, status) WHERE held = 0;

-- What is owed.
CREATE INDEX charges_owed ON charges (merchant_id, subscription_id, currency, amount) WHERE status IN ('retrying', 'declined');
