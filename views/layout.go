// Package views draws the pages. A page contains its parts; an exported
// component is a page or a part, and a part is drawn by the page that contains
// it and on its own when htmx swaps it. Each page has one struct that holds what
// it shows, already decided: components read no clock, ask nobody anything and
// know of rights only as booleans.
package views

import (
	"time"

	"kontor/db/core"
)

// Chrome is what stands around every page of somebody who has signed in.
type Chrome struct {
	User     core.User
	Merchant core.Merchant // where the user stands; ID 0 is outside every merchant
	Section  Section       // the place in the menu this page belongs to
	Theme    Theme
	Path     string    // path and query of this page; what switches the theme comes back here
	Now      time.Time // relative dates count from here, in the merchant's zone
	Find     Find
	Toasts   []Toast
}

// A Section is a place in the menu.
type Section string

// The places there are. nav.go says what stands in the menu for whom.
const (
	InOverview  Section = "overview"
	InCustomers Section = "customers"

	InSubscriptions Section = "subscriptions"
	InMethods       Section = "payment methods"
	InPayments      Section = "payments"
	InPlans         Section = "plans"

	InActivity   Section = "activity"
	InMail       Section = "mail"
	InKontorMail Section = "kontor's mail" // the installation's own
	InMerchants  Section = "merchants"
	InSettings   Section = "settings"
	InTeam       Section = "team"
	InPrograms   Section = "api"
	InStaff      Section = "staff"
	InEverybody  Section = "all activity" // across merchants
	InAccount    Section = "account"      // in nobody's menu, but in the corner
)

// A Theme is what a person chose for light and dark. The form that changes it
// posts "theme" and "next" to [ThemeURL].
type Theme string

// The themes. The zero Theme is ThemeSystem.
const (
	ThemeSystem Theme = "system" // as the device says
	ThemeLight  Theme = "light"
	ThemeDark   Theme = "dark"
)

// Find is the search box in the top bar. The box holds the bare words, posted
// as "q"; every committed term rides along as a hidden "f".
type Find struct {
	Action      string // where the form goes, by GET
	Value       string // the bare words
	Terms       []string
	Hidden      []Pair // what else the form carries: the tab, the order
	Label       string // for screen readers; "Search customers" when ""
	Placeholder string
	Live        bool // typing swaps #customers in place; true on the customers list only
	Focus       bool // takes the focus when the page opens
}

// A Pair is a name and a value, of a hidden input or of a query.
type Pair struct{ Name, Value string }

// A Toast tells what was just done, once.
type Toast struct {
	Text string
	Bad  bool // it did not work
	Undo *Act // takes it back, if it can be
	Link string
	More string // the link's words, when Link is not ""
}

// An Act is a form of one button: what it posts, and where.
type Act struct {
	Action string
	Label  string
	Hidden []Pair
}

// A Choice is one of several links of which one may be the current.
type Choice struct {
	Label   string
	URL     string
	Current bool
}
