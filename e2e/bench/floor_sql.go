package main

import (
	"fmt"
	"strconv"
	"strings"
)

// These are the statements of the floors. They ask for what Kontor's ask for,
// by the same indexes, and are prepared once. Limits are part of the text: where
// SQLite is given one to bind it prepares the statement anew each time.

const (
	pageSize     = 50
	countTo      = 1000 // "1,000+"
	timelineSize = 20
)

// A listing is a list of customers: what it reads first, its conditions, and
// in what order its rows come.
type listing struct {
	from  string
	where string
	order string
	after string // the condition that begins a later page, which the count has not
	whole bool   // all customers, whose number is known to be large
	kinds string // of the values: i is a number, s a text
}

var lists = map[string]listing{
	"newest": {
		from: `customers c`, where: `c.merchant_id = ? AND c.deleted_at = 0`,
		order: `c.id DESC`, kinds: "i", whole: true,
	},
	"older": {
		from: `customers c`, where: `c.merchant_id = ? AND c.deleted_at = 0`, after: ` AND c.id < ?`,
		order: `c.id DESC`, kinds: "ii", whole: true,
	},
	"name": {
		from: `customers c`, where: `c.merchant_id = ? AND c.deleted_at = 0`,
		order: `c.sort_key, c.id`, kinds: "i", whole: true,
	},
	"words": {
		from:  `customer_search f CROSS JOIN customers c ON c.id = f.rowid`,
		where: `f.customer_search MATCH ? AND c.merchant_id = ? AND c.deleted_at = 0`,
		order: `f.rowid DESC`, kinds: "si",
	},
	"oldest": {
		from: `customers c`, where: `c.merchant_id = ? AND c.deleted_at = 0`, after: ` AND c.id > ?`,
		order: `c.id`, kinds: "ii", whole: true,
	},
	"words-oldest": {
		from:  `customer_search f CROSS JOIN customers c ON c.id = f.rowid`,
		where: `f.customer_search MATCH ? AND c.merchant_id = ? AND c.deleted_at = 0`,
		order: `f.rowid`, kinds: "si",
	},
	"words-city": {
		from:  `customer_search f CROSS JOIN customers c ON c.id = f.rowid`,
		where: `f.customer_search MATCH ? AND c.merchant_id = ? AND c.deleted_at = 0 AND c.city_key = ?`,
		order: `f.rowid DESC`, kinds: "sis",
	},
	"city": {
		from: `customers c`, where: `c.merchant_id = ? AND c.deleted_at = 0 AND c.city_key = ? AND c.city_key <> ''`,
		order: `c.id DESC`, kinds: "is",
	},
	"not-country": {
		from: `customers c`, where: `c.merchant_id = ? AND c.deleted_at = 0 AND NOT c.country = ?`,
		order: `c.id DESC`, kinds: "is",
	},
	"metadata": {
		from: `metadata m CROSS JOIN customers c ON c.id = m.customer_id`,
		where: `m.merchant_id = ? AND m.name = ? AND m.value_key = ? AND c.merchant_id = m.merchant_id
			AND c.deleted_at = 0`,
		order: `m.customer_id DESC`, kinds: "iss",
	},
}

// A query is a statement that reads: its text, what its rows are called where
// they are printed, and what their columns hold, i a number and s a text.
type query struct {
	text, prints, row string
}

func (l listing) page() query {
	return query{prints: "customer", row: "issssssssiii", text: fmt.Sprintf(`
		SELECT c.id, c.name, c.first_name, c.last_name, c.company, c.email, c.reference, c.city, c.country,
			c.created_at, c.updated_at, c.deleted_at
		FROM %s
		WHERE %s
		ORDER BY %s
		LIMIT %d`, l.from, l.where+l.after, l.order, pageSize+1)}
}

// records is the page with whole rows, as APIs read them.
func (l listing) records() query {
	return query{prints: "customer", row: recordRow, text: fmt.Sprintf(`
		SELECT %s
		FROM %s
		WHERE %s
		ORDER BY %s
		LIMIT %d`, recordColumns, l.from, l.where+l.after, l.order, pageSize+1)}
}

func (l listing) count() query {
	return query{prints: "count", row: "i", text: fmt.Sprintf(`
		SELECT COUNT(*)
		FROM (SELECT 1 FROM %s WHERE %s LIMIT %d)`, l.from, l.where, countTo+1)}
}

// counted is how many of the values the count takes.
func (l listing) counted() int { return len(l.kinds) - strings.Count(l.after, "?") }

func (l listing) args(texts []string) ([]any, error) {
	if len(texts) != len(l.kinds) {
		return nil, fmt.Errorf("%d values, want %d", len(texts), len(l.kinds))
	}
	args := make([]any, len(texts))
	for i, text := range texts {
		args[i] = text
		if l.kinds[i] == 'i' {
			n, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return nil, err
			}
			args[i] = n
		}
	}
	return args, nil
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
		WHERE customer_id = ? AND merchant_id = ?
		ORDER BY id`}
	selectMetadata = query{prints: "metadata", row: "ss", text: `
		SELECT name, value
		FROM metadata
		WHERE customer_id = ? AND merchant_id = ?
		ORDER BY name`}
	selectNotes = query{prints: "note", row: "iissiiiii", text: `
		SELECT id, version, author, body, editor_id, pinned, staff_only, created_at, edited_at
		FROM notes
		WHERE customer_id = ? AND merchant_id = ? AND deleted_at = 0 AND staff_only <= ?
		ORDER BY pinned DESC, id DESC`}
	selectEvents = query{prints: "event", row: "iisissssssiiiiss", text: `
		SELECT e.id, e.at, e.actor_kind, e.actor_id, e.actor, e.origin, e.via, e.action, e.object, e.fields, e.object_id,
			e.version, e.batch, e.undoes, COALESCE(v.was, ''), COALESCE(v.became, '')
		FROM events e LEFT JOIN event_values v ON v.event_id = e.id
		WHERE e.customer_id = ? AND e.customer_id > 0 AND e.merchant_id = ? AND e.id < ? AND e.fields <> ?
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
}, ofMany()...)

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

// writes are the statements of the connection that writes.
var writes = []string{
	updateCustomer, insertCustomer, updateWords, insertWords, insertAddress, insertEvent, insertValues,
}

// fieldEnd and the marks around a merchant's number are as Kontor writes them
// among the words that are searched.
const fieldEnd = "\x1f"

func mark(merchant int64) string { return fmt.Sprintf("\ue000%d\ue001", merchant) }

func marked(merchant int64, search string) string {
	return mark(merchant) + strings.ReplaceAll(search, " ", "  ")
}

func joined(texts ...string) string {
	var b strings.Builder
	for _, text := range texts {
		if text != "" {
			b.WriteString(" " + text + fieldEnd)
		}
	}
	return b.String()
}

// match is the trigram table's expression for words of a merchant's customers.
func match(merchant int64, words ...string) string {
	m := `"` + mark(merchant) + `"`
	for _, word := range words {
		m += ` AND "` + strings.ReplaceAll(word, " ", "  ") + `"`
	}
	return m
}
