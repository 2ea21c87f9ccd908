package core

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Kinds of failure. A page turns a kind into a status and words, each API into
// the error its own document describes.
var (
	// ErrNotFound is for what is not there, and for what is another merchant's.
	ErrNotFound = errors.New("not found")
	// ErrConflict is for a change of something that has changed since it was read.
	ErrConflict = errors.New("conflict")
	// ErrForbidden is for an act the actor has no right to.
	ErrForbidden = errors.New("forbidden")
	// ErrClosed is for a change of what belongs to a closed merchant.
	ErrClosed = errors.New("merchant closed")
	// ErrUnavailable is for a database that does not answer, or not in time.
	// After it, whether a write happened is unknown.
	ErrUnavailable = errors.New("unavailable")
)

// A Rule is what a value breaks. The words for it are the pages' and the APIs'.
type Rule string

const (
	Required  Rule = "required"
	TooLong   Rule = "too_long"   // more than Limit characters
	TooShort  Rule = "too_short"  // fewer than Limit characters
	TooMany   Rule = "too_many"   // more than Limit entries
	TooFew    Rule = "too_few"    // fewer than Limit
	Malformed Rule = "malformed"  // not of the field's form
	Unknown   Rule = "unknown"    // no such code, field or choice
	Taken     Rule = "taken"      // another living record has it
	CardText  Rule = "card"       // holds what looks like a card number
	Control   Rule = "control"    // holds NUL, a control character or invalid UTF-8
	Either    Rule = "either"     // excludes what Other names
	Wrong     Rule = "wrong"      // not the one that is kept, of a password
	TooEasy   Rule = "too_easy"   // a password that is easily guessed
	TooLate   Rule = "too_late"   // a time that lies too far ahead
	Ambiguous Rule = "ambiguous"  // more than one record fits
	LastOne   Rule = "last_one"   // takes away the last active admin or owner, see [Role.Top]
	OwnRights Rule = "own_rights" // gives oneself more rights
	Itself    Rule = "itself"     // the same record once more
)

// A Fault says what is wrong with one field.
type Fault struct {
	Field string // a name from [Customer.Fields], or a form's own
	Rule  Rule
	Limit int    // for TooLong, TooShort and TooMany
	Other string // for Either and Taken: the other field, or whose it is
}

// Invalid is the error for input that breaks rules. It holds all that is wrong
// at once, in the order of the form.
type Invalid []Fault

// Error implements error. It names fields and rules, never values.
func (e Invalid) Error() string {
	parts := make([]string, len(e))
	for i, f := range e {
		parts[i] = f.Field + " " + string(f.Rule)
	}
	return fmt.Sprintf("invalid: %s", strings.Join(parts, ", "))
}

// Field returns the first fault of the named field.
func (e Invalid) Field(name string) (Fault, bool) {
	for _, f := range e {
		if f.Field == name {
			return f, true
		}
	}
	return Fault{}, false
}

// Err returns e as an error, or nil when nothing is wrong.
func (e Invalid) Err() error {
	if len(e) == 0 {
		return nil
	}
	return e
}

func (e *Invalid) add(field string, rule Rule) { *e = append(*e, Fault{Field: field, Rule: rule}) }

// And returns e with what else is wrong: those of the others whose field has no
// fault yet and is none of the fields left out.
func (e Invalid) And(others Invalid, out ...string) Invalid {
	all := slices.Clone(e)
	for _, f := range others {
		if _, there := e.Field(f.Field); !there && !slices.Contains(out, f.Field) {
			all = append(all, f)
		}
	}
	return all
}
