package demo

import (
	"cmp"
	"context"
	"slices"
	"time"

	"kontor/db/billing"
	"kontor/db/core"
)

// answer is how long the processor took.
const answer = 2 * time.Second

// A bill is a charge as it comes about, try by try.
type bill struct{ core.ChargeRecord }

// bill begins the charge of a period.
func (f *filler) bill(a *account, s core.Subscription, p core.Period) *bill {
	i := slices.IndexFunc(a.m.plans, func(o core.Plan) bool { return o.ID == s.Plan })
	return &bill{core.ChargeRecord{ChargeSummary: core.ChargeSummary{Charge: s.ChargeFor(p, a.m.plans[i])}}}
}

// pay tries the charge at a time, with success.
func (b *bill) pay(card int64, at time.Time) {
	b.Charge = b.Try(card, at)
	b.Charge = b.Succeeded(at.Add(answer))
	b.tried(card, at, core.AttemptSucceeded, "")
}

// fail tries it without.
func (b *bill) fail(card int64, at time.Time, why core.Decline, m core.Merchant) {
	b.Charge = b.Try(card, at)
	b.Charge = b.Declined(why, m, at.Add(answer))
	b.tried(card, at, core.AttemptDeclined, why)
}

func (b *bill) tried(card int64, at time.Time, state core.AttemptState, why core.Decline) {
	b.Attempts = append(b.Attempts, core.Attempt{
		Number: b.Tries, Key: b.Key(b.Tries), Card: card, State: state, Reason: why, CreatedAt: at, SettledAt: at.Add(answer),
	})
}

// refundNotes are why money was given back.
var refundNotes = []string{"Delivered a day late", "Charged by mistake", "Goodwill", "Half of it came back"}

// giveBack gives some of what was paid back, now and then.
func (f *filler) giveBack(b *bill, until time.Time) {
	at := b.SettledAt.Add(time.Duration(5+f.dice.IntN(120)) * time.Hour)
	if !f.dice.chance(0.9) || at.After(until) {
		return
	}
	amount := b.Amount
	if f.dice.chance(60) {
		amount.Minor = max(1, amount.Minor/int64(2+f.dice.IntN(4)))
	}
	b.giveBack(amount.Minor, pick(f.dice, refundNotes), at)
}

// giveBack gives so much of what was paid back.
func (b *bill) giveBack(minor int64, note string, at time.Time) {
	b.Refunded = minor
	b.Refunds = []core.RefundRecord{{
		State: core.AttemptSucceeded, Amount: core.Money{Minor: minor, Currency: b.Amount.Currency}, Note: note, By: "Kontor",
		CreatedAt: at, SettledAt: at.Add(answer),
	}}
}

// keepBills keeps the charges that stay of every subscription, and enters what moved money into the processor's
// ledger.
func (f *filler) keepBills(ctx context.Context) error {
	var bills []*core.ChargeRecord
	for _, a := range f.accounts {
		bills = append(bills, a.bills...)
	}
	slices.SortStableFunc(bills, func(a, b *core.ChargeRecord) int {
		return cmp.Or(a.DueAt.Compare(b.DueAt), cmp.Compare(a.Subscription, b.Subscription))
	})
	if err := f.KeepCharges(ctx, core.System(0), bills); err != nil || f.Ledger == nil {
		return err
	}
	token, err := billing.Token(billing.Approves, f.dice)
	if err != nil {
		return err
	}
	var moves []billing.Move
	for _, b := range bills {
		paid := ""
		for _, a := range b.Attempts {
			moves = append(moves, billing.Move{Key: a.Key, Token: token, Amount: b.Amount, Declined: a.Reason, At: a.SettledAt})
			if a.State == core.AttemptSucceeded {
				paid = a.Key
			}
		}
		for _, r := range b.Refunds {
			moves = append(moves, billing.Move{Key: r.Key, Charge: paid, Token: token, Amount: r.Amount, At: r.SettledAt})
		}
	}
	slices.SortFunc(moves, func(a, b billing.Move) int { return cmp.Compare(a.Key, b.Key) }) // as the ledger has them
	return f.Ledger(ctx, moves)
}
