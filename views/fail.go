package views

import "time"

// ErrorView is the page for a request that failed.
type ErrorView struct {
	Chrome    *Chrome // nil for somebody who has not signed in
	Theme     Theme   // used when Chrome is nil
	Status    int
	RequestID string
	Back      string        // where to go on from; home when ""
	Limit     int64         // with 413: the most bytes a request may have
	Wait      time.Duration // with 429 and 503: when to try again, if known
}
