package main

import (
	"bufio"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// paymentLists are the floor's lists of charges: each the conditions of one
// list, or of several whose rows are taken together, newest first.
var paymentLists = map[string]struct {
	from  string
	where []string
	kinds string
}{
	"newest":   {"charges h", []string{`h.merchant_id = ?`}, "i"},
	"older":    {"charges h", []string{`h.merchant_id = ? AND h.id < ?`}, "ii"},
	"declined": {"charges h", []string{`h.merchant_id = ? AND h.status = 'declined'`, `h.merchant_id = ? AND h.status = 'retrying'`}, "i"},
	"amount":   {"charges h", []string{`h.merchant_id = ? AND h.amount = ?`}, "ii"},
	"card":     {"cards k CROSS JOIN charges h ON h.card_id = k.id", []string{`k.merchant_id = ? AND k.last_four = ? AND k.removed_at = 0`}, "is"},
	"day":      {"charges h", []string{`h.merchant_id = ? AND h.due_at >= ? AND h.due_at < ?`}, "iii"},
}

// payments is the list's page with what is shown of each charge, and the
// statement that counts the list.
func payments(name string) (page, count query) {
	l := paymentLists[name]
	var pages, counts []string
	for _, where := range l.where {
		pages = append(pages, fmt.Sprintf(`SELECT * FROM (SELECT h.id FROM %s WHERE %s ORDER BY h.id DESC LIMIT %d)`, l.from, where, pageSize+1))
		counts = append(counts, fmt.Sprintf(`SELECT * FROM (SELECT 1 FROM %s WHERE %s LIMIT %d)`, l.from, where, countTo+1))
	}
	page = query{prints: "charge", row: strings.Repeat("i", 9) + strings.Repeat("s", 16), text: fmt.Sprintf(`
		SELECT h.id, h.customer_id, h.amount, h.refunded, h.tries, h.due_at, h.next_at, h.settled_at, h.period_start,
			h.status, h.reason, h.currency, h.description, h.note, h.period_from, h.period_to, p.name,
			c.name, c.first_name, c.last_name, c.company, c.email, c.reference, k.brand, k.last_four
		FROM (%s ORDER BY 1 DESC LIMIT %d) AS listed
			JOIN charges h ON h.id = listed.id JOIN customers c ON c.id = h.customer_id JOIN plans p ON p.id = h.plan_id JOIN cards k ON k.id = h.card_id
		ORDER BY h.id DESC`, strings.Join(pages, " UNION ALL "), pageSize+1)}
	count = query{prints: "count", row: "i", text: fmt.Sprintf(`SELECT COUNT(*) FROM (%s LIMIT %d)`, strings.Join(counts, " UNION ALL "), countTo+1)}
	return page, count
}

// What of the merchant waits for a person, which the list counts.
var selectWaiting = []query{
	{prints: "charge", row: "i", text: `SELECT id FROM charges WHERE merchant_id = ? AND status = 'checking' AND next_at = 0 LIMIT 100`},
	{prints: "refund", row: "i", text: `SELECT id FROM refunds WHERE merchant_id = ? AND state = 'unknown' AND next_at = 0 LIMIT 100`},
	{prints: "subscription", row: "i", text: `SELECT id FROM subscriptions WHERE merchant_id = ? AND parked_at > 0 LIMIT 100`},
	{prints: "mail", row: "i", text: `SELECT id FROM mails WHERE merchant_id = ? AND state = 'failed' LIMIT 100`},
}

// The sums of an overview, each with its days as milliseconds.
var selectOverview = []query{
	{prints: "charged", row: "issiii", text: `
		SELECT due_at, status, currency, COUNT(*), SUM(amount), SUM(refunded)
		FROM charges
		WHERE merchant_id = ? AND due_at >= ? AND due_at < ?
		GROUP BY due_at, status, currency`},
	{prints: "expected", row: "isssiiiiii", text: `
		SELECT next_at, currency, frequency, anchor, anchor_day, next_number, total_cycles, completed_cycles, COUNT(*), SUM(amount)
		FROM subscriptions
		WHERE merchant_id = ? AND next_at > ? AND next_at < ? AND next_at > 0 AND held = 0 AND cancel_at_end = 0 AND parked_at = 0
		GROUP BY next_at, currency, frequency, anchor, anchor_day, next_number, total_cycles, completed_cycles`},
	{prints: "owed", row: "sii", text: `
		SELECT h.currency, COUNT(*), SUM(h.amount)
		FROM subscriptions s CROSS JOIN charges h
		WHERE s.merchant_id = ? AND s.status = 'past_due' AND s.held = 0
			AND h.merchant_id = s.merchant_id AND h.subscription_id = s.id AND h.status IN ('retrying', 'declined')
		GROUP BY h.currency`},
	{prints: "state", row: "si", text: `SELECT status, COUNT(*) FROM subscriptions WHERE merchant_id = ? AND held = 0 GROUP BY status`},
	{prints: "expiring", row: "i", text: `
		SELECT s.id
		FROM cards k CROSS JOIN subscriptions s ON s.card_id = k.id
		WHERE k.merchant_id = ? AND k.expires <= ? AND k.removed_at = 0
			AND s.card_id IS NOT NULL AND s.next_at > 0 AND s.next_at < ? AND s.held = 0 AND s.cancel_at_end = 0
		ORDER BY s.next_at, s.id
		LIMIT 1001`},
}

// paymentReads are the statements of the pages about payments.
func paymentReads() []query {
	var all []query
	for name := range paymentLists {
		page, count := payments(name)
		all = append(all, page, count)
	}
	return append(append(all, selectWaiting...), selectOverview...)
}

// payments serves GET /payments/NAME: the merchant, a page of the list, its
// count, unless it is known to be long, and what waits for a person.
func (f *floor) payments(w *bufio.Writer, r *http.Request) error {
	ctx, q, name := r.Context(), r.URL.Query(), r.PathValue("name")
	l, ok := paymentLists[name]
	if !ok {
		return fmt.Errorf("no list %q", name)
	}
	args, err := typed(l.kinds, q["a"])
	if err != nil {
		return err
	}
	all := args
	for range l.where[1:] {
		all = append(all, args...)
	}
	page, count := payments(name)
	if _, _, err := f.rows(ctx, w, noLimit, selectMerchant, args[0]); err != nil {
		return err
	}
	n, _, err := f.rows(ctx, w, pageSize, page, all...)
	if err != nil {
		return err
	}
	key := "payments\t" + name + "\t" + fmt.Sprint(args)
	if _, known := f.long.Load(key); n > pageSize && !known {
		counted := 0
		if err := f.each(ctx, count, func(c *record) { c.print(w); counted = int(c.numbers[0]) }, all...); err != nil {
			return err
		}
		if counted > countTo {
			f.long.Store(key, true)
		}
	}
	for _, q := range selectWaiting {
		if _, _, err := f.rows(ctx, w, 0, q, args[0]); err != nil {
			return err
		}
	}
	return nil
}

// overview serves GET /overview: the merchant and every sum, of the last 30
// days and the next.
func (f *floor) overview(w *bufio.Writer, r *http.Request) error {
	ctx := r.Context()
	merchant, err := strconv.ParseInt(r.URL.Query().Get("m"), 10, 64)
	if err != nil {
		return err
	}
	today := time.Now().UTC().Truncate(24 * time.Hour)
	from, until := today.AddDate(0, 0, -29).UnixMilli(), today.AddDate(0, 0, 31).UnixMilli()
	args := [][]any{{merchant, from, until}, {merchant, 0, until}, {merchant}, {merchant}, {merchant, today.Format("2006-01"), until}}
	if _, _, err := f.rows(ctx, w, noLimit, selectMerchant, merchant); err != nil {
		return err
	}
	for i, q := range selectOverview {
		if _, _, err := f.rows(ctx, w, noLimit, q, args[i]...); err != nil {
			return err
		}
	}
	return nil
}
