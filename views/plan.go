package views

import "kontor/db/core"

// PlansView is a merchant's list of plans.
type PlansView struct {
	Chrome   Chrome // Chrome.Find searches the names
	MayWrite bool
	Archived bool   // the tab of the archived
	Words    string // that the names have
	Tabs     []Choice
	Rows     []core.PlanSummary
	Pager    Pager
}

// PlanView is a plan's page.
type PlanView struct {
	Chrome      Chrome
	Plan        core.Plan
	Subscribers int    // living, as far as lists count
	List        string // the subscriptions to it
	MayWrite    bool
	InUse       bool // it was to be deleted, and there are or were subscriptions to it
	Stale       bool // it has changed since the page was opened
}

// PlanFormView adds or changes a plan. Its form posts "version" and the fields
// of [core.Plan.Fields] to Action, and "spread", where the price of a plan with
// subscribers changes.
type PlanFormView struct {
	Chrome      Chrome
	ID          int64 // 0 of a new plan
	Title       string
	Version     int64
	Values      core.Changes // as typed, or as stored
	Spread      core.Spread
	Subscribers int // living ones, who may get the new price
	Faults      core.Invalid
	Stale       bool         // somebody else changed it since the form was opened
	Now         core.Changes // with Stale: what is stored now where it differs from Values
}

func (v PlanFormView) action() string {
	if v.ID == 0 {
		return NewPlanURL(v.Chrome.Merchant.ID)
	}
	return EditPlanURL(v.Chrome.Merchant.ID, v.ID)
}

func (v PlanFormView) cancel() string {
	if v.ID == 0 {
		return PlansURL(v.Chrome.Merchant.ID)
	}
	return PlanURL(v.Chrome.Merchant.ID, v.ID)
}

func (v PlanFormView) heading() string {
	if v.ID == 0 {
		return "New plan"
	}
	return "Edit " + v.Title
}

func (v PlanFormView) field(name, hint string) field {
	f := field{Name: name, Value: v.Values[name], Fault: fault(v.Faults, name), Hint: hint}
	if name == "payments" && f.Value == "0" {
		f.Value = ""
	}
	return f
}

// names are the fields of v.Now in the order of the form.
func (v PlanFormView) names() []string {
	var names []string
	for _, name := range []string{"name", "currency", "amount", "frequency", "payments", "send_receipt"} {
		if _, ok := v.Now[name]; ok {
			names = append(names, name)
		}
	}
	return names
}

// ends says how many payments a plan has.
func ends(payments int) string {
	if payments == 0 {
		return "no end"
	}
	return count(payments, "payment")
}

// subscribers says how many subscribe to a plan.
func subscribers(n int) string {
	if n == 1 {
		return "1 subscription"
	}
	return of(n) + " subscriptions"
}

func planAct(v PlanView, action, label string) Act {
	return Act{Action: action, Label: label, Hidden: []Pair{{"version", itoa(v.Plan.Version)}}}
}
