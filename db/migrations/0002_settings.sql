-- The settings of a merchant, and whether it is closed.

ALTER TABLE merchants ADD COLUMN charge_hour BIGINT NOT NULL DEFAULT 9 CHECK (charge_hour BETWEEN 4 AND 23);
ALTER TABLE merchants ADD COLUMN refund_limit BIGINT NOT NULL DEFAULT 0 CHECK (refund_limit >= 0); -- minor units
ALTER TABLE merchants ADD COLUMN retry_days TEXT NOT NULL DEFAULT '1,3,5,7'; -- rising, with commas between
ALTER TABLE merchants ADD COLUMN keep_months BIGINT NOT NULL DEFAULT 13 CHECK (keep_months BETWEEN 0 AND 120); -- of a card, after it expired
ALTER TABLE merchants ADD COLUMN closed_at BIGINT NOT NULL DEFAULT 0;
