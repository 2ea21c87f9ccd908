package views

import (
	"net/url"
	"strconv"

	"github.com/a-h/templ"
)

// Every address of ours is made here. Path segments are numbers, and whatever
// a person typed goes into the query, escaped.

// The addresses that are the same for everybody.
const (
	HomeURL        = "/"
	LoginPath      = "/login"
	LogoutURL      = "/logout"
	ThemeURL       = "/theme"
	AccountURL     = "/account"
	NameURL        = AccountURL + "/name"        // takes "name", by POST
	PasswordURL    = AccountURL + "/password"    // takes "present" and "password", by POST
	PreferencesURL = AccountURL + "/preferences" // takes "theme" and "rows", by POST
	EndOthersURL   = AccountURL + "/sessions/end"
	MerchantsURL   = "/merchants"
	NewMerchantURL = "/merchants/new"
	StaffURL       = "/staff"
	FindURL        = "/find" // exact jumps across merchants, for staff
)

// asked is an address with what is asked for there, in order. What is empty is
// not in it.
func asked(address string, asking ...Pair) string {
	b, mark := []byte(address), byte('?')
	for _, p := range asking {
		if p.Value == "" {
			continue
		}
		b = append(append(append(append(b, mark), p.Name...), '='), url.QueryEscape(p.Value)...)
		mark = '&'
	}
	return string(b)
}

// some writes a number for [asked], or nothing for none.
func some[N int | int64](n N) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(int64(n), 10)
}

// row writes the number of a page's first row for [asked], or nothing where the
// list begins.
func row(n int) string {
	if n <= 1 {
		return ""
	}
	return strconv.Itoa(n)
}

// LoginURL is the sign-in page that leads on to next, or home when next is "".
func LoginURL(next string) string {
	if next == "" || next == HomeURL {
		return LoginPath
	}
	return asked(LoginPath, Pair{"next", next})
}

// FirstURL is the page that makes the first admin; its token is on the console.
func FirstURL(token string) string { return "/first/" + url.PathEscape(token) }

// LinkURL is the page a sign-in or set-up link opens. It comes after the
// address that the installation is reached by.
func LinkURL(token string) string { return "/link/" + url.PathEscape(token) }

// MerchantURL is where a merchant begins.
func MerchantURL(m int64) string { return "/m/" + strconv.FormatInt(m, 10) }

// MerchantSettingsURL is the form of a merchant's settings, and what it posts
// to.
func MerchantSettingsURL(m int64) string { return MerchantURL(m) + "/settings/merchant" }

// CloseMerchantURL takes "version", by POST.
func CloseMerchantURL(m int64) string { return MerchantSettingsURL(m) + "/close" }

// ReopenMerchantURL takes "version", by POST.
func ReopenMerchantURL(m int64) string { return MerchantSettingsURL(m) + "/reopen" }

// DeleteMerchantURL asks, by GET, and deletes, by POST.
func DeleteMerchantURL(m int64) string { return MerchantSettingsURL(m) + "/delete" }

// TeamURL is the list of a merchant's people.
func TeamURL(m int64) string { return MerchantURL(m) + "/settings/team" }

// PeopleURL is the list of a place's people.
func PeopleURL(p Place) string {
	if p.staff() {
		return StaffURL
	}
	return TeamURL(int64(p))
}

// NewPersonURL is the form that invites somebody, and what it posts to.
func NewPersonURL(p Place) string { return PeopleURL(p) + "/new" }

// ExportPeopleURL answers a POST with CSV.
func ExportPeopleURL(p Place) string { return PeopleURL(p) + "/export" }

// PersonURL is one of the people, and takes changes, by POST.
func PersonURL(p Place, id int64) string { return PeopleURL(p) + "/" + strconv.FormatInt(id, 10) }

// PersonLinkURL makes a set-up link and shows it, by POST.
func PersonLinkURL(p Place, id int64) string { return PersonURL(p, id) + "/link" }

// MailPersonURL mails somebody a set-up link, by POST.
func MailPersonURL(p Place, id int64) string { return PersonURL(p, id) + "/mail" }

// EndSessionsURL signs somebody out everywhere, by POST.
func EndSessionsURL(p Place, id int64) string { return PersonURL(p, id) + "/sessions" }

