package views

import (
	"slices"
	"time"

	"kontor/db/core"
)

// CustomerView is a customer's page.
type CustomerView struct {
	Chrome       Chrome
	Customer     core.Customer
	MayWrite     bool
	MayManage    bool
	Back         string    // the list the reader came from; [CustomersURL] when ""
	RestoreUntil time.Time // of a deleted customer
	DeletedBy    string
	RestoreTaken int64 // a refused restore: this customer has the reference now, see [RestoreCustomerURL]
	Duplicates   []Duplicate
	Notes        NotesView

	Stats         []Stat
	Cards         []CardLine
	Channels      []core.Channel
	Subscriptions []core.SubscriptionSummary // those that have not ended first
	Payments      []core.ChargeSummary       // the newest
	PaymentsAll   string                     // the list of all; "" when these are all

	Events []EventLine // newest first
	More   string      // the page with older events; "" when there are none
	Older  bool        // these are not the newest events
}

// A Stat is a figure that a page begins with.
type Stat struct {
	Label, Value string
	More         string // said in small beside it
}

// A Duplicate is another customer that looks like this one.
type Duplicate struct {
	ID    int64
	Title string
	Email string
	Why   []string // the fields that agree: "email", "phone", "name"
}

// An EventLine is an event of a timeline. The words come from the event. What a
// customer's own timeline need not say is empty there.
type EventLine struct {
	core.Event
	Undo   bool // offer to take it back
	Undone bool // it was taken back

	Job      Link   // the job it is part of
	About    Link   // what the event is about
	Person   Link   // URL alone: the same list with only this person's acts
	Merchant Link   // whose it is
	Origin   string // from where it was done
}

// A Link is text that leads somewhere, or text alone when URL is "".
type Link struct{ Text, URL string }

// NotesView is the part [CustomerNotes], id "notes".
type NotesView struct {
	Merchant, Customer int64
	Zone               *time.Location
	Now                time.Time
	MayWrite           bool
	Staff              bool // the reader is staff, and may keep a note among staff
	Notes              []NoteLine
	New                NoteForm
}

// faulty reports whether a note was refused.
func (v NotesView) faulty() bool {
	return len(v.New.Faults) > 0 || slices.ContainsFunc(v.Notes, func(n NoteLine) bool { return n.Form != nil && len(n.Form.Faults) > 0 })
}

// A NoteLine is a note with the form to change it.
type NoteLine struct {
	core.Note
	MayEdit bool
	Form    *NoteForm // a refused change; nil shows the note as it is stored
}

// A NoteForm is what was typed into a note's form: "text", the checkbox
// "pinned" and, of a new note, "staff_only", of one that exists, "version".
// Checkboxes send "true" or nothing.
type NoteForm struct {
	Open      bool
	Text      string
	Pinned    bool
	StaffOnly bool
	Version   int64
	Faults    core.Invalid
	Stale     bool // the note changed meanwhile; its text as it is now stands above
}

// DeleteView asks whether to delete a customer. Its form posts "version" and
// "reason" to [DeleteCustomerURL].
type DeleteView struct {
	Chrome       Chrome
	ID           int64
	Title        string
	Email        string
	Version      int64
	RestoreUntil time.Time
	Days         int    // how long it can be restored
	Reference    string // free for others once deleted; "" when there is none
	Addresses    int
	Notes        int
	Cards        int
	Held         []core.SubscriptionSummary // the living ones, which pause with the customer
	Reason       string
	Faults       core.Invalid // of "reason"
	Changed      bool         // since the question was asked; the version is the new one
	Stale        []EventLine  // by what, as far as is known
}

// heldShown is how many of the subscriptions the question names.
const heldShown = 5

// holding says what becomes of the subscriptions of a customer who is deleted.
func holding(n int) string {
	is := " are"
	if n == 1 {
		is = " is"
	}
	return count(n, "subscription") + is + " not charged until you restore, nor afterwards for the time between:"
}
