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

// A bill is a charge as it comes about, try by try. A large demo keeps hundreds of
// thousands to the end, so that it has no more than the record is made of.
type bill struct {
	core.Charge
	tries  []try
	refund *refund // nil when nothing was given back
}

// A try of a bill.
type try struct {
	card int64
	at   time.Time
	why  core.Decline // "" when it succeeded
}

// A refund of a bill, of what was given back of it.
type refund struct {
	note string
	at   time.Time
}

// bill begins the charge of a period.
func (f *filler) bill(a *account, s core.Subscription, p core.Period) *bill {
	i := slices.IndexFunc(a.m.plans, func(o core.Plan) bool { return o.ID == s.Plan })
	return &bill{Charge: s.ChargeFor(p, a.m.plans[i])}
}

// pay tries the charge at a time, with success.
func (b *bill) pay(card int64, at time.Time) {
	b.Charge = b.Try(card, at)
	b.Charge = b.Succeeded(at.Add(answer))
	b.tries = append(b.tries, try{card, at, ""})
}

// fail tries it without.
func (b *bill) fail(card int64, at time.Time, why core.Decline, m core.Merchant) {
	b.Charge = b.Try(card, at)
	b.Charge = b.Declined(why, m, at.Add(answer))
	b.tries = append(b.tries, try{card, at, why})
}

// record is the bill as it is kept.
func (b *bill) record() *core.ChargeRecord {
	r := &core.ChargeRecord{ChargeSummary: core.ChargeSummary{Charge: b.Charge}}
	for i, t := range b.tries {
		a := core.Attempt{
			Number: i + 1, Key: b.Key(i + 1), Card: t.card, State: core.AttemptSucceeded, Reason: t.why, CreatedAt: t.at, SettledAt: t.at.Add(answer),
		}
		if t.why != "" {
			a.State = core.AttemptDeclined
		}
		r.Attempts = append(r.Attempts, a)
	}
	if b.refund != nil {
		r.Refunds = []core.RefundRecord{{
			State: core.AttemptSucceeded, Amount: core.Money{Minor: b.Refunded, Currency: b.Amount.Currency}, Note: b.refund.note, By: "Kontor",
			CreatedAt: b.refund.at, SettledAt: b.refund.at.Add(answer),
		}}
	}
	return r
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
	b.Refunded, b.refund = minor, &refund{note, at}
}

// keepBills keeps the charges that stay of every subscription, and enters what moved money into the processor's
// ledger.
func (f *filler) keepBills(ctx context.Context) error {
	var bills []*bill
	for _, a := range f.accounts {
		bills = append(bills, a.bills...)
	}
	f.accounts = nil
	slices.SortStableFunc(bills, func(a, b *bill) int {
		return cmp.Or(a.DueAt.Compare(b.DueAt), cmp.Compare(a.Subscription, b.Subscription))
	})
	token, err := billing.Token(billing.Approves, f.dice)
	if err != nil {
		return err
	}
	var moves []billing.Move
	err = f.KeepCharges(ctx, core.System(0), func(yield func(*core.ChargeRecord) bool) {
		for i, b := range bills {
			bills[i] = nil // or all would be there until the last is kept
			r := b.record()
			if !yield(r) {
				return
			}
			if f.Ledger != nil {
				moves = append(moves, movesOf(r, token)...)
			}
		}
	})
	if err != nil || f.Ledger == nil {
		return err
	}
	slices.SortFunc(moves, func(a, b billing.Move) int { return cmp.Compare(a.Key, b.Key) }) // as the ledger has them
	return f.Ledger(ctx, moves)
}

// movesOf are the movements of money that a charge has come to.
func movesOf(c *core.ChargeRecord, token string) []billing.Move {
	var moves []billing.Move
	paid := ""
	for _, a := range c.Attempts {
		moves = append(moves, billing.Move{Key: a.Key, Token: token, Amount: c.Amount, Declined: a.Reason, At: a.SettledAt})
		if a.State == core.AttemptSucceeded {
			paid = a.Key
		}
	}
	for _, r := range c.Refunds {
		moves = append(moves, billing.Move{Key: r.Key, Charge: paid, Token: token, Amount: r.Amount, At: r.SettledAt})
	}
	return moves
}