// DeactivateURL takes "version", by POST.
func DeactivateURL(p Place, id int64) string { return PersonURL(p, id) + "/deactivate" }

// ReactivateURL takes "version", by POST.
func ReactivateURL(p Place, id int64) string { return PersonURL(p, id) + "/reactivate" }

// CustomersURL is a merchant's list of customers.
func CustomersURL(m int64) string { return MerchantURL(m) + "/customers" }

// NewCustomerURL is the form for a new customer, and what it posts to.
func NewCustomerURL(m int64) string { return CustomersURL(m) + "/new" }

// ExportCustomersURL answers a POST of "format" and of what the list's own URL
// says with the whole list as a file.
func ExportCustomersURL(m int64) string { return CustomersURL(m) + "/export" }

// LikeURL answers with who looks like the customer that a form describes.
func LikeURL(m int64) string { return CustomersURL(m) + "/like" }

// CustomerURL is a customer's page.
func CustomerURL(m, id int64) string { return CustomersURL(m) + "/" + strconv.FormatInt(id, 10) }

// customerLink is CustomerURL for templates.
func customerLink(m, id int64) templ.SafeURL { return templ.SafeURL(CustomerURL(m, id)) }

// EditCustomerURL is the customer's form, and what it posts to.
func EditCustomerURL(m, id int64) string { return CustomerURL(m, id) + "/edit" }

// DeleteCustomerURL asks, by GET, and deletes, by POST.
func DeleteCustomerURL(m, id int64) string { return CustomerURL(m, id) + "/delete" }

// RestoreCustomerURL takes a POST, with "give_up_reference" "true" where the
// customer is to come back without the reference that another has taken.
func RestoreCustomerURL(m, id int64) string { return CustomerURL(m, id) + "/restore" }

// DuplicatesURL is the list of pairs of customers that look alike.
func DuplicatesURL(m int64) string { return CustomersURL(m) + "/duplicates" }

// A PairsQuery is which pairs that list shows. What is left zero is not in the
// address.
type PairsQuery struct {
	Dismissed bool   // those that were found to be two people
	After     string // the key a page begins after
	Before    string // the key a page ends before
}

// URL is the address of that list.
func (q PairsQuery) URL(m int64) string {
	view := ""
	if q.Dismissed {
		view = "dismissed"
	}
	return asked(DuplicatesURL(m), Pair{"view", view}, Pair{"after", q.After}, Pair{"before", q.Before})
}

// MergeURL sets two customers side by side, by GET, and merges the other into
// the first, by POST.
func MergeURL(m, id, other int64) string {
	return CustomerURL(m, id) + "/merge/" + strconv.FormatInt(other, 10)
}

// DismissURL keeps that two customers are two, by POST.
func DismissURL(m, id, other int64) string { return MergeURL(m, id, other) + "/dismiss" }

// RecallURL takes that back, by POST.
func RecallURL(m, id, other int64) string { return MergeURL(m, id, other) + "/recall" }

// UndoURL takes an event of the customer's timeline back, by POST.
func UndoURL(m, id, event int64) string {
	return CustomerURL(m, id) + "/undo/" + strconv.FormatInt(event, 10)
}

// TimelineURL is the customer's page with the events before the given one.
func TimelineURL(m, id, before int64) string {
	return CustomerURL(m, id) + "?before=" + strconv.FormatInt(before, 10) + "#timeline"
}

// ViewsURL takes new saved views, by POST.
func ViewsURL(m int64) string { return MerchantURL(m) + "/views" }

// ViewURL takes changes of a saved view, by POST.
func ViewURL(m, view int64) string { return ViewsURL(m) + "/" + strconv.FormatInt(view, 10) }

// DeleteViewURL takes a saved view away, by POST.
func DeleteViewURL(m, view int64) string { return ViewURL(m, view) + "/delete" }

// RestoreViewURL brings a deleted view back, by POST.
func RestoreViewURL(m, view int64) string { return ViewURL(m, view) + "/restore" }

// EndSessionURL ends one of one's own sessions, by POST.
func EndSessionURL(session string) string {
	return AccountURL + "/sessions/" + url.PathEscape(session) + "/end"
}

