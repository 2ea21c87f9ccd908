package core

import "time"

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
