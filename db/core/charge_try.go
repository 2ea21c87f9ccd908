package core

import "time"

// An AttemptState is what is known of a call of the processor.
type AttemptState string

const (
	AttemptDue       AttemptState = "due"       // of a refund: the processor was not called yet
	AttemptSending   AttemptState = "sending"   // the processor is being called
	AttemptUnknown   AttemptState = "unknown"   // it did not tell what became of the call
	AttemptSucceeded AttemptState = "succeeded" // the money moved
	AttemptDeclined  AttemptState = "declined"
)

// Settled reports whether the outcome is known, which never changes.
func (s AttemptState) Settled() bool { return s == AttemptSucceeded || s == AttemptDeclined }

// An Attempt is one try of a charge: one key, and one outcome.
type Attempt struct {
	ID        int64
	Charge    int64
	Number    int // from 1 on
	Key       string
	Card      int64
	Brand     Brand
	LastFour  string
	Run       int64 // 0: a person's
	State     AttemptState
	Reason    Decline
	Reference string // the processor's own
	Checks    int    // how often the outcome was asked for in vain
	CreatedAt time.Time
	SettledAt time.Time
}

// A RefundRecord is money given back of a charge, whole or in part. Its key and
// outcome follow the same rules as an attempt's.
type RefundRecord struct {
	ID        int64
	Merchant  int64
	Charge    int64
	Customer  int64
	Key       string
	State     AttemptState
	Reason    Decline
	Amount    Money
	Note      string // why
	By        string // who gave it back, as shown
	Reference string
	Checks    int
	NextAt    time.Time
	CreatedAt time.Time
	SettledAt time.Time
}

// Stuck reports whether the outcome can no longer be found out by asking.
func (r RefundRecord) Stuck() bool { return r.State == AttemptUnknown && r.NextAt.IsZero() }

// A NewRefund is what is to be given back.
type NewRefund struct {
	Charge  int64
	Amount  Money
	Note    string
	Request string // as a [NewCharge]'s
}

// Check returns what is wrong with the refund of the charge for the actor, to
// whose role the merchant may have set a limit. The limit is an amount in the
// merchant's currency; of another currency nothing is within it.
func (n NewRefund) Check(c Charge, m Merchant, by Actor) Invalid {
	var bad Invalid
	left := c.Left()
	switch {
	case n.Amount.Currency != left.Currency:
		bad = append(bad, Fault{Field: "amount", Rule: OtherCurrency, Other: left.Currency})
	case n.Amount.price() != "":
		bad.add("amount", n.Amount.price())
	case n.Amount.Minor > left.Minor:
		bad = append(bad, Fault{Field: "amount", Rule: MoreThanLeft, Other: left.Decimal()})
	case !m.MayRefund(by, n.Amount):
		bad = append(bad, Fault{Field: "amount", Rule: OverOwnLimit, Other: Money{m.RefundLimit, m.Currency}.Decimal()})
	}
	bad.required("note", n.Note, MaxChargeNote)
	return bad
}

// What refunds break.
const (
	MoreThanLeft Rule = "more_than_left" // of the charge; Other is what is left
	OverOwnLimit Rule = "over_own_limit" // of the actor; Other is it
)

// MayRefund reports whether the actor may give so much back at once.
func (m Merchant) MayRefund(by Actor, amount Money) bool {
	if by.May(Manage) {
		return true
	}
	return by.May(Refund) && amount.Currency == m.Currency && amount.Minor <= m.RefundLimit
}

// Work is something for the worker to do, by kind and ID.
type Work struct {
	Kind     WorkKind
	ID       int64
	Merchant int64
	At       time.Time // when it came due
}

// A WorkKind says what a piece of work is about.
type WorkKind string

const (
	BeginWork  WorkKind = "begin"  // a subscription's next run
	ResumeWork WorkKind = "resume" // a subscription's pause ends
	ChargeWork WorkKind = "charge" // a charge is to be tried, or asked about
	RefundWork WorkKind = "refund" // a refund likewise
)

// A CallOrder is a call of the processor that is to be made. It has been written
// down.
type CallOrder struct {
	Work   Work      // on the charge or refund
	ID     int64     // of the attempt or refund
	Ask    bool      // a call with the key may have been made: ask before it is made again
	Begun  time.Time // when the key was first used
	Charge ChargeOrder
	Refund RefundOrder
}

// Key is the key of the call.
func (o CallOrder) Key() string {
	if o.Work.Kind == RefundWork {
		return o.Refund.Key
	}
	return o.Charge.Key
}

