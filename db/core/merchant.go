package core

import (
	"sync"
	"time"
)

// A Merchant is a tenant. Everything else but staff belongs to exactly one.
type Merchant struct {
	ID          int64 // 1, 2, 3 … and part of every URL
	Name        string
	Country     string // ISO 3166-1 alpha-2; where its customers' phones are read
	Currency    string // ISO 4217
	Zone        string // IANA name; dates are this zone's
	ChargeHour  int    // the local hour at which subscriptions are charged
	Retention   int    // days a deleted customer can be restored
	RefundLimit int64  // the most that members give back at once, in minor units of Currency
	RetryDays   string // days after a first decline to try again on: "1,3,5,7"
	KeepMonths  int    // how long a card is kept after it expired
	PauseRule   PauseRule
	SpentRule   SpentRule // what becomes of a subscription when all tries failed
	Version     int64
	CreatedAt   time.Time
	ClosedAt    time.Time // zero while it is open
}

// Closed reports whether nothing new can be added or changed in the merchant.
func (m Merchant) Closed() bool { return !m.ClosedAt.IsZero() }

// zones are those that were asked for. Loading one reads it from a file.
var zones sync.Map // of *time.Location by name

// Location returns the merchant's time zone, or UTC if the name is not known.
func (m Merchant) Location() *time.Location {
	if loc, ok := zones.Load(m.Zone); ok {
		return loc.(*time.Location)
	}
	loc, err := time.LoadLocation(m.Zone)
	if err != nil {
		return time.UTC
	}
	zones.Store(m.Zone, loc) // of the few hundred that there are
	return loc
}

// RestoreUntil is when a customer deleted at the given time can be restored no
// longer.
func (m Merchant) RestoreUntil(deleted time.Time) time.Time {
	local := deleted.In(m.Location())
	return time.Date(local.Year(), local.Month(), local.Day()+m.Retention, local.Hour(), local.Minute(), local.Second(), 0, local.Location())
}

// Holdings is how much a merchant has that keeps it from being deleted, each
// counted up to [MaxCount] + 1.
type Holdings struct {
	Customers    int // deleted and erased ones too
	Users        int
	Applications int
	Plans        int
}

// Empty reports whether the merchant can be deleted.
func (h Holdings) Empty() bool { return h == Holdings{} }
