package core

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// What the settings of a new merchant are unless given. Refunds by members
// wait until an owner allows them.
const (
	DefaultChargeHour = 9
	DefaultRetention  = 30
	DefaultRetryDays  = "1,3,5,7"
	DefaultKeepMonths = 13
)

// Limits of settings. Before 4 o'clock there are local times that a day does
// not have, or has twice (BILLING.md §3.2).
const (
	MinChargeHour = 4
	MaxChargeHour = 23
	MaxRetention  = 3650
	MaxKeepMonths = 120
	MaxRetries    = 8
	MaxRetryDay   = 60
)

// WithDefaults returns the merchant with what a new one has where nothing is
// given.
func (m Merchant) WithDefaults() Merchant {
	set := func(n *int, usual int) {
		if *n == 0 {
			*n = usual
		}
	}
	set(&m.ChargeHour, DefaultChargeHour)
	set(&m.Retention, DefaultRetention)
	set(&m.KeepMonths, DefaultKeepMonths)
	if m.RetryDays == "" {
		m.RetryDays = DefaultRetryDays
	}
	if m.PauseRule == "" {
		m.PauseRule = ShiftDates
	}
	if m.SpentRule == "" {
		m.SpentRule = SpentUnpaid
	}
	return m
}

// SettingNames are the settings in the order of their form.
func SettingNames() []string {
	return []string{
		"name", "country", "currency", "zone", "charge_hour", "retry_days", "spent_rule", "pause_rule", "refund_limit", "retention", "keep_months",
	}
}

// Settings returns the settings as text, by name.
func (m Merchant) Settings() Changes {
	return Changes{
		"name": m.Name, "country": m.Country, "currency": m.Currency, "zone": m.Zone,
		"charge_hour": strconv.Itoa(m.ChargeHour), "retention": strconv.Itoa(m.Retention),
		"pause_rule":   string(m.PauseRule),
		"spent_rule":   string(m.SpentRule),
		"refund_limit": m.refundLimit().Decimal(), "retry_days": m.RetryDays, "keep_months": strconv.Itoa(m.KeepMonths),
	}
}

// refundLimit is the members' limit as an amount.
func (m Merchant) refundLimit() Money { return Money{m.RefundLimit, m.Currency} }

// With returns the merchant with settings changed, and what is wrong with it.
// The refund limit is an amount in the currency as it then is: a limit that is
// not given anew keeps its number.
func (m Merchant) With(ch Changes) (Merchant, Invalid) {
	var bad Invalid
	limit := m.refundLimit().Decimal()
	for name, text := range ch {
		text = strings.TrimSpace(text)
		switch name {
		case "name":
			m.Name = text
		case "country":
			m.Country = text
		case "currency":
			m.Currency = strings.ToUpper(text)
		case "zone":
			m.Zone = text
		case "charge_hour":
			m.ChargeHour = wholeNumber(text)
		case "retention":
			m.Retention = wholeNumber(text)
		case "keep_months":
			m.KeepMonths = wholeNumber(text)
		case "retry_days":
			m.RetryDays = joinDays(text)
		case "pause_rule":
			m.PauseRule = PauseRule(text)
		case "spent_rule":
			m.SpentRule = SpentRule(text)
		case "refund_limit":
			limit = text
		default:
			bad.add(name, Unknown)
		}
	}
	if knownCurrency(m.Currency) { // a wrong one has a fault of its own
		amount, broken := ParseMoney(limit, m.Currency)
		if broken != "" {
			bad = append(bad, Fault{Field: "refund_limit", Rule: broken, Limit: Exponent(m.Currency), Other: m.Currency})
		}
		m.RefundLimit = amount.Minor
	}
	bad = append(bad, m.Check()...)
	slices.SortStableFunc(bad, func(a, b Fault) int {
		return slices.Index(SettingNames(), a.Field) - slices.Index(SettingNames(), b.Field)
	})
	return m, bad
}

// Check returns what is wrong with the merchant's settings.
func (m Merchant) Check() Invalid {
	var bad Invalid
	if bad.text("name", m.Name, 100) && strings.TrimSpace(m.Name) == "" {
		bad.add("name", Required)
	}
	bad.known("country", CountryName(m.Country) != "")
	bad.known("currency", knownCurrency(m.Currency))
	_, err := time.LoadLocation(m.Zone)
	bad.known("zone", err == nil && m.Zone != "" && m.Zone != "Local")
	bad.form("charge_hour", m.ChargeHour >= MinChargeHour && m.ChargeHour <= MaxChargeHour)
	bad.form("retry_days", retryDays(m.RetryDays))
	bad.known("pause_rule", m.PauseRule == ShiftDates || m.PauseRule == KeepDates)
	bad.known("spent_rule", m.SpentRule == SpentUnpaid || m.SpentRule == SpentCancel || m.SpentRule == SpentPastDue)
	bad.form("retention", m.Retention >= 0 && m.Retention <= MaxRetention)
	bad.form("keep_months", m.KeepMonths >= 0 && m.KeepMonths <= MaxKeepMonths)
	return bad
}

// wholeNumber reads a number without a sign; what is none is -1, which no
// setting can be.
func wholeNumber(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || !onlyDigits(text) {
		return -1
	}
	return n
}

// joinDays writes "1, 3 5" as "1,3,5".
func joinDays(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }), ",")
}

// retryDays reports whether text is rising days, with commas between them. No
// day at all is fine: then nothing is tried again.
func retryDays(text string) bool {
	if text == "" {
		return true
	}
	days, last := strings.Split(text, ","), 0
	for _, d := range days {
		n := wholeNumber(d)
		if n <= last || n > MaxRetryDay || strconv.Itoa(n) != d {
			return false
		}
		last = n
	}
	return len(days) <= MaxRetries
}

// DiffSettings returns the settings that differ, as they were and as they are.
func DiffSettings(old, now Merchant) (from, to Changes) {
	from, to = Changes{}, Changes{}
	was, is := old.Settings(), now.Settings()
	for name := range is {
		if was[name] != is[name] {
			from[name], to[name] = was[name], is[name]
		}
	}
	return from, to
}
