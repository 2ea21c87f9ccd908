package core

import "time"

// A Card is a customer's card as it is kept. The number itself lives with the
// processor, which knows it by the token.
type Card struct {
	ID          int64
	Merchant    int64
	Customer    int64
	Version     int64
	Token       string // 64 hex digits
	Brand       Brand
	FirstSix    string
	LastFour    string
	Expiry      Expiry
	Holder      string // "" where none was given
	Description string
	Default     bool // exactly one of a customer's cards is, while there is any
	Active      bool // false: shown and kept, and nothing is charged to it. Acquired.com: is_active
	KeepUntil   time.Time
	CreatedAt   time.Time
	UpdatedAt   time.Time
	RemovedAt   time.Time // zero while it can be used
}

// Limits of what is written about a card.
const MaxCardDescription = 200 // characters

// Usable reports whether the card can be charged at the instant: it is neither
// removed nor switched off nor expired.
func (c Card) Usable(at time.Time) bool {
	return c.RemovedAt.IsZero() && c.Active && !c.Expiry.Expired(at)
}
