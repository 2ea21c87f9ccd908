package views

import (
	"strconv"
	"sync"
	"time"

	"kontor/db/core"
	"kontor/static"
)

// A group is a part of the menu, under its heading.
type group struct {
	label  string
	places []entry
}

// An entry is a line of the menu.
type entry struct {
	section Section
	label   string
	icon    string
	url     func(merchant int64) string
	right   core.Right // what it takes; 0 is nothing
	outside bool       // is there without a merchant too
}

// menu is every place there is, in order. A new page that belongs in the menu
// gets a line here.
var menu = []group{
	{"Manage", []entry{
		{section: InOverview, label: "Overview", icon: "house", url: MerchantURL},
		{section: InCustomers, label: "Customers", icon: "users", url: CustomersURL},
		{section: InSubscriptions, label: "Subscriptions", icon: "repeat", url: SubscriptionsURL},
		{section: InPayments, label: "Payments", icon: "banknote", url: PaymentsURL},
		{section: InMethods, label: "Payment methods", icon: "credit-card", url: MethodsURL},
		{section: InPlans, label: "Plans", icon: "box", url: PlansURL},
	}},
	{"Account", []entry{
		{section: InActivity, label: "Activity", icon: "activity", url: ActivityURL},
		{section: InMail, label: "Mail", icon: "mail", url: func(m int64) string { return MailsURL(Place(m)) }},
		{section: InPrograms, label: "API access", icon: "key-round", url: ProgramsURL, right: core.Manage},
	}},
	{"Settings", []entry{
		{section: InSettings, label: "Merchant", icon: "settings", url: MerchantSettingsURL, right: core.Manage},
		{section: InTeam, label: "Team", icon: "user-cog", url: TeamURL, right: core.Manage},
	}},
	{"Installation", []entry{
		{section: InMerchants, label: "Merchants", icon: "store", url: func(int64) string { return MerchantsURL }, right: core.Visit, outside: true},
		{section: InStaff, label: "Staff", icon: "user-cog", url: func(int64) string { return StaffURL }, right: core.Install, outside: true},
		{section: InKontorMail, label: "Kontor’s mail", icon: "mail", url: func(int64) string { return MailsURL(0) }, right: core.Visit, outside: true},
		{section: InEverybody, label: "All activity", icon: "activity", url: func(int64) string { return ActivityURL(0) }, right: core.Visit, outside: true},
	}},
}

// menuFor is what of the menu is there for somebody.
func menuFor(v Chrome) []group {
	var groups []group
	for _, g := range menu {
		var places []entry
		for _, e := range g.places {
			if (e.right != 0 && !v.User.Role.May(e.right)) || (v.Merchant.ID == 0 && !e.outside) {
				continue
			}
			places = append(places, e)
		}
		if len(places) > 0 {
			groups = append(groups, group{g.label, places})
		}
	}
	return groups
}

// home is where the mark in the corner leads.
func home(v Chrome) string {
	if v.Merchant.ID == 0 {
		return HomeURL
	}
	return MerchantURL(v.Merchant.ID)
}

// location is the zone of every date on the page. Zones are read from the disk
// once.
func (v Chrome) location() *time.Location {
	if v.Merchant.Zone == "" {
		return time.UTC
	}
	if loc, ok := locations.Load(v.Merchant.Zone); ok {
		return loc.(*time.Location)
	}
	loc := v.Merchant.Location()
	locations.Store(v.Merchant.Zone, loc)
	return loc
}

var locations sync.Map // by the zone's name

// zone is the time zone of the page.
func (v Chrome) zone() string {
	if v.Merchant.Zone == "" {
		return "UTC"
	}
	return v.Merchant.Zone
}

// after is the theme that the switch leads to.
func (t Theme) after() Theme {
	switch t {
	case ThemeLight:
		return ThemeDark
	case ThemeDark:
		return ThemeSystem
	}
	return ThemeLight
}

// class is the theme as the class of the html element.
func (t Theme) class() string {
	if t == ThemeLight || t == ThemeDark {
		return string(t)
	}
	return string(ThemeSystem)
}

var themeIcons = map[string]string{"system": "monitor", "light": "sun", "dark": "moon"}

func roleName(r core.Role) string { return roles[r] }

// orElse is text, or other when there is none.
func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// inMerchant ends a page's title.
func inMerchant(v Chrome) string {
	if v.Merchant.ID == 0 {
		return " · Kontor"
	}
	return " · " + v.Merchant.Name + " · Kontor"
}

var iconsURL = static.URL("icons.svg") + "#"

// keys are what the keyboard does, as app.js has it.
var keys = []struct {
	keys []string
	does string
}{
	{[]string{"/"}, "Find"},
	{[]string{"j", "k"}, "Next and previous row"},
	{[]string{"Enter"}, "Open the row"},
	{[]string{"x"}, "Choose the row, or let it go"},
	{[]string{"e"}, "Edit the row, or the customer at hand"},
	{[]string{"?"}, "This help"},
	{[]string{"Esc"}, "Close what is open"},
}
