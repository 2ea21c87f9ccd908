package wallee

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"kontor/db/core"
)

// An emailAddress is one that a customer is known by, and since when.
type emailAddress struct {
	text string
	at   time.Time
}

func emailAddresses(c core.Customer) []emailAddress {
	var all []emailAddress
	add := func(text string, at time.Time) {
		if text != "" && !slices.ContainsFunc(all, func(e emailAddress) bool { return strings.EqualFold(e.text, text) }) {
			all = append(all, emailAddress{text, at})
		}
	}
	add(c.Email, c.CreatedAt)
	for _, a := range c.Addresses {
		add(a.Email, core.IDTime(a.ID))
	}
	return all
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
