package views

import (
	"cmp"
	"sync"

	"github.com/bojanz/currency"

	"kontor/db/core"
)

// MerchantsView is the staff's list of merchants with its two boxes: one
// filters the list by GET "q", one jumps anywhere by GET "find" to [FindURL].
type MerchantsView struct {
	Chrome    Chrome
	Query     string
	Merchants []core.Merchant
	MayAdd    bool
	Pager     Pager

	Find  string // what was looked for anywhere; "" when nothing was
	Found []Hit  // one hit never gets here: it is gone to at once
}

// A Hit is a customer of any merchant that fits an exact jump.
type Hit struct {
	Merchant  core.Merchant
	ID        int64
	Title     string
	Email     string
	Reference string
	Deleted   bool
}

// MerchantFormView is the form for a new merchant. It posts "name", "country",
// "currency" and "zone" to [NewMerchantURL].
type MerchantFormView struct {
	Chrome Chrome
	Values map[string]string // by field
	Faults core.Invalid
}

func countryName(code string) string { return cmp.Or(core.CountryName(code), code) }

// currencies are suggested on forms.
var currencies = sync.OnceValue(func() []Pair {
	codes := currency.GetCurrencyCodes()
	all := make([]Pair, len(codes))
	for i, code := range codes {
		all[i] = Pair{code, code}
	}
	return all
})

// zones are suggested on forms; any other IANA name may be typed.
var zones = []Pair{
	{"Europe/Zurich", "Zurich"},
	{"Europe/Berlin", "Berlin"},
	{"Europe/Vienna", "Vienna"},
	{"Europe/Paris", "Paris"},
	{"Europe/London", "London"},
	{"Europe/Dublin", "Dublin"},
	{"Europe/Zagreb", "Zagreb"},
	{"Europe/Sarajevo", "Sarajevo"},
	{"Europe/Belgrade", "Belgrade"},
	{"Europe/Ljubljana", "Ljubljana"},
	{"Europe/Warsaw", "Warsaw"},
	{"Europe/Stockholm", "Stockholm"},
	{"Europe/Madrid", "Madrid"},
	{"Europe/Rome", "Rome"},
	{"America/New_York", "New York"},
	{"America/Chicago", "Chicago"},
	{"America/Denver", "Denver"},
	{"America/Los_Angeles", "Los Angeles"},
	{"America/Toronto", "Toronto"},
	{"America/Vancouver", "Vancouver"},
	{"America/Sao_Paulo", "São Paulo"},
	{"Asia/Tokyo", "Tokyo"},
	{"Asia/Singapore", "Singapore"},
	{"Asia/Kolkata", "Kolkata"},
	{"Australia/Sydney", "Sydney"},
	{"UTC", "UTC"},
}
