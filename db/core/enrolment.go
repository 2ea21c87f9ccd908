package core

import (
	"context"
	"slices"
	"strings"
	"time"
)

// An EnrolmentKind says whether a customer is enrolled as a person or as a
// company. CDC: people, companies.
type EnrolmentKind string

const (
	PersonEnrolled  EnrolmentKind = "person"
	CompanyEnrolled EnrolmentKind = "company"
)

// Known reports whether k is a kind at all.
func (k EnrolmentKind) Known() bool { return k == PersonEnrolled || k == CompanyEnrolled }

// MaxEnrolmentID is the longest ID of the merchant's own under which customers
// are enrolled, in characters: letters, digits and ". _ : -".
const MaxEnrolmentID = 64

// EnrolmentID returns the rule that an ID breaks, if any.
func EnrolmentID(id string) Rule {
	switch {
	case id == "":
		return Required
	case len(id) > MaxEnrolmentID:
		return TooLong
	case strings.ContainsFunc(id, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && !strings.ContainsRune("._:-", r)
	}):
		return Malformed
	}
	return ""
}

// An Enrolment is what is said to enrol a customer, or to change one that is:
// the reference that names the customer, and changes of the rest.
type Enrolment struct {
	Reference string
	Changes   Changes
}

// An Enrolled is a customer as the feed shows it.
type Enrolled struct {
	Customer   Customer
	Kind       EnrolmentKind
	Consents   []Channel // those the customer agreed to, by scheme and address
	Changed    int64     // its place in the feed
	ChangedAt  time.Time // grows with Changed
	EnrolledAt time.Time
}

// Channels returns the schemes that the customer agreed to, each once, sorted.
func (e Enrolled) Channels() []string {
	names := []string{}
	for _, c := range e.Consents {
		names = append(names, c.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// An EnrolResult is what became of one of several enrolments: the customer, or
// the [Invalid] for which it was refused.
type EnrolResult struct {
	Enrolled Enrolled
	New      bool // was not enrolled before
	Err      error
}

// Shown reports whether an act changes what the feed shows of its customer.
func (e Event) Shown() bool {
	switch e.Action {
	case ChannelAdded, ChannelUpdated, ChannelWithdrawn, ChannelRestored, CustomerRestored, CustomerMerged, CustomerParted:
		return e.Customer != 0
	case CustomerUpdated:
		for _, ch := range []Changes{e.From, e.To} {
			for name := range ch {
				if shownInFeed(name) {
					return e.Customer != 0
				}
			}
		}
	}
	return false
}

// shownInFeed reports whether the feed may show a field. Of addresses it shows
// four, of the one for bills; which that is an event does not tell.
func shownInFeed(name string) bool {
	switch name {
	case "reference", "name", "first_name", "last_name", "company", "organisation_number", "email", "phone", "date_of_birth":
		return true
	}
	of, field, _ := strings.Cut(strings.TrimPrefix(name, "address."), ".")
	if "address."+of+"."+field != name {
		return false
	}
	switch field {
	case "type", "default", "street", "postcode", "city", "country":
		return true
	}
	return false
}

// A ChannelRegistry knows which channels people and companies have agreed to
// elsewhere. It is asked outside of transactions, some time after an enrolment.
type ChannelRegistry interface {
	// Find returns the channels of an enrolled customer. An error means that
	// it is to be asked again.
	Find(ctx context.Context, e Enrolled) ([]NewChannel, error)
}

// ScanDelay is how long after an enrolment, or a change of it, the registry is
// asked. CDC: minutes; a sandbox need not keep anybody waiting.
const ScanDelay = 3 * time.Second
