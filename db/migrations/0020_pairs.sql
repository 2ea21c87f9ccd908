-- Pairs of customers that look alike are kept as customers are written. Those
-- who were there before pairs were are paired here, each with the next one by
-- ID, as db/likeness.go says.
INSERT INTO duplicates (merchant_id, newer_id, older_id, dismissed)
SELECT merchant_id, id, older, 0
FROM (
	SELECT merchant_id, id, LAG(id) OVER (PARTITION BY merchant_id, email_key ORDER BY id) AS older
	FROM customers
	WHERE email_key <> '' AND deleted_at = 0
) AS pairs
WHERE older IS NOT NULL
ON CONFLICT (newer_id, older_id) DO NOTHING;

INSERT INTO duplicates (merchant_id, newer_id, older_id, dismissed)
SELECT merchant_id, id, older, 0
FROM (
	SELECT merchant_id, id, LAG(id) OVER (PARTITION BY merchant_id, phone_e164 ORDER BY id) AS older
	FROM customers
	WHERE phone_e164 <> '' AND LENGTH(phone_e164) > 7 AND deleted_at = 0
) AS pairs
WHERE older IS NOT NULL
ON CONFLICT (newer_id, older_id) DO NOTHING;

INSERT INTO duplicates (merchant_id, newer_id, older_id, dismissed)
SELECT merchant_id, id, older, 0
FROM (
	SELECT merchant_id, id, LAG(id) OVER (PARTITION BY merchant_id, phone_key ORDER BY id) AS older
	FROM customers
	WHERE phone_key <> '' AND phone_e164 = '' AND LENGTH(phone_key) >= 7 AND deleted_at = 0
) AS pairs
WHERE older IS NOT NULL
ON CONFLICT (newer_id, older_id) DO NOTHING;

INSERT INTO duplicates (merchant_id, newer_id, older_id, dismissed)
SELECT merchant_id, id, older, 0
FROM (
	SELECT merchant_id, id, LAG(id) OVER (PARTITION BY merchant_id, name_key, postcode_key ORDER BY id) AS older
	FROM customers
	WHERE name_key <> '' AND postcode_key <> '' AND deleted_at = 0
) AS pairs
WHERE older IS NOT NULL
ON CONFLICT (newer_id, older_id) DO NOTHING;
