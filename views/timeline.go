package views

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"kontor/db/core"
)

// A fact is a line of a customer's details.
type fact struct {
	label, value string
	code         bool
}

// facts are a customer's details: those people look for always, the others
// where there is something to say.
func facts(c core.Customer) []fact {
	all := []fact{
		{"Reference", c.Reference, true},
		{"Company", c.Company, false},
		{"Phone", phone(c), false},
	}
	some := func(name, value string, code bool) {
		if value != "" {
			all = append(all, fact{label(name), value, code})
		}
	}
	some("organisation_number", c.OrganisationNumber, true)
	some("custom_id", c.CustomID, true)
	if c.Language != "" {
		some("language", languageName(c.Language), false)
	}
	some("currency", c.Currency, false)
	some("date_of_birth", born(c.DateOfBirth), false)
	some("bcc", c.BCC, false)
	some("ip", c.IP, true)
	some("description", c.Description, false)
	some("custom_data", c.CustomData, false)
	return all
}

// phone is the number as it is usually written, or as it was given where it is
// not understood.
func phone(c core.Customer) string {
	if c.PhoneE164 == "" {
		return c.Phone
	}
	return orElse(core.FormatPhone(c.PhoneE164), c.Phone)
}

// born writes a day that has no zone.
func born(date string) string {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return t.Format(dayLayout)
}

// mailto escapes an address for a link.
func mailto(email string) string { return strings.ReplaceAll(url.PathEscape(email), "%40", "@") }

// An enveloped is an address as the customer's page shows it.
type enveloped struct {
	title string
	lines []string
	more  []string // what does not belong on an envelope
}

// envelopes are a customer's addresses, billing first, shipping next.
func envelopes(c core.Customer) []enveloped {
	billing, bills := c.Billing()
	shipping, ships := c.Shipping()
	var all []enveloped
	add := func(title string, a core.Address) {
		all = append(all, enveloped{title, envelope(a), besides(a)})
	}
	if bills {
		add("Billing", billing)
	}
	switch {
	case bills && ships && billing.ID == shipping.ID:
		all[0].title = "Billing and shipping"
	case ships:
		add("Shipping", shipping)
	}
	for _, a := range c.Addresses {
		if (bills && a.ID == billing.ID) || (ships && a.ID == shipping.ID) {
			continue
		}
		add("Also: "+lower(addressTypes[a.Type]), a)
	}
	return all
}

// besides is what an address says that does not belong on an envelope.
func besides(a core.Address) []string {
	var all []string
	if stateless(a.Country) && a.State != "" && a.State != a.City {
		all = append(all, a.State)
	}
	for _, name := range []string{
		"email", "phone", "mobile", "gender", "date_of_birth", "legal_form",
		"register_number", "sales_tax_number", "social_security",
	} {
		if v := a.Text(name); v != "" {
			all = append(all, label(name)+": "+shown(name, v))
		}
	}
	return all
}

// deletion says when a customer was deleted, and by whom.
func deletion(v CustomerView) string {
	text := ago(v.Customer.DeletedAt, v.Chrome.Now, v.Chrome.location())
	if v.Customer.DeletedAt.Before(v.Chrome.Now.AddDate(0, 0, -7)) {
		text = "on " + text
	}
	if v.DeletedBy != "" {
		text += " by " + v.DeletedBy
	}
	return text
}

func restore(v CustomerView) Act {
	a := Act{Action: RestoreCustomerURL(v.Chrome.Merchant.ID, v.Customer.ID), Label: "Restore"}
	if v.RestoreTaken != 0 {
		a.Label = "Restore without the reference"
		a.Hidden = []Pair{{"give_up_reference", "true"}}
	}
	return a
}

func undo(m, customer, event int64) Act {
	return Act{Action: UndoURL(m, customer, event), Label: "Undo"}
}

// email is a duplicate's address, unless it is called by it.
func email(d Duplicate) string {
	if d.Email == d.Title {
		return ""
	}
	return d.Email
}

// same says in which fields a duplicate agrees.
func same(fields []string) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = lower(label(f))
		if f == "name" {
			names[i] = "name and postcode"
		}
	}
	return "same " + strings.Join(names, ", ")
}

// kept names what stays with a deleted record.
func kept(v DeleteView) string {
	var parts []string
	if v.Addresses > 0 {
		parts = append(parts, count(v.Addresses, "address"))
	}
	if v.Notes > 0 {
		parts = append(parts, count(v.Notes, "note"))
	}
	if v.Cards > 0 {
		parts = append(parts, count(v.Cards, "card"))
	}
	return strings.Join(parts, ", ") + " and the activity"
}

// An eventDay is a day of the timeline.
type eventDay struct {
	title  string
	events []EventLine
}

// eventDays groups events, newest first, by the zone's calendar days.
func eventDays(events []EventLine, now time.Time, zone *time.Location) []eventDay {
	var all []eventDay
	for i, e := range events {
		if i == 0 || days(e.At, events[i-1].At, zone) != 0 {
			all = append(all, eventDay{title: heading(e.At, now, zone)})
		}
		last := &all[len(all)-1]
		last.events = append(last.events, e)
	}
	return all
}

// A change is a field of an event before and after.
type change struct {
	label, from, to string
	alone           string // what is said of a field whose values are not there
}

// changed lists what an event changed, in the order of the form, its times in
// the zone of the page.
func changed(c core.Customer, e core.Event, zone *time.Location) []change {
	switch e.Action {
	case core.CustomerCreated, core.NoteCreated:
		return nil
	case core.UserSignedIn, core.UserRefused, core.UserCreated, core.LinkCreated, core.MailResent,
		core.ViewCreated, core.ViewDeleted, core.ViewRestored: // see how
		return nil
	case core.UserRenamed, core.MerchantClosed, core.MerchantReopened: // the act says it all
		return nil
	}
	names := e.Fields
	if len(e.To) > 0 {
		names = e.To.Names()
	}
	names = slices.Clone(names)
	slices.SortStableFunc(names, func(a, b string) int { return formOrder(a) - formOrder(b) })
	var all []change
	for _, name := range names {
		from, was := e.From[name]
		to, is := e.To[name]
		if name == "staff_only" {
			continue
		}
		ch := change{label: labelFor(c, name), from: shownIn(zone, name, from), to: shownIn(zone, name, to)}
		switch {
		case was || is:
		case slices.Contains(valueless, e.Object):
			ch.alone = "changed"
		default:
			ch.alone = "erased"
		}
		all = append(all, ch)
	}
	return all
}

// shownIn is a value of an event as people read it, a moment in the zone.
func shownIn(zone *time.Location, name, value string) string {
	if at, err := time.Parse(time.RFC3339, value); err == nil && slices.Contains(moments, name) {
		return at.In(zone).Format(dayLayout + ", " + clockLayout)
	}
	return shown(name, value)
}

// moments are the fields of events that are moments.
var moments = []string{"next", "until", "consent"}

// valueless are the objects of whose changes the names alone are ever kept.
var valueless = []core.ObjectKind{core.CardObject, core.ViewObject, core.UserObject, core.MerchantObject}

// formOrder is where the form has a field.
func formOrder(name string) int {
	if i := slices.Index(core.PlainFields(), name); i >= 0 {
		return i
	}
	base := name[strings.LastIndexByte(name, '.')+1:]
	if i := slices.Index(core.AddressFields(), base); i >= 0 && strings.HasPrefix(name, "address.") {
		return 100 + i
	}
	return 200
}
