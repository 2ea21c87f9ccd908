package views

import (
	"fmt"
	"strings"
	"time"

	"kontor/db/core"
)

// SubscriptionsView is a merchant's list of subscriptions.
type SubscriptionsView struct {
	Chrome  Chrome
	Query   string
	Tabs    []Choice
	Pills   []Pill
	Clear   string // the list without any term; shown while there are pills
	Mistake *Mistake
	Orders  []Choice
	Rows    []core.SubscriptionSummary
	Pager   Pager
}

// SubscriptionView is a subscription's page.
type SubscriptionView struct {
	Chrome   Chrome
	Sub      core.SubscriptionSummary
	Plan     core.Plan
	Dues     []core.Due
	Overdue  int // periods of a parked one that have come due
	MayWrite bool

	Payments    []core.ChargeSummary // the newest
	PaymentsAll string               // the list of all; "" when these are all

	Resumed core.Subscription // as it would be, resumed now; of one that can be
	Events  []EventLine
	Stale   bool   // it has changed since the page was opened
	Refused string // why an act was not done
}

// may reports whether the subscription can go to the state.
func (v SubscriptionView) may(to core.State) bool { return v.MayWrite && v.Sub.State.May(to) }

// unparking is what the act posts that has a parked subscription go on.
func (v SubscriptionView) unparking(how core.Unparking) []Pair {
	return []Pair{{"how", string(how)}, {"page", "subscription"}}
}

// version is what every act posts.
func (v SubscriptionView) version() []Pair { return []Pair{{"version", itoa(v.Sub.Version)}} }

// again says when the charge that failed last is tried again, or "".
func (v SubscriptionView) again() string { return again(v.Payments, v.Chrome.Merchant) }

func again(payments []core.ChargeSummary, m core.Merchant) string {
	for _, c := range payments {
		if c.State == core.ChargeRetrying || c.WaitsForCard() {
			return nextStep(c.Charge, m)
		}
	}
	return ""
}

// sentence says when a subscription is charged next, and how much to what, or
// why it is not; of one with a charge that failed it says again first.
func sentence(s core.SubscriptionSummary, dues []core.Due, again string, zone *time.Location) string {
	next := ""
	if len(dues) > 0 {
		next = "Next charge " + listed(day(dues[0].Period.Start, zone), money(s.Amount), card(s))
	}
	switch {
	case s.Held:
		return "Nothing is charged while the customer is deleted."
	case s.State == core.Canceled:
		return "Canceled on " + day(s.EndedAt, zone) + ". Nothing more is charged."
	case s.State == core.Completed:
		return "Completed on " + day(s.EndedAt, zone) + ": " + allMade(s.Cycles.Total)
	case s.Parked():
		return "Nothing is charged until somebody says how to go on."
	case s.State == core.Unpaid:
		return "Every try to charge it failed. Nothing is charged until somebody resumes it."
	case s.State == core.Paused && s.ResumeAt.IsZero():
		return "Paused. Nothing is charged until somebody resumes it."
	case s.State == core.Paused:
		return "Paused until " + day(s.ResumeAt, zone) + ". " + next
	case s.CancelAtEnd && again != "":
		return words("Ends "+day(s.NextRun, zone)+".", "The last charge failed.", again, "No other comes after it.")
	case s.CancelAtEnd:
		return "Ends " + day(s.NextRun, zone) + ". Nothing more is charged."
	case s.State == core.PastDue, again != "":
		return words("The last charge failed.", again, next)
	}
	return next
}

// allMade says that the payments of a fixed term are made.
func allMade(total int) string {
	if total == 1 {
		return "its one payment is made."
	}
	return "all " + count(total, "payment") + " are made."
}

// briefly is the sentence in few words, for lists.
func briefly(s core.SubscriptionSummary, zone *time.Location) string {
	switch {
	case s.Held:
		return "held"
	case !s.EndedAt.IsZero():
		return "ended " + day(s.EndedAt, zone)
	case s.State == core.Paused && !s.ResumeAt.IsZero():
		return "until " + day(s.ResumeAt, zone)
	case s.NextRun.IsZero():
		return ""
	case s.CancelAtEnd:
		return "ends " + day(s.NextRun, zone)
	}
	return "next " + day(s.NextRun, zone)
}

// card names the card of a subscription.
func card(s core.SubscriptionSummary) string {
	if s.LastFour == "" {
		return "no card"
	}
	return cardName(s.Brand, s.LastFour)
}

// trouble says what is wrong with the card of a subscription that is to be
// charged, or "".
func trouble(s core.SubscriptionSummary, dues []core.Due, now time.Time) string {
	switch {
	case !s.Living():
		return ""
	case s.LastFour == "":
		return "No card is left to charge."
	case !s.CardUsable:
		return card(s) + " was removed or switched off."
	case len(dues) > 0 && s.Expiry.Expired(now):
		return card(s) + " expired " + s.Expiry.String() + "."
	case len(dues) > 0 && s.Expiry.Expired(dues[0].Period.Start):
		return card(s) + " expires " + s.Expiry.String() + ", before the next charge."
	}
	return ""
}

// progress says how many payments are made.
func progress(c core.Cycles) string {
	if c.Endless() {
		if c.Completed == 0 {
			return "no payment yet"
		}
		return count(c.Completed, "payment") + " made"
	}
	return number(c.Completed) + " of " + number(c.Total)
}

// left says how many payments are to come.
func left(c core.Cycles) string {
	if c.Endless() {
		return progress(c) + ", no end set"
	}
	return fmt.Sprintf("%s of %s made, %s left", number(c.Completed), count(c.Total, "payment"), number(c.Left()))
}

