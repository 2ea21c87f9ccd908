-- What a caller is asked for beside the name.
CREATE INDEX customers_born         ON customers (merchant_id, date_of_birth, id) WHERE date_of_birth <> '';
CREATE INDEX customers_postcode     ON customers (merchant_id, postcode_key, id) WHERE postcode_key <> '';
CREATE INDEX customers_organisation ON customers (merchant_id, organisation_key, id) WHERE organisation_key <> '';
