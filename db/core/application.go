package core

import (
	"slices"
	"time"
)

// APIs are the five APIs, each by the [Source] of what it makes, in the order
// that pages list them.
var APIs = []Source{FromWallee, FromMonri, FromPayfirma, FromAcquired, FromCDC}

// An ApplicationUser is a program that calls the APIs for one merchant.
type ApplicationUser struct {
	ID        int64
	Merchant  int64
	Name      string
	Role      Role     // [Member] reads and writes, [Viewer] only reads
	APIs      []Source // those it may use; none named is all
	Version   int64
	CreatedAt time.Time
	UsedAt    time.Time // to the minute; zero when never
	OldUntil  time.Time // how long the key before the last one still opens
	RevokedAt time.Time // zero while it may call
}

// Lives of what programs are let in with.
const (
	AppUserTouch = time.Minute        // how often its last use is written down
	OldKeyLife   = 7 * 24 * time.Hour // of a key that another has replaced
	CallKept     = 24 * time.Hour     // how long a call is known by its idempotency key
	CallRuns     = 5 * time.Minute    // longer than any call takes
	RefusedKept  = 20                 // how many refused calls of a program are kept
)

// Active reports whether the program may call at all.
func (a ApplicationUser) Active() bool { return a.RevokedAt.IsZero() }

// MayUse reports whether the program may use the API.
func (a ApplicationUser) MayUse(api Source) bool {
	return len(a.APIs) == 0 || slices.Contains(a.APIs, api)
}

// Actor returns the program as an actor who calls an API from the given
// address, standing in its own merchant.
func (a ApplicationUser) Actor(via Source, origin string) Actor {
	return Actor{Kind: ByApplication, ID: a.ID, Name: a.Name, Role: a.Role, Merchant: a.Merchant, Origin: origin, Via: via}
}

// WithDefaults returns the program with what was left out: a program reads
// and writes, and one that may use all five APIs names none.
func (a ApplicationUser) WithDefaults() ApplicationUser {
	if a.Role == "" {
		a.Role = Member
	}
	named := a.APIs
	a.APIs = nil
	for _, api := range APIs {
		if slices.Contains(named, api) {
			a.APIs = append(a.APIs, api)
		}
	}
	if len(a.APIs) == len(APIs) {
		a.APIs = nil
	}
	for _, api := range named { // what is none stays, to be found out
		if !slices.Contains(APIs, api) {
			a.APIs = append(a.APIs, api)
		}
	}
	return a
}

// Check returns what is wrong with a program's record.
func (a ApplicationUser) Check() Invalid {
	var bad Invalid
	if bad.text("name", a.Name, 100) && a.Name == "" {
		bad.add("name", Required)
	}
	bad.known("role", a.Role == Member || a.Role == Viewer)
	for _, api := range a.APIs {
		bad.known("apis", slices.Contains(APIs, api))
	}
	return bad
}

// Credentials are a program and the keys it may sign with at the moment, the
// newest first, as they were shown: 32 bytes as base64.
type Credentials struct {
	ApplicationUser
	Keys []string
}

// A RefusedCall is a call of a program that was not carried out.
type RefusedCall struct {
	ApplicationUser int64
	At              time.Time
	API             Source
	Method          string
	Path            string // without its query
	Status          int
	Reason          string // in words, never with what was sent
	Origin          string
}

// A CallState says how far a call with an idempotency key has got.
type CallState int

const (
	CallClaimed CallState = iota // nobody has carried it out: the caller is to
	CallDone                     // it was answered before, with this answer
	CallRunning                  // another is carrying it out
	CallLost                     // it was carried out, wholly or in part, and its answer is not known
	CallOther                    // its key belongs to another request
)

// A CallAnswer is what a call with an idempotency key was answered.
type CallAnswer struct {
	Status      int
	ContentType string
	Body        []byte
}

// KeepAnswer says whether an answer stands for every call with the same key,
// or the call may be made again.
type KeepAnswer bool

const (
	Keep   KeepAnswer = true
	Forget KeepAnswer = false
)
