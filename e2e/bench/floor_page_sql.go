package main

import (
	"fmt"
	"strings"
)

// chargesShown is how many charges a customer's page shows.
const chargesShown = 5

// These are the statements of floors beside those of lists: see floor_sql.go.
var (
	selectViews = query{prints: "view", row: "iiiisssiii", text: `
		SELECT id, version, user_id, team, name, query, sort, ascending, created_at, deleted_at
		FROM saved_views
		WHERE merchant_id = ? AND deleted_at = 0 AND (team = 1 OR user_id = ?)
		ORDER BY team DESC, id`}
	selectReference = query{prints: "found", row: "i", text: `
		SELECT id
		FROM customers
		WHERE merchant_id = ? AND reference = ? AND reference <> '' AND deleted_at = 0
		ORDER BY deleted_at, id DESC
		LIMIT 20`}
	selectMergedReference = query{prints: "found", row: "i", text: `
		SELECT id
		FROM customers
		WHERE merchant_id = ? AND reference = ? AND merged_into > 0
		ORDER BY deleted_at, id DESC
		LIMIT 20`}
	selectCards = query{prints: "card", row: "iiisssssssiiiiii", text: `
		SELECT k.id, k.customer_id, k.version, k.token, k.brand, k.first_six, k.last_four, k.expires, k.holder, k.description,
			k.is_default, k.active, k.created_at, k.updated_at, k.removed_at, m.keep_months
		FROM cards k JOIN merchants m ON m.id = k.merchant_id
		WHERE k.customer_id = ? AND +k.merchant_id = ? AND k.removed_at = 0
		ORDER BY k.is_default DESC, k.id DESC`}
	selectUses = query{prints: "use", row: "iissi", text: `
		SELECT s.id, s.card_id, p.name, s.status, s.next_at
		FROM subscriptions s JOIN plans p ON p.id = s.plan_id
		WHERE s.customer_id = ? AND +s.merchant_id = ? AND s.card_id IS NOT NULL AND s.status IN ` + living + `
		ORDER BY s.id`}
	selectChannels = query{prints: "channel", row: "iiisssssisii", text: `
		SELECT id, customer_id, version, type, name, address, mandate, mandate_signed, consent_at, source, created_at,
			updated_at
		FROM channels
		WHERE customer_id = ? AND +merchant_id = ? AND withdrawn_at = 0
		ORDER BY id DESC`}
	selectSubscriptions = query{prints: "subscription", row: "iiiiississs" + strings.Repeat("i", 17) + "sssii" + strings.Repeat("s", 10) + "ii", text: `
		SELECT s.id, s.customer_id, s.plan_id, COALESCE(s.card_id, 0), s.version, s.source, s.status, s.amount, s.currency,
			s.frequency, s.anchor, s.anchor_day, s.start_at, s.next_number, s.next_at, s.started_at, s.total_cycles,
			s.completed_cycles, s.failed_attempts, s.delinquent_cycles, s.delinquent_since, s.last_run, s.last_success,
			s.cancel_at_end, s.held, s.paused_at, s.resume_at, s.ended_at, s.email, s.bcc, s.description, s.created_at, s.updated_at,
			p.name, c.name, c.first_name, c.last_name, c.company, c.email, c.reference,
			COALESCE(k.brand, ''), COALESCE(k.last_four, ''), COALESCE(k.expires, ''), COALESCE(k.active, 0), COALESCE(k.removed_at, 0)
		FROM subscriptions s JOIN plans p ON p.id = s.plan_id
			JOIN customers c ON c.id = s.customer_id
			LEFT JOIN cards k ON k.id = s.card_id
		WHERE s.customer_id = ? AND +s.merchant_id = ?
		ORDER BY CASE WHEN s.status IN ` + living + ` THEN 0 ELSE 1 END, s.id DESC`}
	selectCharges = query{prints: "charge", row: "iiiiiisssisissss" + strings.Repeat("i", 12) + strings.Repeat("s", 9), text: `
		SELECT h.id, h.customer_id, COALESCE(h.subscription_id, 0), COALESCE(h.plan_id, 0), COALESCE(h.card_id, 0), h.version,
			h.source, h.status, h.reason, h.amount, h.currency, h.refunded, h.description, h.note, h.period_from, h.period_to,
			h.period_start, h.period_end, h.cycle, h.cycles, h.asked, h.tries, h.due_at, h.failed_at, h.next_at, h.settled_at,
			h.created_at, h.updated_at, COALESCE(p.name, ''), c.name, c.first_name, c.last_name, c.company, c.email, c.reference,
			COALESCE(k.brand, ''), COALESCE(k.last_four, '')
		FROM charges h JOIN customers c ON c.id = h.customer_id
			LEFT JOIN plans p ON p.id = h.plan_id
			LEFT JOIN cards k ON k.id = h.card_id
		WHERE h.customer_id = ? AND +h.merchant_id = ?
		ORDER BY h.id DESC
		LIMIT 6`}
	selectPaid = query{prints: "paid", row: "is", text: `
		SELECT SUM(amount - refunded), currency
		FROM charges
		WHERE customer_id = ? AND +merchant_id = ? AND status = 'paid'
		GROUP BY currency
		ORDER BY currency`}
	selectUndone = query{prints: "undone", row: "i", text: `
		SELECT undoes
		FROM events
		WHERE customer_id = ? AND customer_id > 0 AND +merchant_id = ? AND undoes > 0`}
	selectAlike = query{prints: "duplicate", row: "iisssss", text: `
		SELECT f.way, c.id, c.name, c.first_name, c.last_name, c.company, c.email
		FROM (` + alike(0, `email_key = ? AND o.email_key <> ''`) + `
			UNION ALL` + alike(1, `phone_e164 = ? AND o.phone_e164 <> ''`) + `
			UNION ALL` + alike(2, `phone_key = ? AND o.phone_key <> '' AND o.phone_e164 = ''`) + `
			UNION ALL` + alike(3, `name_key = ? AND o.name_key <> '' AND o.postcode_key = ? AND o.postcode_key <> ''`) + `
		) f JOIN customers c ON c.id = f.id
		ORDER BY c.id DESC, f.way`}
	selectRecord = query{prints: "customer", row: recordRow, text: `
		SELECT ` + recordColumns + `
		FROM customers c
		WHERE c.id = COALESCE((SELECT merged_into FROM customers WHERE id = ? AND merged_into > 0), ?)
			AND c.merchant_id = ? AND c.deleted_at = 0`}
	selectLastEvent = query{prints: "last", row: "i", text: `SELECT COALESCE(MAX(id), 0) FROM events WHERE merchant_id = ?`}
)

