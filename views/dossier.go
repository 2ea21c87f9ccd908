package views

import (
	"strings"
	"time"

	"kontor/db/core"
)

// DossierView is what is held about a customer. Its form posts nothing to
// [DossierURL] and downloads JSON.
type DossierView struct {
	Chrome Chrome
	ID     int64
	Title  string
	Parts  []core.DossierPart
}

// DossierURL shows what is held about a customer, by GET, and downloads it as
// JSON, by POST.
func DossierURL(m, id int64) string { return CustomerURL(m, id) + "/data" }

// EraseURL asks, by GET, and erases, by POST, with "version" and, in
// "confirm", the customer's e-mail address or title.
func EraseURL(m, id int64) string { return CustomerURL(m, id) + "/erase" }

// dossierParts are what the parts of a dossier are called.
var dossierParts = map[string]string{
	"customer": "The customer", "addresses": "Addresses", "metadata": "Metadata", "merged": "Records that were merged into this one",
	"notes": "Notes", "cards": "Cards", "channels": "Other payment methods", "subscriptions": "Subscriptions", "charges": "Payments",
	"mails": "Mails", "events": "What was done",
}

// dossierFacts are what fields are called that no form has.
var dossierFacts = map[string]string{
	"id": "ID", "created": "Created", "updated": "Updated", "deleted": "Deleted", "erased": "Erased", "edited": "Edited", "removed": "Removed",
	"author": "Author", "text": "Text", "staff_only": "Among staff", "key": "Key", "value": "Value", "brand": "Brand",
	"first_six": "First six digits", "last_four": "Last four digits", "expires": "Expires", "holder": "Holder", "state": "State",
	"amount": "Amount", "plan": "Plan", "started": "Started", "next_run": "Next", "ended": "Ended", "refunded": "Refunded", "note": "Note",
	"settled": "Settled", "kind": "Kind", "to": "To", "sent": "Sent", "details": "Details", "at": "When", "action": "Act", "by": "By",
	"source": "Source", "consent": "Consent", "withdrawn": "Withdrawn", "mandate": "Mandate", "mandate_signed": "Mandate signed",
	"address": "Address", "name": "Name", "type": "Type",
}

// dossierLabel is what a fact is called.
func dossierLabel(name string) string {
	base, was := strings.CutSuffix(name, " was")
	text, known := dossierFacts[base]
	if !known {
		text = label(base)
	}
	if was {
		return text + " before"
	}
	return text
}

// dossierValue is a fact as people read it, its time in the zone of the page.
func dossierValue(part string, f core.Fact, zone *time.Location) string {
	switch {
	case f.Name == "action":
		return what(core.Event{Action: core.Action(f.Value)})
	case f.Name == "kind" && part == "mails":
		return orElse(mailKinds[core.MailKind(f.Value)], f.Value)
	case f.Name == "state" && part == "mails":
		return orElse(mailStates[core.MailState(f.Value)], f.Value)
	case f.Name == "country":
		return orElse(core.CountryName(f.Value), f.Value)
	}
	if t, err := time.Parse(time.RFC3339, f.Value); err == nil {
		return t.In(zone).Format(dayLayout + ", 15:04:05")
	}
	return f.Value
}
