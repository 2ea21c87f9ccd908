package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"kontor/db/core"
)

// An offer is a plan that a merchant has.
type offer struct {
	name     string
	amount   int64 // minor units
	every    core.Frequency
	payments int
}

// offers are the merchants' plans, by their number.
var offers = map[int64][]offer{
	1: {
		{"Sonne Monthly", 4900, core.EveryMonth, 0},
		{"Frühstück für zwei", 3450, core.EveryMonth, 12},
		{"Büro-Korb", 18900, core.EveryMonth, 0},
		{"Jahresbrot", 39900, core.EveryYear, 0},
		{"Stollen in Raten", 990, core.EveryMonth, 3},
		{"Brot der Woche", 1290, core.EveryWeek, 0},
	},
	2: {
		{"Trail Club", 1999, core.EveryMonth, 0},
		{"Boot Care", 3500, core.EveryQuarter, 0},
		{"Kit in Ten", 4250, core.EveryMonth, 10},
		{"Harbour Annual", 17900, core.EveryYear, 0},
	},
	3: {{"Ručak radnim danom", 12900, core.EveryMonth, 0}, {"Kafa za deset", 2500, core.EveryWeek, 10}},
	4: {{"Lentilles du mois", 2990, core.EveryMonth, 0}, {"Assurance monture", 4800, core.EveryHalfYear, 0}, {"Monture en quatre fois", 8900, core.EveryMonth, 4}},
	5: {{"Book of the Month", 2499, core.EveryMonth, 0}, {"Reader’s Year", 24900, core.EveryYear, 0}},
	6: {{"Tea of the Season", 4800, core.EveryQuarter, 0}, {"Sencha Monthly", 1980, core.EveryMonth, 0}},
	7: {{"Kajakk hele året", 49900, core.EveryMonth, 0}},
}

// offer adds the merchant's plans.
func (f *filler) offer(ctx context.Context, m *merchant) error {
	for _, o := range offers[m.ID] {
		p, err := f.CreatePlan(ctx, m.actors[0], core.Plan{
			Name: o.name, Amount: core.Money{Minor: o.amount, Currency: m.Currency}, Every: o.every, Payments: o.payments, SendReceipt: f.dice.chance(70),
		})
		if err != nil {
			return err
		}
		m.plans = append(m.plans, p)
	}
	return nil
}

// An account is a subscription with what becomes of it.
type account struct {
	m    *merchant
	id   int64
	luck float64 // of a hundred: the less, the worse it pays in the end

	bills []*bill   // that are kept, oldest first
	since time.Time // how far back they are kept, whatever their number
	story bool      // that of Edward Johnson
}

// newest is how many charges every subscription keeps.
const newest = 2

// account opens the account of a subscription that begins. Some keep all their
// charges, some those of a year, and most the newest: the size of a demo is
// that of its charges, and few are ever looked at.
func (f *filler) account(m *merchant, s core.Subscription) *account {
	a := &account{m: m, id: s.ID, luck: f.dice.Float64() * 100, since: f.now.AddDate(0, 0, -31)}
	switch part := f.dice.Float64() * 100; {
	case part < 6:
		a.since = f.now.Add(-span)
	case part < 18:
		a.since = f.now.AddDate(-1, 0, 0)
	}
	f.accounts = append(f.accounts, a)
	return a
}

// add adds a charge, and lets go of those that do not stay.
func (a *account) add(b *bill) {
	a.bills = append(a.bills, b)
	first := 0
	for first < len(a.bills)-newest && a.bills[first].DueAt.Before(a.since) {
		first++
	}
	a.bills = slices.Delete(a.bills, 0, first)
}

// subscribe plans that a new customer subscribes, mostly soon.
func (f *filler) subscribe(k file) {
	d := f.dice
	if len(k.m.plans) == 0 || !d.chance(62) {
		return
	}
	for more := true; more; more = d.chance(9) {
		f.on(f.workday(k.m, core.IDTime(k.id), 6), func(ctx context.Context) error { return f.start(ctx, k) })
	}
}

// start starts a subscription of a customer who is still there, with a card.
func (f *filler) start(ctx context.Context, k file) error {
	d := f.dice
	by := f.somebody(k.m)
	n := core.NewSubscription{Customer: k.id, Plan: pickFirst(d, k.m.plans).ID, Source: core.FromDemo}
	if d.chance(20) {
		n.StartDay = core.LocalDateOf(f.clock(), k.m.Location()).AddDays(2 + d.IntN(40))
	}
	if d.chance(8) {
		n.Description = pick(d, descriptions)
	}
	if err := f.card(ctx, by, k); err != nil {
		return err
	}
	s, err := f.StartSubscription(ctx, by, n)
	var bad core.Invalid
	if errors.As(err, &bad) { // the card has expired
		return nil
	}
	if err != nil {
		return gone(err)
	}
	f.goOn(f.account(k.m, s), f.clock())
	return nil
}

