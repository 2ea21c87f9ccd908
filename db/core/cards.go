package core

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

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

// Label is what people know the card by: "Visa ···· 4242".
func (c Card) Label() string { return CardLabel(c.Brand, c.LastFour) }

// CardLabel is the label of a card of the brand whose number ends so.
func CardLabel(brand Brand, lastFour string) string { return brand.Name() + " ···· " + lastFour }

// KeepUntil returns when a card that expires so is kept no longer: so many
// months after it has expired everywhere.
func (e Expiry) KeepUntil(months int) time.Time { return e.AddMonths(months).End() }

// Key is the expiry as it is stored and sorted: "2030-01".
func (e Expiry) Key() string { return e.LastDay().String()[:len("2030-01")] }

// MonthOf is the expiry of cards whose last month the instant lies in, by the
// clock of the last time zone on earth, as [Expiry.End] has it.
func MonthOf(at time.Time) Expiry {
	local := at.UTC().Add(-12 * time.Hour)
	return Expiry{local.Year(), local.Month()}
}

// AddMonths returns the expiry n months later, or earlier when n is negative.
func (e Expiry) AddMonths(n int) Expiry {
	first := time.Date(e.Year, e.Month+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	return Expiry{first.Year(), first.Month()}
}

// Expiring reports whether the card is good at the instant and not for long:
// this month or the next is its last.
func (e Expiry) Expiring(at time.Time) bool {
	month := MonthOf(at)
	return e == month || e == month.AddMonths(1)
}

// A NewCard is a card to be kept for a customer.
type NewCard struct {
	CardDetails
	Description string
	Default     bool // make it the default even where there is one
	// Request names the request that brings it, so that the same request sent
	// twice adds one card; "" is no name. At most [MaxRequest] characters.
	Request string
}

// MaxRequest is the longest name of a request, in characters.
const MaxRequest = 100

// Check returns what is wrong with the card, whose details [ReadCard] made.
func (n NewCard) Check(now time.Time) Invalid {
	var bad Invalid
	if n.Number.Reveal() == nil {
		bad.add("number", Required)
	}
	bad.checkExpiry(n.Expiry, now)
	bad.checkHolder(n.Holder)
	bad.checkCardDescription(n.Description)
	bad.text("request", n.Request, MaxRequest)
	return bad
}

// CheckDescription returns what is wrong with the description alone, for cards
// whose details could not be read.
func (n NewCard) CheckDescription() Invalid {
	var bad Invalid
	bad.checkCardDescription(n.Description)
	return bad
}

func (e *Invalid) checkExpiry(x Expiry, now time.Time) {
	switch {
	case x == Expiry{}:
		e.add("expiry", Required)
	case x.Month < time.January || x.Month > time.December || x.Year < 2000 || x.Year > 2099:
		e.add("expiry", Malformed)
	case x.Expired(now):
		e.add("expiry", Expired)
	}
}

func (e *Invalid) checkCardDescription(v string) {
	switch {
	case !clean(v, false):
		e.add("description", Control)
	case utf8.RuneCountInString(v) > MaxCardDescription:
		*e = append(*e, Fault{Field: "description", Rule: TooLong, Limit: MaxCardDescription})
	case HasCardNumber(v):
		e.add("description", CardText)
	}
}

// An Addition says what adding something came to.
type Addition string

const (
	Added   Addition = "added"   // it is new
	Updated Addition = "updated" // it was there; what was given anew stands now
	Revived Addition = "revived" // it had been removed, and is back
)

// A CardEdit is a change of a card. What is nil stays as it is. The number is
// not among it: another number is another card.
type CardEdit struct {
	Expiry      *Expiry
	Holder      *string
	Description *string
	Active      *bool // false switches it off; refused while a living subscription needs it
	Default     bool  // make it the default
}

// With returns the card with the edit made, and all that is wrong with it.
// What the edit leaves as it is is not checked: an expired card can get
// another description.
func (c Card) With(e CardEdit, now time.Time) (Card, Invalid) {
	var bad Invalid
	if e.Expiry != nil && *e.Expiry != c.Expiry {
		c.Expiry = *e.Expiry
		bad.checkExpiry(c.Expiry, now)
	}
	if e.Holder != nil && *e.Holder != c.Holder {
		c.Holder = strings.TrimSpace(*e.Holder)
		bad.checkHolder(c.Holder)
	}
	if e.Description != nil && *e.Description != c.Description {
		c.Description = strings.TrimSpace(*e.Description)
		bad.checkCardDescription(c.Description)
	}
	if e.Active != nil {
		c.Active = *e.Active
	}
	c.Default = c.Default || e.Default
	return c, bad
}

// DiffCards returns the names of what differs, and the values of what may
// stand in the record of acts: neither the expiry nor the holder, which are
// card data.
func DiffCards(old, now Card) (names []string, from, to Changes) {
	from, to = Changes{}, Changes{}
	for _, f := range []struct {
		name     string
		was, is  string
		recorded bool
	}{
		{"expiry", old.Expiry.Key(), now.Expiry.Key(), false},
		{"holder", old.Holder, now.Holder, false},
		{"description", old.Description, now.Description, true},
		{"active", strconv.FormatBool(old.Active), strconv.FormatBool(now.Active), true},
	} {
		if f.was == f.is {
			continue
		}
		names = append(names, f.name)
		if f.recorded {
			from[f.name], to[f.name] = f.was, f.is
		}
	}
	return names, from, to
}

// A CardUse is a living subscription that is charged to a card.
type CardUse struct {
	Subscription int64
	Plan         string // its name
	State        State
	NextRun      time.Time // its next charge; zero when none is to come
}

// CardInUse is the error for taking away a card that living subscriptions
// need: they must get another first, or end. It is an [ErrConflict].
type CardInUse struct{ Uses []CardUse }

// Error implements error.
func (e CardInUse) Error() string {
	return "card is used by " + strconv.Itoa(len(e.Uses)) + " living subscriptions"
}

// Is makes [errors.Is] see a conflict in it.
func (e CardInUse) Is(target error) bool { return target == ErrConflict }