// NotesURL takes new notes, by POST.
func NotesURL(m, id int64) string { return CustomerURL(m, id) + "/notes" }

// NoteURL takes changes of a note, by POST.
func NoteURL(m, id, note int64) string { return NotesURL(m, id) + "/" + strconv.FormatInt(note, 10) }

// PinNoteURL takes "pinned" and "version", by POST.
func PinNoteURL(m, id, note int64) string { return NoteURL(m, id, note) + "/pin" }

// DeleteNoteURL takes "version", by POST.
func DeleteNoteURL(m, id, note int64) string { return NoteURL(m, id, note) + "/delete" }

// ActivityURL is what was done in a merchant, or, where m is 0, anywhere.
func ActivityURL(m int64) string {
	if m == 0 {
		return "/activity"
	}
	return MerchantURL(m) + "/activity"
}

// An ActivityQuery is which events a page of the activity shows. What is left
// zero is not in the address.
type ActivityQuery struct {
	Merchant int64  // across merchants: of this one only
	Person   string // as [core.Person] writes it
	Act      string // an action, a kind of object, or [OnlyRefused]
	From, To string // days, as 2026-10-31
	After    int64  // the event a page begins after
	Before   int64  // the event a page ends before
}

// OnlyRefused is the Act of what was refused.
const OnlyRefused = "refused"

// Filtered reports whether any event is left out.
func (q ActivityQuery) Filtered() bool {
	q.After, q.Before = 0, 0
	return q != ActivityQuery{}
}

// URL is the address of that page.
func (q ActivityQuery) URL(m int64) string {
	return asked(ActivityURL(m), Pair{"merchant", some(q.Merchant)}, Pair{"by", q.Person}, Pair{"act", q.Act},
		Pair{"from", q.From}, Pair{"to", q.To}, Pair{"after", some(q.After)}, Pair{"before", some(q.Before)})
}

// A CustomersQuery is which customers a list shows, and how. What is left zero
// is not in the address.
type CustomersQuery struct {
	Text   string // the whole query, committed terms and bare words
	View   string // the tab: "", "all", "deleted" or the number of a saved view
	Sort   string // "name", "-updated" and so on; "" is newest first
	Per    int    // rows a page; 0 is the usual number
	After  string // the key a page begins after
	Before string // the key a page ends before
	From   int    // the number of the page's first row; 0 is 1
}

// URL is the address of that list.
func (q CustomersQuery) URL(m int64) string {
	return asked(CustomersURL(m), Pair{"q", q.Text}, Pair{"view", q.View}, Pair{"sort", q.Sort}, Pair{"per", some(q.Per)},
		Pair{"after", q.After}, Pair{"before", q.Before}, Pair{"from", row(q.From)})
}

// ImportURL is the form that takes a file of customers, and what it posts to.
func ImportURL(m int64) string { return CustomersURL(m) + "/import" }

// BulkURL takes the customers that were chosen on a list, and what to do, by
// POST.
func BulkURL(m int64) string { return CustomersURL(m) + "/bulk" }

// JobsURL is what is done in the background.
func JobsURL(m int64) string { return MerchantURL(m) + "/jobs" }

// OlderJobsURL is the page with those before the given one.
func OlderJobsURL(m, before int64) string {
	return JobsURL(m) + "?before=" + strconv.FormatInt(before, 10)
}

// JobURL is one job.
func JobURL(m, job int64) string { return JobsURL(m) + "/" + strconv.FormatInt(job, 10) }

// MappingURL says where the columns of an import go, and takes that, by POST.
func MappingURL(m, job int64) string { return JobURL(m, job) + "/mapping" }

// StartJobURL takes "count" where there are many, by POST.
func StartJobURL(m, job int64) string { return JobURL(m, job) + "/start" }

// StopJobURL stops a job, by POST.
func StopJobURL(m, job int64) string { return JobURL(m, job) + "/stop" }

// UndoJobURL takes back what a job did, by POST.
func UndoJobURL(m, job int64) string { return JobURL(m, job) + "/undo" }

// RefusedURL is the file of rows that an import refused.
func RefusedURL(m, job int64) string { return JobURL(m, job) + "/refused" }
