package main

import "strings"

// These are the statements of the floors. They ask for what Kontor's ask for,
// by the same indexes, and are prepared once. Limits are part of the text: where
// SQLite is given one to bind it prepares the statement anew each time.

const (
	pageSize     = 50
	countTo      = 1000 // "1,000+"
	timelineSize = 20
)

// A query is a statement that reads: its text, what its rows are called where
// they are printed, and what their columns hold, i a number and s a text.
type query struct {
	text, prints, row string
}

var (
	selectMerchant = query{prints: "merchant", row: "iiiiiiisssssssi", text: `
		SELECT id, charge_hour, retention, refund_limit, keep_months, version, created_at, name, country, currency, zone,
			retry_days, pause_rule, spent_rule, closed_at
		FROM merchants
		WHERE id = ?`}
	selectCustomer = query{prints: "customer", row: "iiiiiii" + strings.Repeat("s", 25), text: `
		SELECT id, version, created_at, updated_at, deleted_at, merged_into, erased_at, source, reference, custom_id, name,
			first_name, last_name, company, organisation_number, bcc, phone, language, currency, date_of_birth, ip, description,
			custom_data, city, country, search, email, email_key, phone_e164, phone_key, name_key, postcode_key
		FROM customers
		WHERE id = ? AND merchant_id = ?`}
	selectAddresses = query{prints: "address", row: "iii" + strings.Repeat("s", 23), text: `
		SELECT id, version, is_default, ` + addressTexts + `
		FROM addresses
		WHERE customer_id = ? AND +merchant_id = ?
		ORDER BY id`}
	selectMetadata = query{prints: "metadata", row: "ss", text: `
		SELECT name, value
		FROM metadata
		WHERE customer_id = ? AND +merchant_id = ?
		ORDER BY name`}
	selectNotes = query{prints: "note", row: "iissiiiii", text: `
		SELECT id, version, author, body, editor_id, pinned, staff_only, created_at, edited_at
		FROM notes
		WHERE customer_id = ? AND +merchant_id = ? AND deleted_at = 0 AND staff_only <= ?
		ORDER BY pinned DESC, id DESC`}
	selectEvents = query{prints: "event", row: "iisissssssiiiiss", text: `
		SELECT e.id, e.at, e.actor_kind, e.actor_id, e.actor, e.origin, e.via, e.action, e.object, e.fields, e.object_id,
			e.version, e.batch, e.undoes, COALESCE(v.was, ''), COALESCE(v.became, '')
		FROM events e LEFT JOIN event_values v ON v.event_id = e.id
		WHERE e.customer_id = ? AND e.customer_id > 0 AND +e.merchant_id = ? AND e.id < ? AND e.fields <> ?
		ORDER BY e.id DESC
		LIMIT 21`}
	// addressTexts are the texts of an address.
	addressTexts = `type, salutation, given_name, family_name, organisation, street, street2,
			postcode, city, locality, state, sorting_code, country, country_text, email, phone, mobile, gender,
			date_of_birth, register_number, sales_tax_number, legal_form, social_security`
)

// reads are the statements of the connections that read, but for the lists.
var reads = append([]query{
	selectMerchant, selectCustomer, selectAddresses, selectMetadata, selectNotes, selectEvents,
	selectViews, selectReference, selectMergedReference, selectCards, selectUses, selectChannels, selectSubscriptions,
	selectCharges, selectPaid, selectUndone, selectAlike, selectRecord, selectLastEvent,
	findID, findRef, findMerged, findEmail, findPhone, findE164,
}, allOfMany()...)

const (
	updateCustomer = `
		UPDATE customers
		SET email = ?, email_key = ?, search = ?, version = ?, updated_at = ?
		WHERE id = ? AND merchant_id = ? AND version = ?`
	insertCustomer = `
		INSERT INTO customers (id, merchant_id, source, version, created_at, updated_at, deleted_at, merged_into,
			reference, custom_id, name, first_name, last_name, company, organisation_number, email, bcc,
			phone, phone_e164, language, currency, date_of_birth, ip, description, custom_data,
			city, country, sort_key, name_key, first_key,
			last_key, company_key, email_key, phone_key, custom_key, organisation_key, description_key, city_key, postcode_key, search)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	updateWords   = `UPDATE customer_search SET words = ? WHERE rowid = ?`
	insertWords   = `INSERT INTO customer_search (words, rowid) VALUES (?, ?)`
	insertAddress = `
		INSERT INTO addresses (id, merchant_id, customer_id, street, postcode, city, country, street_key,
			version, type, is_default, salutation, given_name, family_name, organisation, street2, locality, state,
			sorting_code, country_text, email, phone, mobile, gender, date_of_birth, register_number, sales_tax_number,
			legal_form, social_security, state_key)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, 'both', 1, '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '')`
	insertEvent = `
		INSERT INTO events (id, merchant_id, at, actor_kind, actor_id, actor, origin, via, action,
			object, object_id, customer_id, version, fields, batch, undoes)
		VALUES (?, ?, ?, 'user', 1, 'Clara Sommer', '127.0.0.1', ?, ?, 'customer', ?, ?, ?, ?, 0, 0)`
	insertValues = `
		INSERT INTO event_values (event_id, customer_id, was, became)
		VALUES (?, ?, ?, ?)`
)

// sqliteOnly are the statements of the trigram table, which PostgreSQL has as an
// index of customers.
var sqliteOnly = map[string]bool{updateWords: true, insertWords: true}

// writes are the statements of the connection that writes.
var writes = []string{
	updateCustomer, insertCustomer, updateWords, insertWords, insertAddress, insertEvent, insertValues,
}