// living are the states of subscriptions that have not ended.
const living = `('pending', 'active', 'past_due', 'unpaid', 'paused')`

// A customer's row as APIs read it.
var recordRow = "iisiiiii" + strings.Repeat("s", 17)

const recordColumns = `c.id, c.merchant_id, c.source, c.version, c.created_at, c.updated_at, c.deleted_at, c.merged_into,
			c.reference, c.custom_id, c.name, c.first_name, c.last_name, c.company, c.organisation_number, c.email, c.bcc,
			c.phone, c.phone_e164, c.language, c.currency, c.date_of_birth, c.ip, c.description, c.custom_data`

// alike finds who is like a customer in one way.
func alike(way int, as string) string {
	return fmt.Sprintf(`
			SELECT id, %d AS way
			FROM (SELECT o.id FROM customers o WHERE o.deleted_at = 0 AND o.merchant_id = ? AND o.%s AND o.id <> ?
				ORDER BY o.id DESC LIMIT 5) AS alike`, way, as)
}

// These are of so many customers, or cards.
func selectSummaries(n int) query {
	return query{prints: "customer", row: summaryRow, text: `
		SELECT ` + summaryColumns + `
		FROM customers c
		WHERE c.id IN ` + marks(n) + ` AND +c.merchant_id = ?`}
}

func selectDefaultCards(n int) query {
	return query{prints: "default", row: "isss", text: `
		SELECT customer_id, brand, last_four, expires
		FROM cards
		WHERE customer_id IN ` + marks(n) + ` AND is_default = 1 AND removed_at = 0`}
}

func selectStates(n int) query {
	return query{prints: "state", row: "is", text: `
		SELECT DISTINCT customer_id, status
		FROM subscriptions
		WHERE customer_id IN ` + marks(n)}
}

func selectCardNames(n int) query {
	return query{prints: "name", row: "iss", text: `SELECT id, brand, last_four FROM cards WHERE id IN ` + marks(n)}
}

func selectMetadataOf(n int) query {
	return query{prints: "metadata", row: "iss", text: `
		SELECT customer_id, name, value
		FROM metadata
		WHERE customer_id IN ` + marks(n) + `
		ORDER BY customer_id, name`}
}

func selectAddressesOf(n int) query {
	return query{prints: "address", row: "iiii" + strings.Repeat("s", 23), text: `
		SELECT id, customer_id, version, is_default, ` + addressTexts + `
		FROM addresses
		WHERE customer_id IN ` + marks(n) + `
		ORDER BY customer_id, id`}
}

func marks(n int) string { return `(?` + strings.Repeat(`, ?`, n-1) + `)` }

// allOfMany are all of them.
func allOfMany() []query {
	var all []query
	for _, n := range sizes {
		all = append(all, selectSummaries(n), selectDefaultCards(n), selectStates(n), selectCardNames(n), selectMetadataOf(n), selectAddressesOf(n))
	}
	return all
}
