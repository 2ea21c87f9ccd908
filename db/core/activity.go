package core

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Acts are the actions there are on each kind of object, in the order that
// lists offer them.
var Acts = []struct {
	Object  ObjectKind
	Actions []Action
}{
	{CustomerObject, []Action{
		CustomerCreated, CustomerUpdated, CustomerDeleted, CustomerRestored, CustomerErased, CustomerTaken, ListExported,
		CustomerMerged, CustomerParted, DuplicateDismissed, DuplicateRecalled, CustomerEnrolled, EnrolmentEnded,
	}},
	{NoteObject, []Action{NoteCreated, NoteUpdated, NoteDeleted}},
	{SubscriptionObject, []Action{
		SubscriptionStarted, SubscriptionPaused, SubscriptionResumed, SubscriptionUpdated, CancelScheduled, SubscriptionKept, SubscriptionCanceled,
		SubscriptionPastDue, SubscriptionRecovered, SubscriptionUnpaid, SubscriptionCompleted, SubscriptionParked, SubscriptionUnparked,
	}},
	{ChargeObject, []Action{
		ChargePaidAction, ChargeDeclinedAction, ChargeUnknownAction, ChargeCreated, ChargeRetried, ChargeMarkedPaid, ChargeWaivedAction, ChargeResolved,
	}},
	{RefundObject, []Action{RefundCreated, RefundPaid, RefundDeclined, RefundResolved}},
	{PlanObject, []Action{PlanCreated, PlanUpdated, PlanArchived, PlanUnarchived, PlanDeleted}},
	{CardObject, []Action{CardAdded, CardUpdated, CardDefaulted, CardRemoved, CardRevived}},
	{ChannelObject, []Action{ChannelAdded, ChannelUpdated, ChannelWithdrawn, ChannelRestored}},
	{TokenObject, []Action{TokenCreated, TokenUpdated, TokenDeleted}},
	{UserObject, []Action{
		UserSignedIn, UserRefused, UserSignedOut, UserSetPassword, UserRenamed, SessionsEnded, UserCreated, LinkCreated, LinkAsked,
		UserUpdated, UserDeactivated, UserReactivated, UsersExported,
	}},
	{JobObject, []Action{JobStarted, JobFinished, JobHalted, JobFailure}},
	{ViewObject, []Action{ViewCreated, ViewUpdated, ViewDeleted, ViewRestored}},
	{MailObject, []Action{MailResent}},
	{AppUserObject, []Action{AppUserCreated, AppUserUpdated, AppUserRotated, AppUserRevoked}},
	{KeysObject, []Action{KeysRotated}},
	{MerchantObject, []Action{MerchantCreated, MerchantEntered, MerchantUpdated, MerchantClosed, MerchantReopened, MerchantDeleted, WorkerResumed}},
}

// Refusals are the actions that record what somebody was not let do.
var Refusals = []Action{UserRefused}

// A Person is one who acts, in short: what tells an [Actor] from others.
// Everything the system does is one person's.
type Person struct {
	Kind ActorKind
	ID   int64
}

// Person returns who the actor is.
func (a Actor) Person() Person { return Person{a.Kind, a.ID} }

// String returns the person as it stands in a URL, as "user-17";
// [ParsePerson] reads it. The zero Person is "".
func (p Person) String() string {
	switch p.Kind {
	case "":
		return ""
	case BySystem:
		return string(BySystem)
	}
	return string(p.Kind) + "-" + strconv.FormatInt(p.ID, 10)
}

// ParsePerson reads a person. A text that names none, which only a URL typed by
// hand has, is the zero Person.
func ParsePerson(s string) Person {
	kind, id, _ := strings.Cut(s, "-")
	n, err := strconv.ParseInt(id, 10, 64)
	p := Person{ActorKind(kind), n}
	switch {
	case s == string(BySystem):
		return Person{Kind: BySystem}
	case err != nil || n <= 0 || (p.Kind != ByUser && p.Kind != ByApplication):
		return Person{}
	}
	return p
}

// ActivityPage is how many events a page of the activity has.
const ActivityPage = 50

// An ActivityList says which events are wanted. The zero value is the newest of
// all.
type ActivityList struct {
	Merchant int64 // for an actor outside every merchant: of this one; 0 is of all
	Person   Person
	Action   Action
	Object   ObjectKind
	Refused  bool      // only [Refusals]
	From     time.Time // from this moment on
	Until    time.Time // and before this one
	After    int64     // the event a page begins after, going back in time
	Before   int64     // the event a page ends before
}

// Actions returns the actions that the list is limited to, nil when to none,
// and whether there is any event that can be in the list at all.
func (l ActivityList) Actions() (only []Action, some bool) {
	for _, kind := range Acts {
		if l.Object != "" && l.Object != kind.Object {
			continue
		}
		for _, a := range kind.Actions {
			if (l.Action == "" || l.Action == a) && (!l.Refused || slices.Contains(Refusals, a)) {
				only = append(only, a)
			}
		}
	}
	if l.Action == "" && l.Object == "" && !l.Refused {
		return nil, true
	}
	return only, len(only) > 0
}

// A Happening is an event with what is known today of what it is about.
type Happening struct {
	Event
	Merchant string // its name, for a reader outside every merchant; "" of the installation itself
	Title    string // of the customer, person, program or plan it is about; "" when that is gone or none
	Living   bool   // it is about a customer who is there and not deleted
	Undone   bool   // it was taken back
	Erased   bool   // whom it is about was erased: nothing can be taken back
}

// An Activity is a page of events, newest first.
type Activity struct {
	Events []Happening
	Prev   int64   // give as Before for the page before; 0 on the first
	Next   int64   // give as After for the page after; 0 on the last
	People []Actor // who can be asked for by name: those who sign in here, and programs
}
