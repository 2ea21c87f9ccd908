package core_test

import (
	"testing"

	"kontor/db/core"
)

func shop() core.Merchant {
	return core.Merchant{Name: "Sonne", Country: "DE", Currency: "EUR", Zone: "Europe/Berlin"}.WithDefaults()
}

func TestSettingsAreHeldToTheirRules(t *testing.T) {
	for _, c := range []struct {
		name, text string
		rule       core.Rule // "" is fine
	}{
		{"name", " ", core.Required},
		{"name", "a\x00b", core.Control},
		{"country", "XX", core.Unknown},
		{"currency", "", core.Unknown},
		{"currency", "chf", ""},
		{"zone", "Local", core.Unknown},
		{"zone", "America/Toronto", ""},
		{"charge_hour", "3", core.Malformed},
		{"charge_hour", "4", ""},
		{"charge_hour", "23", ""},
		{"charge_hour", "24", core.Malformed},
		{"charge_hour", "nine", core.Malformed},
		{"charge_hour", "+9", core.Malformed},
		{"charge_hour", "", core.Malformed},
		{"retention", "0", ""},
		{"retention", "3651", core.Malformed},
		{"retention", "-1", core.Malformed},
		{"keep_months", "120", ""},
		{"keep_months", "121", core.Malformed},
		{"keep_months", "99999999999999999999", core.Malformed},
		{"retry_days", "", ""},
		{"retry_days", "1, 3 5", ""},
		{"retry_days", "3,1", core.Malformed},
		{"retry_days", "0,1", core.Malformed},
		{"retry_days", "1,1", core.Malformed},
		{"retry_days", "01", core.Malformed},
		{"retry_days", "61", core.Malformed},
		{"retry_days", "1,2,3,4,5,6,7,8,9", core.Malformed},
		{"refund_limit", "49.5", ""},
		{"refund_limit", "-1", core.NotPositive},
		{"refund_limit", "1.234", core.TooPrecise},
		{"refund_limit", "", core.Required},
		{"refund_limit", "1,50", core.Malformed},
		{"spent_rule", "cancel", ""},
		{"spent_rule", "forget", core.Unknown},
		{"colour", "red", core.Unknown},
	} {
		_, bad := shop().With(core.Changes{c.name: c.text})
		got, found := bad.Field(c.name)
		if got.Rule != c.rule || (found && len(bad) > 1) {
			t.Errorf("%s %q: %v, want %q", c.name, c.text, bad, c.rule)
		}
	}
}

func TestRefundLimitIsInTheCurrencyThatThenIs(t *testing.T) {
	m, bad := shop().With(core.Changes{"currency": "JPY", "refund_limit": "500"})
	if len(bad) > 0 || m.RefundLimit != 500 {
		t.Errorf("%d %s, %v", m.RefundLimit, m.Currency, bad)
	}
	from, to := core.DiffSettings(shop(), m)
	if from["refund_limit"] != "0.00" || to["refund_limit"] != "500" || to["currency"] != "JPY" || len(to) != 2 {
		t.Errorf("from %v to %v", from, to)
	}
}

func TestSettingsReadBackAsTheyAre(t *testing.T) {
	m := shop()
	m.RefundLimit = 123
	got, bad := core.Merchant{}.With(m.Settings())
	if len(bad) > 0 || got != m {
		t.Errorf("%+v, %v; want %+v", got, bad, m)
	}
	if got := len(m.Settings()); got != len(core.SettingNames()) {
		t.Errorf("%d settings, %d names", got, len(core.SettingNames()))
	}
}
