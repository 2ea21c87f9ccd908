package views

import (
	"slices"
	"strings"
	"time"

	"kontor/db/core"
)

// OverviewView is where a merchant begins.
type OverviewView struct {
	Chrome   Chrome
	Overview core.Overview
	MayWrite bool
}

// A figure is what an overview says first: amounts, each in a currency by
// itself.
type figure struct {
	Label string
	When  string
	Lines []figureLine
}

// A figureLine is an amount with a way to what it is made of.
type figureLine struct {
	Amount string
	More   string
	URL    string // "" where there is nothing to see
}

// figures are the money of an overview.
func (v OverviewView) figures() []figure {
	back, ahead := "last "+number(core.OverviewDays)+" days", "next "+number(core.OverviewDays)+" days"
	all := []figure{{Label: "Paid", When: back}, {Label: "Declined", When: back}, {Label: "Expected", When: ahead}, {Label: "Past due"}}
	for _, m := range v.Overview.Money {
		as := func(minor int64) string { return money(core.Money{Minor: minor, Currency: m.Currency}) }
		for i, s := range []core.Sum{m.Paid, m.Failed, m.Expected, m.Owed} {
			if s.Count == 0 {
				continue
			}
			line := figureLine{Amount: as(s.Minor), More: count(s.Count, "payment"), URL: v.behind(i, m.Currency)}
			if i == 0 && m.Refunded > 0 {
				line.More += ", " + as(m.Refunded) + " given back"
			}
			all[i].Lines = append(all[i].Lines, line)
		}
	}
	nothing := figureLine{Amount: money(core.Money{Currency: v.Chrome.Merchant.Currency}), More: "none"}
	for i := range all {
		if len(all[i].Lines) == 0 {
			all[i].Lines = []figureLine{nothing}
		}
	}
	return all
}

// behind is the list that the figure of the number is the sum of.
func (v OverviewView) behind(i int, currency string) string {
	m, o := v.Chrome.Merchant.ID, v.Overview
	only := ""
	if len(o.Money) > 1 {
		only = " currency:" + currency
	}
	since := " date:>=" + o.First.String()
	switch i {
	case 0:
		return PaymentsQuery{Text: "status:paid" + since + only}.URL(m)
	case 1:
		return PaymentsQuery{Text: "status:declined" + since + only}.URL(m)
	case 2:
		return SubscriptionsQuery{Text: "next:<=" + o.Last.String() + only, Soon: true}.URL(m)
	}
	return SubscriptionsQuery{Text: "status:past_due" + only}.URL(m)
}

// A stateLine is how many subscriptions are in a state.
type stateLine struct {
	State core.State
	Count int
	URL   string
}

func (v OverviewView) states() (lines []stateLine, most int) {
	for _, s := range v.Overview.States {
		lines = append(lines, stateLine{s.State, s.Count, SubscriptionsQuery{Text: "status:" + string(s.State)}.URL(v.Chrome.Merchant.ID)})
		most = max(most, s.Count)
	}
	return lines, most
}

// expiring is the list of all subscriptions whose card expires before their
// next charge.
func (v OverviewView) expiring() string {
	var any []string
	for i, s := range v.Overview.Expiries() {
		from := ""
		if i > 0 {
			from = "next:>=" + s.From.Format(time.RFC3339) + " "
		}
		any = append(any, "("+from+"next:<"+s.Until.UTC().Format(time.RFC3339)+" cardExpires:<="+s.Last.Key()+")")
	}
	return SubscriptionsQuery{Text: strings.Join(any, " OR "), Soon: true}.URL(v.Chrome.Merchant.ID)
}

// charts are one for each currency.
func (v OverviewView) charts() []chart {
	var all []chart
	for _, m := range v.Overview.Money {
		c := chart{
			ID: "money-" + strings.ToLower(m.Currency), Title: "Day by day in " + m.Currency, Currency: m.Currency, First: "Day",
			Series: []series{{"Paid", "ok"}, {"Declined", "bad"}, {"Expected", "next"}},
			Marks:  []string{localDay(v.Overview.First), "Today", localDay(v.Overview.Last)},
		}
		for _, d := range m.Days {
			c.Columns = append(c.Columns, column{localDay(d.Day), []int64{d.Paid.Minor, d.Failed.Minor, d.Expected.Minor}})
		}
		if slices.ContainsFunc(c.Columns, column.any) {
			all = append(all, c)
		}
	}
	return all
}