// goOn plans what is done to a subscription: little, mostly.
func (f *filler) goOn(a *account, from time.Time) {
	d := f.dice
	later := func(mean float64, act func(context.Context, core.Actor) error) {
		f.on(f.workday(a.m, from, mean), func(ctx context.Context) error {
			if err := f.run(ctx, a, f.clock()); err != nil {
				return err
			}
			err := act(ctx, f.somebody(a.m))
			var no core.ForbiddenMove
			if errors.As(err, &no) { // it has ended, or was there before
				return nil
			}
			return gone(err)
		})
	}
	switch what := d.Float64() * 100; {
	case what < 7: // paused for some weeks
		days := 14 + d.IntN(60)
		later(120, func(ctx context.Context, by core.Actor) error {
			_, err := f.PauseSubscription(ctx, by, a.id, 0, f.clock().AddDate(0, 0, days))
			return err
		})
	case what < 10: // paused until resumed, which is not always
		later(150, func(ctx context.Context, by core.Actor) error {
			_, err := f.PauseSubscription(ctx, by, a.id, 0, time.Time{})
			return err
		})
		if d.chance(50) {
			later(240, func(ctx context.Context, by core.Actor) error {
				_, err := f.ResumeSubscription(ctx, by, a.id, 0)
				return err
			})
		}
	case what < 19:
		later(200, func(ctx context.Context, by core.Actor) error {
			_, err := f.CancelSubscription(ctx, by, a.id, 0, core.AtPeriodEnd)
			return err
		})
	case what < 25:
		later(200, func(ctx context.Context, by core.Actor) error {
			_, err := f.CancelSubscription(ctx, by, a.id, 0, core.AtOnce)
			return err
		})
	case what < 30:
		later(160, func(ctx context.Context, by core.Actor) error {
			text := pick(f.dice, descriptions)
			_, err := f.ChangeSubscription(ctx, by, a.id, 0, core.SubscriptionChange{Description: &text})
			return err
		})
	}
}

// run lets the runs of a subscription come up to a time.
func (f *filler) run(ctx context.Context, a *account, until time.Time) error {
	return f.RunSubscription(ctx, core.System(a.m.ID), a.id, func(s core.Subscription, m core.Merchant) core.Subscription {
		for {
			switch {
			case s.State == core.Paused && !s.ResumeAt.IsZero() && !s.ResumeAt.After(until):
				s, _ = s.Resume(m, s.ResumeAt) // which a paused one can
			case !s.Due(until):
				return s
			case s.CancelAtEnd:
				s, _ = s.Cancel(s.NextRun, core.AtOnce) // which one that runs can
			default:
				s = f.charge(a, s, m, until)
			}
		}
	})
}

// charge takes the run that is due. The last before the end is where bad luck
// shows: some are behind then, some given up.
func (f *filler) charge(a *account, s core.Subscription, m core.Merchant, until time.Time) core.Subscription {
	s, p := s.Begin(m, s.NextRun)
	b := f.bill(a, s, p)
	a.add(b)
	last := s.NextRun.After(f.now)
	retries := s.Schedule(m).Retries(p, p.Start, m.RetryDayList())
	switch {
	case last && a.luck < 3.5:
		b.fail(s.Card, p.Start, core.InsufficientFunds, m)
		s = s.Declined(p.Start)
		for _, at := range retries {
			if !at.After(until) {
				b.fail(s.Card, at, core.InsufficientFunds, m)
				s = s.Declined(p.Start)
			}
		}
		if b.NextAt.IsZero() {
			s = s.Spent(b.SettledAt, core.SpentUnpaid)
		}
		return s
	case last && a.luck < 5:
		b.fail(s.Card, p.Start, core.StolenCard, m)
		b.Charge = b.GiveUp(p.Start.Add(answer))
		return s.Declined(p.Start).Spent(s.LastRun, core.SpentUnpaid)
	case a.story && b.Cycle != 2:
		b.pay(s.Card, p.Start)
		if b.Cycle == 1 {
			b.giveBack(1000, refundNotes[0], b.SettledAt.Add(3*day))
		}
		return s.Paid(m, b.SettledAt)
	case (a.story || f.dice.chance(4)) && len(retries) > 0 && !retries[0].After(until):
		b.fail(s.Card, p.Start, core.InsufficientFunds, m)
		b.pay(s.Card, retries[0])
		s = s.Declined(p.Start)
	default:
		b.pay(s.Card, p.Start)
	}
	if !a.story {
		f.giveBack(b, until)
	}
	return s.Paid(m, b.SettledAt)
}

// settle brings all subscriptions to the end.
func (f *filler) settle(ctx context.Context) error {
	for _, a := range f.accounts {
		if err := f.run(ctx, a, f.now.Add(-quiet)); err != nil {
			return fmt.Errorf("run subscription %d: %w", a.id, err)
		}
	}
	return f.keepBills(ctx)
}

// clock is the time that the acts at hand are done at.
func (f *filler) clock() time.Time { return f.History.Now() }
