package views

import "kontor/db/core"

// SettingsView is the settings of a merchant. Its form posts "version" and the
// fields of [core.SettingNames] to [MerchantSettingsURL].
type SettingsView struct {
	Chrome   Chrome
	Version  int64
	Values   core.Changes // as typed, or as stored
	Faults   core.Invalid
	Stale    bool         // somebody else changed them since the form was opened
	Now      core.Changes // with Stale: what is stored now where it differs from Values
	MayClose bool         // close, reopen and delete
}

// names are the settings of v.Now in the order of the form.
func (v SettingsView) names() []string {
	var names []string
	for _, name := range core.SettingNames() {
		if _, ok := v.Now[name]; ok {
			names = append(names, name)
		}
	}
	return names
}

// setting is a line of the form.
func (v SettingsView) setting(name, hint string) field {
	return field{Name: name, Value: v.Values[name], Fault: fault(v.Faults, name), Hint: hint}
}

// listing is a line that suggests values.
func listing(f field, list string) field {
	f.List = list
	return f
}

// wide is a line that takes the whole width.
func wide(f field) field {
	f.Wide = true
	return f
}

// MerchantDeleteView asks whether to delete a merchant for good. Its form posts
// "version" to [DeleteMerchantURL].
type MerchantDeleteView struct {
	Chrome  Chrome
	Version int64
	Has     core.Holdings
	Stale   bool // it has changed since the page was opened
}

// holdings names what keeps a merchant from being deleted.
func holdings(h core.Holdings) []string {
	var all []string
	for _, one := range []struct {
		n     int
		thing string
	}{{h.Customers, "customer"}, {h.Users, "person in the team"}, {h.Applications, "application user"}, {h.Plans, "plan"}} {
		switch {
		case one.n == 0:
		case one.thing == "person in the team" && one.n > 1:
			all = append(all, of(one.n)+" people in the team")
		case one.n > core.MaxCount:
			all = append(all, of(one.n)+" "+one.thing+"s")
		default:
			all = append(all, count(one.n, one.thing))
		}
	}
	return all
}

func closeAct(v SettingsView) Act {
	a := Act{Action: CloseMerchantURL(v.Chrome.Merchant.ID), Label: "Close merchant"}
	if v.Chrome.Merchant.Closed() {
		a = Act{Action: ReopenMerchantURL(v.Chrome.Merchant.ID), Label: "Reopen merchant"}
	}
	a.Hidden = []Pair{{"version", itoa(v.Chrome.Merchant.Version)}}
	return a
}
