package views

import "kontor/db/core"

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
// "currency" and "zone" to [MerchantsURL].
type MerchantFormView struct {
	Chrome Chrome
	Values map[string]string // by field
	Faults core.Invalid
}
