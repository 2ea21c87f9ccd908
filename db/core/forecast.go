package core

import "time"

// ForecastDays is how far a forecast looks ahead.
const ForecastDays = 90

// A Forecast is what is expected of a merchant's next weeks: what the worker
// does on a copy of the books whose clock is stepped ahead.
type Forecast struct {
	Merchant int64     `json:"-"`
	AskedAt  time.Time `json:"-"`
	MadeAt   time.Time `json:"-"` // zero while there is none yet
	From     time.Time
	Days     []ForecastDay     // those on which something is due, in order
	Failures []ForecastFailure // the first of them
	Counts   RunCounts
}

// Waiting reports whether a newer one has been asked for.
func (f Forecast) Waiting() bool { return f.AskedAt.After(f.MadeAt) }

// A ForecastDay is what is expected of one day in one currency.
type ForecastDay struct {
	Day      string // YYYY-MM-DD, the merchant's
	Currency string
	Charged  int64 // minor units
	Declined int64
}

// A ForecastFailure is a charge that is expected to be declined.
type ForecastFailure struct {
	Subscription int64
	Day          string
	Amount       int64
	Currency     string
	Reason       Decline

	Of SubscriptionSummary `json:"-"` // the subscription as it is now
}
