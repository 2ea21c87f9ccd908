package views

import (
	"time"

	"kontor/db/core"
)

// EraseView asks whether to erase a customer. Its form posts "version" and
// "confirm" to [EraseURL].
type EraseView struct {
	Chrome    Chrome
	ID        int64
	Title     string
	Confirm   string // what is to be typed
	IsEmail   bool   // and that it is the e-mail address
	Typed     string
	Version   int64
	Holds     core.Holds
	Charges   int // that stay
	Faults    core.Invalid
	Changed   bool        // since the page was opened
	Stale     []EventLine // by what, as far as is known
	DeletedAt time.Time   // zero while it is living
	Expires   time.Time   // when a deleted one is erased without asking
}

// goes lists what is taken away.
func (v EraseView) goes() []string {
	all := []string{"Name, e-mail, phone and every other field"}
	some := func(n int, thing string) {
		if n > 0 {
			all = append(all, count(n, thing))
		}
	}
	some(v.Holds.Addresses, "address")
	some(v.Holds.Metadata, "metadata value")
	some(v.Holds.Notes, "note")
	some(v.Holds.Channels, "other payment method")
	if n := v.Holds.Cards; n > 0 {
		all = append(all, count(n, "card")+", which nothing can be charged to any more")
	}
	if n := v.Holds.Subscriptions; n == 1 {
		all = append(all, "1 subscription ends now")
	} else if n > 1 {
		all = append(all, number(n)+" subscriptions end now")
	}
	if n := v.Holds.Values; n > 0 {
		all = append(all, count(n, "record")+" of what changed from what to what")
	}
	if n := v.Holds.Mails; n > 0 {
		all = append(all, "What stands in "+count(n, "mail"))
	}
	return all
}

// stays lists what is kept.
func (v EraseView) stays() []string {
	var all []string
	if v.Charges > 0 {
		all = append(all, count(v.Charges, "payment")+", as amounts, days and states, for the accounts")
	}
	return append(all,
		"Who did what and when: "+count(v.Holds.Events, "event")+", without the values",
		"The number "+itoa(v.ID)+", on which that hangs",
	)
}
