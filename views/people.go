package views

import (
	"time"

	"kontor/db/core"
)

// PeopleView is the list of a merchant's team, or of staff. Its one form posts
// to [ExportPeopleURL] and downloads CSV.
type PeopleView struct {
	Chrome Chrome
	Place  Place
	People []core.Colleague
	Next   string // the next page, if there is one
	First  string // back to the first page
}

// A Place is where people belong: a merchant's number, or 0 for staff. Every
// address of theirs begins with [PeopleURL] of it.
type Place int64

func (p Place) staff() bool { return p == 0 }

func (p Place) title() string {
	if p.staff() {
		return "Staff"
	}
	return "Team"
}

// Section is the place in the menu of these people's pages.
func (p Place) Section() Section {
	if p.staff() {
		return InStaff
	}
	return InTeam
}

// roles are what can be chosen there.
func (p Place) roles() []Pair {
	some := core.Owner
	if p.staff() {
		some = core.Admin
	}
	var all []Pair
	for _, r := range some.Peers() {
		all = append(all, Pair{string(r), roleName(r) + ": " + roleRights[r]})
	}
	return all
}

// roleRights say in short what a role may do.
var roleRights = map[core.Role]string{
	core.Admin:   "everything, and merchants and staff",
	core.Agent:   "the daily work of every merchant",
	core.Auditor: "reads every merchant",
	core.Owner:   "everything of the merchant",
	core.Member:  "the daily work",
	core.Viewer:  "reads",
}

// InviteView is the form that invites somebody. It posts "name", "email" and
// "role" to [NewPersonURL].
type InviteView struct {
	Chrome Chrome
	Place  Place
	Values map[string]string
	Faults core.Invalid
	Mailed bool // they get the link by mail
}

// PersonView is one of the people. Its form posts "version", "name" and "role"
// to [PersonURL]; deactivating and reactivating post "version".
type PersonView struct {
	Chrome  Chrome
	Place   Place
	Person  core.Colleague
	Values  map[string]string // of "name" and "role", as typed
	Faults  core.Invalid
	Stale   bool // somebody else changed them since the page was opened
	Self    bool // it is the one who looks
	MayMail bool // a link can be mailed to them
}

// GivenLinkView shows a set-up link, this once.
type GivenLinkView struct {
	Chrome  Chrome
	Place   Place
	Person  core.User
	Link    string // the whole address
	Until   time.Time
	Invited bool // else for a forgotten password
}

// standing says in a word how it is with somebody.
func standing(p core.Colleague) string {
	switch {
	case !p.Active:
		return "Deactivated"
	case !p.HasPassword && p.Sessions == 0:
		return "Invited"
	case p.Sessions > 0:
		return "Signed in"
	}
	return "Active"
}
