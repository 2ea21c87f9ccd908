package core

import (
	"strings"
	"time"
)

// A Merchant is a tenant. Everything else but staff belongs to exactly one.
type Merchant struct {
	ID        int64 // 1, 2, 3 … and part of every URL
	Name      string
	Country   string // ISO 3166-1 alpha-2; where its customers' phones are read
	Currency  string // ISO 4217
	Zone      string // IANA name; dates are this zone's
	Retention int    // days a deleted customer can be restored
	Version   int64
	CreatedAt time.Time
}

// Location returns the merchant's time zone, or UTC if the name is not known.
func (m Merchant) Location() *time.Location {
	loc, err := time.LoadLocation(m.Zone)
	if err != nil {
		return time.UTC
	}
	return loc
}

// DefaultRetention is how many days a deleted customer can be restored.
const DefaultRetention = 30

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
	return bad
}

// RestoreUntil is when a customer deleted at the given time can be restored no
// longer.
func (m Merchant) RestoreUntil(deleted time.Time) time.Time {
	local := deleted.In(m.Location())
	return time.Date(local.Year(), local.Month(), local.Day()+m.Retention, local.Hour(), local.Minute(), local.Second(), 0, local.Location())
}
