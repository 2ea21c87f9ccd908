package core

import "strings"

// Holds is what there is of one customer, as a number of each, for whoever is
// about to erase it.
type Holds struct {
	Addresses     int
	Metadata      int
	Notes         int // deleted ones too
	Channels      int
	Cards         int
	Subscriptions int // that have not ended
	Mails         int
	Values        int // events of which values before and after are kept
	Events        int
}

// Confirmation returns what is typed to erase the customer: the e-mail address
// or, where there is none, what the customer is called.
func (c Customer) Confirmation() string {
	if c.Email != "" {
		return c.Email
	}
	return c.Title()
}

// Confirms reports whether what was typed is the customer's confirmation, in
// any case.
func (c Customer) Confirms(typed string) bool {
	return Fold(strings.TrimSpace(typed)) == Fold(strings.TrimSpace(c.Confirmation()))
}

// Erased reports whether the customer's personal data is gone.
func (c Customer) Erased() bool { return !c.ErasedAt.IsZero() }

// Identifying returns the texts by which the customer is known where others
// write of it, as in the query of a saved view: not those that many share, as a
// first name or a company.
func (c Customer) Identifying() []string {
	var all []string
	add := func(text string, least int) {
		if text = strings.TrimSpace(text); len(text) >= least {
			all = append(all, text)
		}
	}
	add(c.Email, 3)
	for _, copied := range strings.Split(c.BCC, ",") {
		add(copied, 3)
	}
	add(c.Phone, 6)
	add(c.PhoneE164, 6)
	if digits := Digits(c.Phone); digits != c.Phone {
		add(digits, 6)
	}
	add(c.Reference, 4)
	for _, name := range []string{c.Name, c.FirstName + " " + c.LastName} {
		if len(strings.Fields(name)) > 1 {
			add(name, 3)
		}
	}
	for _, a := range c.Addresses {
		add(a.Email, 3)
	}
	return all
}
