-- Ways to what lists and the worker ask for that led through all there is.

-- Payment methods are listed by ID, whatever their kind.
DROP INDEX channels_merchant;
CREATE INDEX channels_merchant ON channels (merchant_id, id) WHERE withdrawn_at = 0;

-- Charges name the cards that were removed, too.
DROP INDEX cards_last_four;
CREATE INDEX cards_last_four ON cards (merchant_id, last_four, removed_at, id);

-- Subscriptions that are due and held off: hardly any, and the worker asks for
-- the first each time.
CREATE INDEX subscriptions_held_off ON subscriptions (not_before) WHERE next_at > 0 AND not_before > next_at;

-- Refunds are moved with their customer, and blanked.
CREATE INDEX refunds_customer ON refunds (customer_id, id);

-- Tokens of one customer.
CREATE INDEX tokens_reference ON tokens (merchant_id, customer_reference, id) WHERE customer_reference <> '';

-- The deleted by ID, for acts on many of them.
CREATE INDEX customers_gone ON customers (merchant_id, id) WHERE deleted_at > 0;
