package core

import (
	"slices"
	"strings"
	"time"
)

// OverviewDays is how many days an overview looks back, and how many ahead.
// Today is the last of the one and the first of the other.
const OverviewDays = 30

// An Overview is how a merchant's money and subscriptions stand, day by day on
// the merchant's calendar. Currencies are never added up.
type Overview struct {
	Merchant Merchant
	Today    LocalDate
	First    LocalDate // the first day looked back to
	Last     LocalDate // the last day looked ahead to
	Since    time.Time // when First begins
	Now      time.Time
	Until    time.Time // when the day after Last begins

	Money  []MoneyOverview // the merchant's own currency first
	States []StateCount    // in the order of a subscription's life, without those that no subscription is in

	Expiring      []SubscriptionSummary // the first whose card expires before their next charge
	ExpiringCount int                   // of all, counted as far as lists count
	Began         bool                  // there is, or ever was, a charge or a subscription
}

// A MoneyOverview is an overview's money in one currency.
type MoneyOverview struct {
	Currency string
	Days     []DaySums // every day from First to Last
	Paid     Sum
	Failed   Sum   // declined, and not paid since
	Expected Sum   // of subscriptions, from now on
	Owed     Sum   // declined charges of subscriptions that are past due, however old
	Refunded int64 // minor units given back of what was paid
}

// DaySums are one day's money in one currency. What was charged counts on the
// day that it fell due.
type DaySums struct {
	Day                    LocalDate
	Paid, Failed, Expected Sum
}

// A Sum is how many there are, and what they come to in minor units.
type Sum struct {
	Count int
	Minor int64
}

// Plus returns the sum of two sums in the same currency.
func (s Sum) Plus(o Sum) Sum { return Sum{s.Count + o.Count, s.Minor + o.Minor} }

// A StateCount is how many subscriptions are in a state.
type StateCount struct {
	State State
	Count int
}

// NewOverview returns an overview at the instant with nothing in it.
func NewOverview(m Merchant, now time.Time) Overview {
	today := LocalDateOf(now, m.Location())
	o := Overview{Merchant: m, Today: today, First: today.AddDays(1 - OverviewDays), Last: today.AddDays(OverviewDays - 1), Now: now}
	o.Since, o.Until = o.First.At(0, m.Location()), o.Last.AddDays(1).At(0, m.Location())
	return o
}

// In returns the overview's money in a currency, which from then on is part of
// it. What it returned before for another currency is not to be used any more.
func (o *Overview) In(currency string) *MoneyOverview {
	at, found := slices.BinarySearchFunc(o.Money, currency, func(m MoneyOverview, code string) int { return o.order(m.Currency, code) })
	if !found {
		days := make([]DaySums, o.First.DaysUntil(o.Last)+1)
		for i := range days {
			days[i].Day = o.First.AddDays(i)
		}
		o.Money = slices.Insert(o.Money, at, MoneyOverview{Currency: currency, Days: days})
	}
	return &o.Money[at]
}

// order has the merchant's own currency first.
func (o *Overview) order(a, b string) int {
	switch own := o.Merchant.Currency; {
	case a == b:
		return 0
	case a == own:
		return -1
	case b == own:
		return 1
	}
	return strings.Compare(a, b)
}

// day returns the sums of the day that an instant is on, nil outside of the
// overview.
func (o *Overview) day(m *MoneyOverview, at time.Time) *DaySums {
	n := o.First.DaysUntil(LocalDateOf(at, o.Merchant.Location()))
	if n < 0 || n >= len(m.Days) {
		return nil
	}
	return &m.Days[n]
}

// Charged adds charges that fell due at the instant and are in the state, of
// which so much was given back. Those that are neither paid nor declined yet,
// or were paid in another way or waived, are no money of the overview.
func (o *Overview) Charged(state ChargeState, due time.Time, currency string, sum Sum, refunded int64) {
	m := o.In(currency)
	day := o.day(m, due)
	if day == nil {
		return
	}
	switch state {
	case ChargePaid:
		m.Paid, day.Paid = m.Paid.Plus(sum), day.Paid.Plus(sum)
		m.Refunded += refunded
	case ChargeDeclined, ChargeRetrying:
		m.Failed, day.Failed = m.Failed.Plus(sum), day.Failed.Plus(sum)
	}
}

// Expect adds what subscriptions are charged until the overview ends. They
// share the dates and the payments left of s, and the sum is one period's. What
// should have been charged before is expected today.
func (o *Overview) Expect(s Subscription, sum Sum) {
	m := o.In(s.Amount.Currency)
	for _, due := range s.Upcoming(o.Merchant, s.Anchor.Every.within(OverviewDays)+MaxCatchUp) {
		at := due.Period.Start
		if !at.Before(o.Until) {
			return
		}
		if at.Before(o.Now) {
			at = o.Now
		}
		if day := o.day(m, at); day != nil {
			m.Expected, day.Expected = m.Expected.Plus(sum), day.Expected.Plus(sum)
		}
	}
}

// within returns how many runs there can be in so many days.
func (f Frequency) within(days int) int {
	months, step := f.step()
	if months > 0 {
		step = months * shortestMonth
	}
	return days/step + 1
}

const shortestMonth = 28 // days

// An ExpirySpan is a stretch of time throughout which the same cards are
// expired: those whose last month is Last or before.
type ExpirySpan struct {
	From, Until time.Time
	Last        Expiry
}

// Expiries parts the time to look ahead wherever cards expire, so that a charge
// in one of the parts meets an expired card if, and only if, it is good up to
// that part's Last and no longer. The first begins before everything.
func (o Overview) Expiries() []ExpirySpan {
	var spans []ExpirySpan
	from := time.Time{}
	month := Expiry{o.Now.Year(), o.Now.Month()}
	for last := month.plus(-2); ; last = last.plus(1) { // the month before may not be over everywhere yet
		end := last.plus(1).End()
		if !end.After(o.Now) {
			continue
		}
		if !end.Before(o.Until) {
			return append(spans, ExpirySpan{from, o.Until, last})
		}
		spans = append(spans, ExpirySpan{from, end, last})
		from = end
	}
}

// plus returns the month so many months later.
func (e Expiry) plus(months int) Expiry {
	at := time.Date(e.Year, e.Month+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	return Expiry{at.Year(), at.Month()}
}
