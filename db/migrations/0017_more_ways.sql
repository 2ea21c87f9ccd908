-- The deleted by reference, for lists of what they paid.
CREATE INDEX customers_gone_reference ON customers (reference, merchant_id) WHERE deleted_at > 0 AND reference <> '';

-- Refunds whose outcome a person has to find out.
CREATE INDEX refunds_unknown ON refunds (merchant_id, id) WHERE state = 'unknown';
