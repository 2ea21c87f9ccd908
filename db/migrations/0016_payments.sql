-- Charges of which something was given back.
CREATE INDEX charges_refunded ON charges (merchant_id, id) WHERE refunded > 0;