// A Run is one time that the worker charged what was due of a merchant.
type Run struct {
	ID         int64
	Merchant   int64
	StartedAt  time.Time
	FinishedAt time.Time // zero while it goes on
	RunCounts
	Faults int // invariants that did not hold afterwards
	Sums   []RunSum
}

// RunCounts add up what a run took up.
type RunCounts struct {
	Charged  int `json:"charged"`
	Declined int `json:"declined"`
	Unknown  int `json:"unknown"` // the processor has not told yet
	Skipped  int `json:"skipped"`
}

// Due is everything that was due.
func (c RunCounts) Due() int { return c.Charged + c.Declined + c.Unknown + c.Skipped }

// Plus adds up two runs.
func (c RunCounts) Plus(d RunCounts) RunCounts {
	return RunCounts{c.Charged + d.Charged, c.Declined + d.Declined, c.Unknown + d.Unknown, c.Skipped + d.Skipped}
}

// A RunSum is the money of a run in one currency, in minor units.
type RunSum struct {
	Currency string
	Charged  int64
	Declined int64
}

// A RunNote is something that a run took up and did not charge, or something
// that was wrong after it.
type RunNote struct {
	Fault    bool // it was wrong
	Reason   string
	Object   ObjectKind
	ObjectID int64
}

// Why a run did not charge what was due.
const (
	SkippedParked  = "parked"  // more periods at once than are charged unasked
	SkippedEnded   = "ended"   // it ended with its period
	SkippedResumed = "resumed" // its pause ended: nothing is charged for that
	SkippedHeld    = "held"    // its customer is deleted
	SkippedStopped = "stopped" // a retry of a subscription that is paused, unpaid or has ended
	SkippedNoCard  = "no_card" // it has no card that can be charged
	SkippedDone    = "done"    // the period was charged before
)

// What can be wrong with the books.
const (
	FaultTwoSuccesses = "two_successes" // a charge that was paid twice
	FaultPaidWithout  = "paid_without"  // a charge that is paid without a try that succeeded, or the other way round
	FaultSums         = "sums"          // refunds do not add up to what the charge says was given back
	FaultNotCharged   = "not_charged"   // a period that was due was neither charged nor skipped
	FaultNoLedger     = "not_in_ledger" // a try that the processor does not know, or knows otherwise
	FaultNoBooks      = "not_in_books"  // money moved at the processor that no try tells of
	FaultWaiting      = "waiting"       // a charge that waits for nothing
)

// A CheckFault is something wrong in the books.
type CheckFault struct {
	Merchant int64
	Reason   string
	Object   ObjectKind
	ObjectID int64
	Key      string // of the call it is about, where there is one
}

// A Call is a call of the processor as the books have it.
type Call struct {
	Key      string
	State    AttemptState
	Amount   Money
	Merchant int64
	Object   ObjectKind // what it was for
	ObjectID int64
}

// Check compares the call with what the processor says of its key, and returns
// what is wrong with it, or false. The error is that of asking: [ErrNotFound]
// when the processor does not know the key.
func (c Call) Check(amount Money, out Outcome, err error) (CheckFault, bool) {
	moved := c.State == AttemptSucceeded
	if err == nil && out.Succeeded() == moved && (!moved || amount == c.Amount) {
		return CheckFault{}, false
	}
	return CheckFault{Merchant: c.Merchant, Reason: FaultNoLedger, Object: c.Object, ObjectID: c.ObjectID, Key: c.Key}, true
}

// MoneyMoved is what a person found out at the processor about a call.
type MoneyMoved string

const (
	DidMove    MoneyMoved = "moved"
	DidNotMove MoneyMoved = "not_moved"
)

// Unparking says how to go on with a subscription that was left to a person.
type Unparking string

const (
	ChargeAll     Unparking = "all"      // everything that came due, the oldest first and one a day
	ChargeFromNow Unparking = "from_now" // what comes due from now on
)

// CheckCard returns what keeps the card from being charged.
func CheckCard(c Card, now time.Time) Invalid {
	var bad Invalid
	bad.usable(c, now)
	return bad
}

// A Halt is why the worker stands still until a person says to go on: what is
// due cannot be told by a clock that is wrong. BILLING.md §9.7.
type Halt string

const (
	ClockBack  Halt = "clock_back"  // it shows less than it did
	ClockAhead Halt = "clock_ahead" // it leapt more than a day ahead
)
