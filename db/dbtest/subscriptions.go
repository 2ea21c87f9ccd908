package dbtest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"strconv"
	"testing"

	"kontor/db/core"
)

// exec runs a statement with ? for every value, on a connection of its own.
func (h *House) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	d := h.Raw(t)
	defer d.Close()
	if _, err := d.Exec(d.Rebind(query), args...); err != nil {
		t.Fatal(err)
	}
}

// CardRow puts a card of the first merchant's customer into its table as it
// stands there once a processor has given a token for it. It becomes the
// customer's default where it is the first. expires is as "2030-01".
func (h *House) CardRow(t testing.TB, c core.Customer, brand core.Brand, lastFour, expires string) core.Card {
	t.Helper()
	id, at := core.NewIDs(0).Next(h.Clock.Now())
	var raw [32]byte
	_, _ = rand.Read(raw[1:]) // the sandbox approves cards whose token begins with 0
	first := h.Count(t, "SELECT COUNT(*) FROM cards WHERE customer_id = "+itoa(c.ID)) == 0
	isDefault := 0
	if first {
		isDefault = 1
	}
	h.exec(t, `
		INSERT INTO cards (id, merchant_id, customer_id, version, token, brand, first_six, last_four, expires, holder, description,
			fingerprint, is_default, active, request, addition, created_at, updated_at, removed_at)
		VALUES (?, ?, ?, 1, ?, ?, '411111', ?, ?, '', '', ?, ?, 1, '', '', ?, ?, 0)`,
		id, c.Merchant, c.ID, hex.EncodeToString(raw[:]), string(brand), lastFour, expires, raw[:], isDefault, at.UnixMilli(), at.UnixMilli())
	expiry, _ := core.ParseExpiry(expires)
	return core.Card{ID: id, Merchant: c.Merchant, Customer: c.ID, Brand: brand, LastFour: lastFour, Expiry: expiry, Default: first, Active: true}
}

// Plan adds a monthly plan of the first merchant, amount in cents.
func (h *House) Plan(t testing.TB, name string, amount int64) core.Plan {
	t.Helper()
	p, err := h.CreatePlan(context.Background(), h.Owner, core.Plan{
		Name: name, Amount: core.Money{Minor: amount, Currency: "EUR"}, Every: core.EveryMonth,
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Subscription starts a subscription of the customer to the plan now, with the
// default card; a customer without any gets one.
func (h *House) Subscription(t testing.TB, c core.Customer, p core.Plan) core.Subscription {
	t.Helper()
	if h.Count(t, "SELECT COUNT(*) FROM cards WHERE customer_id = "+itoa(c.ID)) == 0 {
		h.CardRow(t, c, core.Visa, "4242", "2030-01")
	}
	s, err := h.StartSubscription(context.Background(), h.Owner, core.NewSubscription{Customer: c.ID, Plan: p.ID, Source: core.FromPage})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Run writes a subscription's row as the run that comes next leaves it, paid.
func (h *House) Run(t testing.TB, s core.Subscription) core.Subscription {
	t.Helper()
	h.Clock.AdvanceTo(s.NextRun)
	s, _ = s.Begin(h.First, h.Clock.Now())
	s = s.Paid(h.First, s.LastRun)
	next := int64(0)
	if !s.NextRun.IsZero() {
		next = s.NextRun.UnixMilli()
	}
	h.exec(t, `
		UPDATE subscriptions
		SET status = ?, next_number = ?, next_at = ?, last_run = ?, last_success = ?, completed_cycles = ?
		WHERE id = ?`, string(s.State), s.NextNumber, next, s.LastRun.UnixMilli(), s.LastSuccess.UnixMilli(), s.Cycles.Completed, s.ID)
	return s
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
