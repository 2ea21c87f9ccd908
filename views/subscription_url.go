package views

import "strconv"

// PlansURL is a merchant's list of plans, "view" "archived" the archived.
func PlansURL(m int64) string { return MerchantURL(m) + "/plans" }

// NewPlanURL is the form for a new plan, and what it posts to.
func NewPlanURL(m int64) string { return PlansURL(m) + "/new" }

// PlanURL is a plan's page.
func PlanURL(m, id int64) string { return PlansURL(m) + "/" + strconv.FormatInt(id, 10) }

// EditPlanURL is the plan's form, and what it posts to.
func EditPlanURL(m, id int64) string { return PlanURL(m, id) + "/edit" }

// ArchivePlanURL takes "version", by POST.
func ArchivePlanURL(m, id int64) string { return PlanURL(m, id) + "/archive" }

// UnarchivePlanURL takes "version", by POST.
func UnarchivePlanURL(m, id int64) string { return PlanURL(m, id) + "/unarchive" }

// DeletePlanURL takes "version", by POST.
func DeletePlanURL(m, id int64) string { return PlanURL(m, id) + "/delete" }

// SubscriptionsURL is a merchant's list of subscriptions.
func SubscriptionsURL(m int64) string { return MerchantURL(m) + "/subscriptions" }

// SubscriptionURL is a subscription's page.
func SubscriptionURL(m, id int64) string {
	return SubscriptionsURL(m) + "/" + strconv.FormatInt(id, 10)
}

// NewSubscriptionURL is the form that starts a customer's subscription, and
// what it posts to.
func NewSubscriptionURL(m, customer int64) string {
	return CustomerURL(m, customer) + "/subscriptions/new"
}

// PauseURL shows what a pause does, by GET with "until", and pauses, by POST.
func PauseURL(m, id int64) string { return SubscriptionURL(m, id) + "/pause" }

// ResumeURL takes "version", by POST.
func ResumeURL(m, id int64) string { return SubscriptionURL(m, id) + "/resume" }

// ChangeURL is the form that changes a subscription. It takes what is to
// change by POST, and carries it out where "step" is "save".
func ChangeURL(m, id int64) string { return SubscriptionURL(m, id) + "/change" }

// CancelURL asks when, by GET, and takes "when" and "version", by POST.
func CancelURL(m, id int64) string { return SubscriptionURL(m, id) + "/cancel" }

// KeepURL takes "version", by POST.
func KeepURL(m, id int64) string { return SubscriptionURL(m, id) + "/keep" }

// A SubscriptionsQuery is which subscriptions a list shows, and how. What is
// left zero is not in the address.
type SubscriptionsQuery struct {
	Text   string // the whole query
	Soon   bool   // the next charge first
	Per    int    // rows a page; 0 is the usual number
	After  string
	Before string
	From   int
}

// URL is the address of that list.
func (q SubscriptionsQuery) URL(m int64) string {
	sort := ""
	if q.Soon {
		sort = "next"
	}
	return asked(SubscriptionsURL(m), Pair{"q", q.Text}, Pair{"sort", sort}, Pair{"per", some(q.Per)},
		Pair{"after", q.After}, Pair{"before", q.Before}, Pair{"from", row(q.From)})
}

// A PlansQuery is which plans a list shows. What is left zero is not in the
// address.
type PlansQuery struct {
	Words    string
	Archived bool
	After    string
	Before   string
	From     int
}

// URL is the address of that list.
func (q PlansQuery) URL(m int64) string {
	view := ""
	if q.Archived {
		view = "archived"
	}
	return asked(PlansURL(m), Pair{"q", q.Words}, Pair{"view", view}, Pair{"after", q.After}, Pair{"before", q.Before}, Pair{"from", row(q.From)})
}