// made says how many payments are made, and of one that goes on how many are to
// come.
func made(s core.Subscription) string {
	switch c := s.Cycles; {
	case !s.State.Final():
		return left(c)
	case c.Endless():
		return progress(c)
	default:
		return number(c.Completed) + " of " + count(c.Total, "payment") + " made"
	}
}

// started is what the day is called on which a subscription starts: it may
// lie ahead, or be one on which it did not.
func started(s core.Subscription) string {
	switch {
	case s.State == core.Pending:
		return "Starts"
	case s.BeganAt().IsZero():
		return "Was to start"
	}
	return "Started"
}

// whyAmount says where the amount comes from.
func whyAmount(s core.SubscriptionSummary, p core.Plan) string {
	if s.Amount == p.Amount {
		return money(s.Amount) + " is the price of " + p.Name + "."
	}
	return money(s.Amount) + " was set for this subscription. The price of " + p.Name + " is " + money(p.Amount) + " now."
}

// whyDates says where the dates come from.
func whyDates(s core.SubscriptionSummary, m core.Merchant) string {
	a := s.Anchor
	if s.State == core.Paused && !s.ResumeAt.IsZero() { // as the dates will be then
		resumed, _ := s.Resume(m, s.ResumeAt)
		a = resumed.Anchor
	}
	on := ""
	switch a.Every {
	case core.EveryDay:
	case core.EveryWeek:
		on = " on " + weekday(a.First)
	case core.EveryYear:
		on = fmt.Sprintf(" on %d %s", a.DayOfMonth(), a.First.Month)
	default:
		on = " on the " + ordinal(a.DayOfMonth())
	}
	text := frequencies[a.Every] + on + ", at " + fmt.Sprintf("%d:00", m.ChargeHour) + " in " + m.Zone + ", counted from " + localDay(a.First) + "."
	return strings.ToUpper(text[:1]) + text[1:]
}

// whyDate says why a charge falls on its date, where the rule alone does not.
func whyDate(d core.Due) string {
	var why []string
	switch {
	case d.Given:
		why = append(why, "the start, as it was given")
	case d.Clamped:
		why = append(why, fmt.Sprintf("%s has no %s: its last day is taken", d.Period.From.Month, ordinal(d.AnchorDay)))
	case d.AnchorDay > 0:
		why = append(why, "the "+ordinal(d.AnchorDay))
	default:
		why = append(why, weekday(d.Period.From))
	}
	if d.Moved {
		why = append(why, fmt.Sprintf("clocks show no %d:00 that day", d.Hour))
	}
	return strings.Join(why, ", ")
}

// clamped marks a date that is not the anchor's day: "31 → 28".
func clamped(d core.Due) string {
	if !d.Clamped {
		return ""
	}
	return fmt.Sprintf("%d → %d", d.AnchorDay, d.Period.From.Day)
}

func weekday(d core.LocalDate) string {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Weekday().String()
}

// localDay writes a day of the merchant's calendar.
func localDay(d core.LocalDate) string {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Format(dayLayout)
}

// ordinal writes "1st", "2nd", "3rd", "31st".
func ordinal(n int) string {
	suffix := "th"
	switch {
	case n%100 >= 11 && n%100 <= 13:
	case n%10 == 1:
		suffix = "st"
	case n%10 == 2:
		suffix = "nd"
	case n%10 == 3:
		suffix = "rd"
	}
	return fmt.Sprint(n) + suffix
}

// subscriptionsTitle is the list's, with what it is searched for.
func subscriptionsTitle(v SubscriptionsView) string {
	if v.Query == "" {
		return "Subscriptions"
	}
	return short(v.Query, 60) + " · Subscriptions"
}

// rowDue is the date in a list's column of the next charge, or what is said in
// its place.
func rowDue(s core.SubscriptionSummary, zone *time.Location) string {
	if s.State.Final() || s.CancelAtEnd || s.NextRun.IsZero() {
		return briefly(s, zone)
	}
	return day(s.NextRun, zone)
}

// Refusal says why a subscription does not do what was asked, and what it can.
func Refusal(no core.ForbiddenMove) string {
	is := lower(states[no.From])
	if no.From.Final() {
		return "This subscription is " + is + ". Nothing leads out of that; start another."
	}
	var can []string
	for _, s := range no.Allowed {
		can = append(can, lower(states[s]))
	}
	last := len(can) - 1
	if last > 0 {
		can = append(can[:last-1], can[last-1]+" or "+can[last])
	}
	return "It is " + is + ". From there it can become " + strings.Join(can, ", ") + " only."
}

// SubscriptionStats are what a customer's page says of subscriptions first: the
// next charge, and how many there are by state.
func SubscriptionStats(all []core.SubscriptionSummary, c Chrome) []Stat {
	next := Stat{Label: "Next charge", Value: "—"}
	var soonest time.Time
	counts := map[core.State]int{}
	for _, s := range all {
		counts[s.State]++
		if dues := s.Upcoming(c.Merchant, 1); len(dues) > 0 && (soonest.IsZero() || dues[0].Period.Start.Before(soonest)) {
			soonest = dues[0].Period.Start
			next.Value, next.More = money(s.Amount), "on "+day(soonest, c.location())
		}
	}
	have := Stat{Label: "Subscriptions", Value: "none"}
	for _, s := range []core.State{core.PastDue, core.Active, core.Unpaid, core.Paused, core.Pending} {
		switch n := counts[s]; {
		case n == 0:
		case have.Value == "none":
			have.Value = number(n) + " " + lower(states[s])
		default:
			have.More = listed(have.More, number(n)+" "+lower(states[s]))
		}
	}
	if have.Value == "none" && len(all) > 0 {
		have.More = number(len(all)) + " ended"
	}
	return []Stat{next, have}
}
