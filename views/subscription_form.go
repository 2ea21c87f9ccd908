package views

import (
	"time"

	"kontor/db/core"
)

// StartView starts a customer's subscription. Its form posts "key", which is
// the same when it is sent twice, "plan", "card", "when" ("now" or "later"),
// "start", "amount", "payments", "email", "bcc" and "description" to
// [NewSubscriptionURL].
type StartView struct {
	Chrome   Chrome
	Customer int64
	Title    string
	Key      string
	Values   core.Changes
	Plans    []core.Plan
	More     bool        // there are more plans than are offered
	Cards    []core.Card // that can be charged
	Spare    int         // cards that cannot
	Faults   core.Invalid
}

// ChangeView changes a subscription. Its form posts "version", "plan", "card",
// "amount", "payments", "email", "bcc", "description" and "step" to
// [ChangeURL]: first to "look" at what would be, then to "save", or to "edit"
// what was typed again.
type ChangeView struct {
	Chrome Chrome
	Sub    core.SubscriptionSummary
	Values core.Changes
	Plans  []core.Plan
	Cards  []core.Card
	Faults core.Invalid
	Stale  bool

	Look *ChangeLook // what would be; nil shows the form
}

// A ChangeLook is what a change would do.
type ChangeLook struct {
	From, To core.Changes
	Amount   core.Money
	Dues     []core.Due
}

// Same reports whether nothing would change.
func (l ChangeLook) Same() bool { return len(l.To) == 0 }

func (l ChangeLook) names() []string {
	var names []string
	for _, name := range changeFields {
		if _, ok := l.To[name]; ok {
			names = append(names, name)
		}
	}
	return names
}

// changeFields are what can change, in the order of the form, with what
// follows from the plan.
var changeFields = []string{"plan", "amount", "frequency", "payments", "card", "email", "bcc", "description"}

// PauseView asks until when to pause, and says what that does. The part
// [PauseEffect], id "effect", is what another date swaps.
type PauseView struct {
	Chrome Chrome
	Sub    core.SubscriptionSummary
	Until  string // as typed
	Faults core.Invalid
	Rule   core.PauseRule
	End    time.Time  // zero: until somebody resumes it
	Dues   []core.Due // the first charges after it
	Skips  []core.Due // charges that fall into it
}

// CancelView asks when to cancel. Its form posts "version" and "when" to
// [CancelURL].
type CancelView struct {
	Chrome Chrome
	Sub    core.SubscriptionSummary
	AtEnd  bool // it can end with the period
	When   core.When
	// Payments are the newest: one of them may wait for another try.
	Payments []core.ChargeSummary
	Faults   core.Invalid
}

// meanwhile says what is charged until the subscription ends with its period.
func (v CancelView) meanwhile() string {
	if text := again(v.Payments, v.Chrome.Merchant); text != "" {
		return words("It is served until then. The last charge failed.", text, "No other comes after it.")
	}
	return "It is served until then and not charged again."
}

// atOnce says what the subscription owes when it ends at once.
func (v CancelView) atOnce() string {
	text := "It ends at once, for good, and is not charged again."
	if again(v.Payments, v.Chrome.Merchant) != "" {
		text = "It ends at once, for good. The charge that failed is not tried again, and no other comes."
	}
	return text + " What was paid is not given back by this."
}

func typed(values core.Changes, bad core.Invalid, name, hint string) field {
	return field{Name: name, Value: values[name], Fault: fault(bad, name), Hint: hint}
}

// dated is a line for a day.
func dated(f field) field {
	f.Type = "date"
	return f
}

// prose is a line of several lines.
func prose(f field) field {
	f.Type, f.Wide = "textarea", true
	return f
}

// planChoices are plans for a form.
func planChoices(plans []core.Plan) []Pair {
	all := []Pair{{"", ""}}
	for _, p := range plans {
		all = append(all, Pair{itoa(p.ID), dotted(p.Name, priced(p.Amount, p.Every), ends(p.Payments))})
	}
	return all
}

// cardChoices are cards for a form.
func cardChoices(cards []core.Card) []Pair {
	all := make([]Pair, len(cards))
	for i, c := range cards {
		text := cardName(c.Brand, c.LastFour) + ", expires " + c.Expiry.String()
		if c.Default {
			text += ", default"
		}
		all[i] = Pair{itoa(c.ID), text}
	}
	return all
}

// spare says why cards are left out.
func spare(n int) string {
	if n == 0 {
		return ""
	}
	return count(n, "expired or removed card") + " left out."
}

// pauseRuleText says what becomes of the dates.
func pauseRuleText(rule core.PauseRule) string {
	if rule == core.KeepDates {
		return "The dates stay as they are; those that fall into the pause are skipped and not charged later."
	}
	return "The dates after it move by as long as it lasts. Nothing is charged for the time of the pause."
}

// dueDays lists the days of charges: "28 Feb 2027, 31 Mar 2027 and 30 Apr 2027".
func dueDays(dues []core.Due, zone *time.Location) string {
	text := ""
	for i, d := range dues {
		switch {
		case i > 0 && i == len(dues)-1:
			text += " and "
		case i > 0:
			text += ", "
		}
		text += day(d.Period.Start, zone)
	}
	return text
}
