package core

import (
	"testing"
	"time"
)

// auckland is a merchant whose clocks go ahead of UTC by 13 hours in summer.
var auckland = Merchant{ID: 1, Currency: "JPY", Zone: "Pacific/Auckland", ChargeHour: 9}

// TestOverviewHasDaysOfTheMerchant: days begin at the merchant's midnight, also
// where clocks are put forward in between.
func TestOverviewHasDaysOfTheMerchant(t *testing.T) {
	now := at(t, "2026-10-10T11:30:00Z") // half past midnight of the 11th; clocks were put forward on 27 September
	o := NewOverview(auckland, now)
	if o.Today.String() != "2026-10-11" || o.First.String() != "2026-09-12" || o.Last.String() != "2026-11-09" {
		t.Fatalf("from %s by %s to %s", o.First, o.Today, o.Last)
	}
	if want := at(t, "2026-09-11T12:00:00Z"); !o.Since.Equal(want) { // 12 hours ahead before
		t.Errorf("since %s, want %s", o.Since, want)
	}
	if want := at(t, "2026-11-09T11:00:00Z"); !o.Until.Equal(want) { // 13 hours ahead after
		t.Errorf("until %s, want %s", o.Until, want)
	}
	one := Sum{1, 100}
	for due, state := range map[string]ChargeState{
		"2026-09-11T11:59:59.999Z": ChargePaid, // the day before the first
		"2026-09-11T12:00:00Z":     ChargePaid,
		"2026-10-10T10:59:59.999Z": ChargeDeclined, // yesterday's last millisecond
		"2026-10-10T11:00:00Z":     ChargeRetrying,
		"2026-10-10T11:10:00Z":     ChargeWaived,
	} {
		o.Charged(state, at(t, due), "JPY", one, 0)
	}
	m := o.In("JPY")
	if m.Paid != one || m.Failed != (Sum{2, 200}) {
		t.Errorf("paid %v, failed %v", m.Paid, m.Failed)
	}
	if m.Days[0].Paid != one || m.Days[28].Failed != one || m.Days[29].Failed != one || m.Days[29].Day != o.Today {
		t.Errorf("on the wrong days: %v", m.Days)
	}
}

// TestOverviewKeepsCurrenciesApart, the merchant's own first.
func TestOverviewKeepsCurrenciesApart(t *testing.T) {
	o := NewOverview(auckland, at(t, "2026-11-21T09:00:00Z"))
	for _, code := range []string{"USD", "KWD", "JPY", "EUR", "KWD"} {
		o.Charged(ChargePaid, o.Now, code, Sum{1, 7}, 2)
	}
	var got string
	for _, m := range o.Money {
		got += m.Currency + " "
	}
	if got != "JPY EUR KWD USD " {
		t.Errorf("currencies %s", got)
	}
	if kwd := o.In("KWD"); kwd.Paid != (Sum{2, 14}) || kwd.Refunded != 4 {
		t.Errorf("KWD %v, back %d", kwd.Paid, kwd.Refunded)
	}
}

func TestOverviewExpects(t *testing.T) {
	o := NewOverview(auckland, at(t, "2026-11-20T20:00:01Z")) // a second past nine on the 21st
	next := func(every Frequency, first, next string, n int, c Cycles) Subscription {
		day, _ := ParseLocalDate(first)
		return Subscription{
			State: Active, Amount: Money{1, "JPY"}, Anchor: Anchor{Every: every, First: day}, NextNumber: n, NextRun: at(t, next), Cycles: c,
		}
	}
	for _, tt := range []struct {
		name string
		sub  Subscription
		days []int // from today
	}{
		{"monthly, once", next(EveryMonth, "2026-10-25", "2026-11-24T20:00:00Z", 1, Cycles{}), []int{4}},
		{"monthly, due today and not charged yet", next(EveryMonth, "2026-10-21", "2026-11-20T20:00:00Z", 1, Cycles{}), []int{0}},
		{"monthly from the last day", next(EveryMonth, "2026-10-20", "2026-12-19T20:00:00Z", 2, Cycles{}), []int{29}},
		{"monthly from the day after", next(EveryMonth, "2026-10-21", "2026-12-20T20:00:00Z", 2, Cycles{}), nil},
		{"weekly", next(EveryWeek, "2026-11-23", "2026-11-22T20:00:00Z", 0, Cycles{}), []int{2, 9, 16, 23}},
		{"weekly, two payments left", next(EveryWeek, "2026-11-23", "2026-11-22T20:00:00Z", 0, Cycles{Total: 5, Completed: 3}), []int{2, 9}},
		{"daily, late by two days", next(EveryDay, "2026-11-18", "2026-11-18T20:00:00Z", 1, Cycles{Total: 5, Completed: 1}), []int{0, 0, 0, 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := NewOverview(auckland, o.Now)
			o.Expect(tt.sub, Sum{2, 50})
			want := make([]Sum, 59)
			var all Sum
			for _, d := range tt.days {
				want[29+d] = want[29+d].Plus(Sum{2, 50})
				all = all.Plus(Sum{2, 50})
			}
			m := o.In("JPY")
			if m.Expected != all {
				t.Errorf("expected %v, want %v", m.Expected, all)
			}
			for i, d := range m.Days {
				if d.Expected != want[i] {
					t.Errorf("%s: expected %v, want %v", d.Day, d.Expected, want[i])
				}
			}
		})
	}
	o.Expect(next(EveryDay, "2026-11-22", "2026-11-21T20:00:00Z", 0, Cycles{}), Sum{1, 1})
	if got := o.In("JPY").Expected.Count; got != 29 { // tomorrow up to the last day
		t.Errorf("a daily one is expected %d times", got)
	}
}

// TestExpiriesAgreeWithExpired: what the spans say of a card and a charge is
// what the card itself says.
func TestExpiriesAgreeWithExpired(t *testing.T) {
	for _, now := range []string{"2026-11-21T09:00:00Z", "2026-12-01T11:59:59Z", "2026-12-01T12:00:00Z", "2027-01-31T23:00:00Z", "2026-12-31T12:00:00Z"} {
		o := NewOverview(auckland, at(t, now))
		spans := o.Expiries()
		for hour := o.Now; hour.Before(o.Until); hour = hour.Add(time.Hour) {
			var in []ExpirySpan
			for _, s := range spans {
				if !hour.Before(s.From) && hour.Before(s.Until) {
					in = append(in, s)
				}
			}
			if len(in) != 1 {
				t.Fatalf("at %s: %s is in %d spans of %v", now, hour, len(in), spans)
			}
			for n := -4; n < 4; n++ {
				card := Expiry{o.Now.Year(), o.Now.Month()}.plus(n)
				if got, want := card.Key() <= in[0].Last.Key(), card.Expired(hour); got != want {
					t.Fatalf("at %s: a card good to %s is expired by %s: %v, want %v", now, card, hour, got, want)
				}
			}
		}
	}
}
