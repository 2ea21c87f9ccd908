package core

import (
	"context"
	"fmt"
	"time"
)

// ErrProcessor is for a processor that does not answer. It is an
// [ErrUnavailable], and nothing was kept.
var ErrProcessor = fmt.Errorf("%w: processor", ErrUnavailable)

// A Processor keeps card numbers and moves money. Calls are made outside of
// transactions. A call that returns an error has an unknown outcome: what
// became of it is asked by [Processor.Lookup] with the same key, and never
// tried with a new one.
type Processor interface {
	Tokenizer
	// Charge takes money from a card. The same key again returns the outcome
	// of the first call.
	Charge(ctx context.Context, o ChargeOrder) (Outcome, error)
	// Refund gives money back of a charge that succeeded, with the same rule
	// of keys.
	Refund(ctx context.Context, o RefundOrder) (Outcome, error)
	// Lookup returns the outcome of the charge or refund with the key, or
	// [ErrNotFound] when none with it has reached the processor.
	Lookup(ctx context.Context, key string) (Outcome, error)
}

// A Ledger is a processor whose own record of what it did can be compared with
// the books.
type Ledger interface {
	// Entry returns what stands there under a key, or [ErrNotFound].
	Entry(ctx context.Context, key string) (Money, Outcome, error)
}

// A Tokenizer takes a card's number and security code into keeping.
type Tokenizer interface {
	// Tokenize returns the token that the card is charged by from then on, 64
	// hex digits. The same card may get another token each time. It keeps no
	// reference to the details, which the caller wipes. A card that the
	// processor refuses is a [Declined].
	Tokenize(ctx context.Context, d CardDetails) (token string, err error)
}

// A ChargeOrder is what a processor is told of a charge.
type ChargeOrder struct {
	Key         string // names the attempt; written down before the call
	Token       string
	Expiry      Expiry
	Amount      Money
	Description string // what the holder reads on the statement
}

// A RefundOrder is what a processor is told of a refund.
type RefundOrder struct {
	Key    string
	Charge string // the key of the charge it gives back of
	Amount Money
}

// An Outcome is what became of a charge or refund that the processor carried
// out or refused.
type Outcome struct {
	Key       string
	Declined  *Declined // nil when it succeeded
	At        time.Time
	Reference string // the processor's own
}

// Succeeded reports whether the money moved.
func (o Outcome) Succeeded() bool { return o.Declined == nil }

// A Decline is why a processor refused.
type Decline string

const (
	InsufficientFunds Decline = "insufficient_funds"
	OverLimit         Decline = "over_limit"
	IssuerUnavailable Decline = "issuer_unavailable"
	DoNotHonor        Decline = "do_not_honor"
	LostCard          Decline = "lost_card"
	StolenCard        Decline = "stolen_card"
	ClosedAccount     Decline = "closed_account"
	InvalidNumber     Decline = "invalid_number"
	ExpiredCard       Decline = "expired_card"
	NotRefundable     Decline = "not_refundable" // of a refund: more than is left, or no such charge
	NotFoundOut       Decline = "not_found_out"  // a person found that nothing had been charged
	NoCard            Decline = "no_card"        // the processor was not asked: there is no card to charge
)

// Hard reports whether the card is not to be tried again. BILLING.md §6.1.
func (d Decline) Hard() bool {
	switch d {
	case LostCard, StolenCard, ClosedAccount, InvalidNumber, ExpiredCard, NoCard:
		return true
	}
	return false
}

// Declined is the refusal of a card by its processor.
type Declined struct{ Reason Decline }

// Error implements error.
func (d Declined) Error() string { return "declined: " + string(d.Reason) }
