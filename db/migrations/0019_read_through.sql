-- A merchant of few customers is read through for words, and for who is not of a
-- country. With these beside the IDs that is reading a stretch of an index, where
-- the rows themselves stand all over the table.
-- sqlite
DROP INDEX customers_living;

-- sqlite
CREATE INDEX customers_living ON customers (merchant_id, id, country, search) WHERE deleted_at = 0;
