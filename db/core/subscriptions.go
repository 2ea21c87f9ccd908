package core

import "time"

// A Subscription charges a customer's card for a plan, period after period.
type Subscription struct {
	ID          int64
	Merchant    int64
	Customer    int64
	Plan        int64
	Card        int64 // 0 once it was detached
	Version     int64
	Source      Source
	State       State
	Amount      Money // of the next charges; the currency is fixed for life
	Anchor      Anchor
	StartAt     time.Time // run number 0 where it was given as an instant, else zero
	NextNumber  int       // of the next run, see [Schedule]
	NextRun     time.Time // also when it ends, with CancelAtEnd; zero while it is paused or unpaid, and once it ended
	StartedAt   time.Time // the first period's start
	Cycles      Cycles
	CancelAtEnd bool // ends with the period at hand
	Held        bool // its customer is deleted: nothing is charged

	FailedAttempts   int // in the period at hand
	DelinquentCycles int // closed periods that were not paid
	DelinquentSince  time.Time
	LastRun          time.Time
	LastSuccess      time.Time

	PausedAt  time.Time
	ResumeAt  time.Time // zero: until somebody resumes it
	EndedAt   time.Time // canceled or completed
	CreatedAt time.Time
	UpdatedAt time.Time

	Email       string // where receipts go; "" is the customer's
	BCC         string
	Description string
}

// Schedule returns when the subscription is charged, by its merchant's charge
// hour and zone.
func (s Subscription) Schedule(m Merchant) Schedule {
	return Schedule{Anchor: s.Anchor, Hour: m.ChargeHour, Zone: m.Location(), Start: s.StartAt}
}

// Living reports whether the subscription has not ended.
func (s Subscription) Living() bool { return !s.State.Final() }

// A SubscriptionSummary is a subscription with what stands around it, as pages
// show it.
type SubscriptionSummary struct {
	Subscription
	PlanName      string
	CustomerTitle string
	Brand         Brand // of the card; "" where it was detached
	LastFour      string
	Expiry        Expiry
	CardUsable    bool // the card is neither removed nor switched off
	// ParkedAt is when it was left to a person, because more periods had come
	// due than are charged unasked; zero when it was not. BILLING.md §9.3.
	ParkedAt time.Time
}

// Parked reports whether a person is to say how its charges go on.
func (s SubscriptionSummary) Parked() bool { return s.Living() && !s.ParkedAt.IsZero() }

// A SubscriptionList says which page of the subscriptions of customers who are
// not deleted is wanted.
type SubscriptionList struct {
	Query  Query // of SubscriptionFields
	Soon   bool  // only those with a charge to come, the next one first; else all, newest first
	After  Cursor
	Before Cursor
	Limit  int // 0 is the first of PageSizes
}

// A SubscriptionRecord is a subscription as programs list it.
type SubscriptionRecord struct {
	Subscription
	Language string // the customer's
}
