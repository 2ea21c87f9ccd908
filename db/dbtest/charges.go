package dbtest

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"kontor/db/billing"
	"kontor/db/core"
)

// Sandbox returns a processor with a ledger in memory that goes by the house's
// clock and makes nobody wait.
func (h *House) Sandbox(t testing.TB) *billing.Sandbox {
	t.Helper()
	return h.SandboxAt(t, "")
}

// SandboxAt is Sandbox with the ledger in a file.
func (h *House) SandboxAt(t testing.TB, path string) *billing.Sandbox {
	t.Helper()
	s, err := billing.OpenSandbox(context.Background(), path, billing.SandboxOptions{
		Now: h.Clock.Now,
		After: func(time.Duration) <-chan time.Time {
			over := make(chan time.Time, 1)
			over <- time.Time{}
			return over
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// ScriptCard gives a customer of the first merchant a card with the script, as
// CardRow does.
func (h *House) ScriptCard(t testing.TB, c core.Customer, sc billing.Script) core.Card {
	t.Helper()
	card := h.CardRow(t, c, core.Visa, sc.Number()[12:], "2030-01")
	token, err := billing.Token(sc, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	h.exec(t, `UPDATE cards SET token = ? WHERE id = ?`, token, card.ID)
	card.Token = token
	return card
}

// Subscriber adds a customer whose card has the script, with a monthly
// subscription that starts now and costs 49.00 EUR.
func (h *House) Subscriber(t testing.TB, sc billing.Script) core.Subscription {
	t.Helper()
	c := h.Customer(t, "name", "Subscriber", "email", "subscriber@example.com")
	h.ScriptCard(t, c, sc)
	plan, err := h.PlanByName(context.Background(), h.Owner, "Sonne Monthly")
	if err != nil {
		plan = h.Plan(t, "Sonne Monthly", 4900)
	}
	return h.Subscription(t, c, plan)
}

// ChargeRow puts a single charge of a customer into its table as it stands
// there once nothing is to be done about it any more.
func (h *House) ChargeRow(t testing.TB, c core.Customer, state core.ChargeState, amount core.Money, due time.Time) {
	t.Helper()
	id, at := core.NewIDs(1).Next(h.Clock.Now())
	h.exec(t, `
		INSERT INTO charges (id, merchant_id, customer_id, version, source, request, status, reason, amount, currency, refunded, description, note,
			period_from, period_to, period_start, period_end, cycle, cycles, asked, tries, due_at, failed_at, next_at, settled_at, created_at, updated_at)
		VALUES (?, ?, ?, 1, ?, '', ?, '', ?, ?, 0, 'A cake', '', '', '', 0, 0, 0, 0, 0, 1, ?, 0, 0, ?, ?, ?)`,
		id, c.Merchant, c.ID, string(core.FromPage), string(state), amount.Minor, amount.Currency,
		due.UnixMilli(), due.UnixMilli(), at.UnixMilli(), at.UnixMilli())
}
