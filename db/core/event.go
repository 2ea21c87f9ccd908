package core

import (
	"slices"
	"time"
)

// An Action says what was done, as "customer.updated".
type Action string

const (
	CustomerCreated  Action = "customer.created"
	CustomerUpdated  Action = "customer.updated"
	CustomerDeleted  Action = "customer.deleted"
	CustomerRestored Action = "customer.restored"
	ListExported     Action = "customers.exported"
	CustomerErased   Action = "customer.erased"
	CustomerTaken    Action = "customer.taken_out" // what is held of one customer
	CustomerMerged   Action = "customer.merged"
	CustomerParted   Action = "customer.parted" // a merge was undone

	DuplicateDismissed Action = "duplicate.dismissed" // two customers are not one
	DuplicateRecalled  Action = "duplicate.recalled"

	NoteCreated Action = "note.created"
	NoteUpdated Action = "note.updated"
	NoteDeleted Action = "note.deleted"

	CustomerEnrolled Action = "customer.enrolled"
	EnrolmentEnded   Action = "customer.enrolment_ended"
	CardAdded        Action = "card.added"
	CardUpdated      Action = "card.updated"
	CardRemoved      Action = "card.removed"
	CardRevived      Action = "card.revived"
	CardDefaulted    Action = "card.defaulted"
	ChannelAdded     Action = "channel.added"
	ChannelUpdated   Action = "channel.updated"
	ChannelWithdrawn Action = "channel.withdrawn"
	ChannelRestored  Action = "channel.restored"
	TokenCreated     Action = "token.created"
	TokenUpdated     Action = "token.updated"
	TokenDeleted     Action = "token.deleted"
	KeysRotated      Action = "keys.rotated"

	MerchantCreated  Action = "merchant.created"
	MerchantUpdated  Action = "merchant.updated"
	MerchantClosed   Action = "merchant.closed"
	MerchantReopened Action = "merchant.reopened"
	MerchantDeleted  Action = "merchant.deleted"
	MerchantEntered  Action = "merchant.entered"
	UserCreated      Action = "user.created"
	UserUpdated      Action = "user.updated"
	UserDeactivated  Action = "user.deactivated"
	UserReactivated  Action = "user.reactivated"
	UsersExported    Action = "users.exported"
	UserSetPassword  Action = "user.password_set"
	UserSignedIn     Action = "user.signed_in"
	UserRefused      Action = "user.refused"
	UserSignedOut    Action = "user.signed_out"
	UserRenamed      Action = "user.renamed"
	SessionsEnded    Action = "user.sessions_ended"
	ViewCreated      Action = "view.created"
	ViewUpdated      Action = "view.updated"
	ViewDeleted      Action = "view.deleted"
	ViewRestored     Action = "view.restored"
	JobStarted       Action = "job.started"
	JobFinished      Action = "job.finished"
	JobHalted        Action = "job.stopped"
	JobFailure       Action = "job.failed"
	LinkCreated      Action = "link.created"
	LinkAsked        Action = "link.asked"
	MailResent       Action = "mail.resent"
	AppUserCreated   Action = "application_user.created"
	AppUserUpdated   Action = "application_user.updated"
	AppUserRotated   Action = "application_user.key_rotated"
	AppUserRevoked   Action = "application_user.revoked"

	PlanCreated    Action = "plan.created"
	PlanUpdated    Action = "plan.updated"
	PlanArchived   Action = "plan.archived"
	PlanUnarchived Action = "plan.unarchived"
	PlanDeleted    Action = "plan.deleted"

	SubscriptionStarted  Action = "subscription.started"
	SubscriptionPaused   Action = "subscription.paused"
	SubscriptionResumed  Action = "subscription.resumed"
	SubscriptionUpdated  Action = "subscription.updated"
	SubscriptionCanceled Action = "subscription.canceled"
	CancelScheduled      Action = "subscription.cancel_scheduled"
	SubscriptionKept     Action = "subscription.kept"

	SubscriptionCompleted Action = "subscription.completed"
	SubscriptionPastDue   Action = "subscription.past_due"
	SubscriptionUnpaid    Action = "subscription.unpaid"
	SubscriptionRecovered Action = "subscription.recovered"
	SubscriptionParked    Action = "subscription.parked"
	SubscriptionUnparked  Action = "subscription.unparked"

	ChargePaidAction     Action = "charge.paid"
	ChargeDeclinedAction Action = "charge.declined"
	ChargeUnknownAction  Action = "charge.unknown"
	ChargeCreated        Action = "charge.created"
	ChargeRetried        Action = "charge.retried"
	ChargeMarkedPaid     Action = "charge.marked_paid"
	ChargeWaivedAction   Action = "charge.waived"
	ChargeResolved       Action = "charge.resolved"
	RefundCreated        Action = "refund.created"
	RefundPaid           Action = "refund.paid"
	RefundDeclined       Action = "refund.declined"
	RefundResolved       Action = "refund.resolved"
	WorkerResumed        Action = "worker.resumed"
)

// An ObjectKind says what sort of thing an event is about.
type ObjectKind string

const (
	CustomerObject ObjectKind = "customer"
	NoteObject     ObjectKind = "note"
	CardObject     ObjectKind = "card"
	TokenObject    ObjectKind = "token"
	ChannelObject  ObjectKind = "channel"
	KeysObject     ObjectKind = "keys" // what secrets are sealed with
	MerchantObject ObjectKind = "merchant"
	UserObject     ObjectKind = "user"
	AppUserObject  ObjectKind = "application_user"
	ViewObject     ObjectKind = "view"
	JobObject      ObjectKind = "job"
	MailObject     ObjectKind = "mail"
	PlanObject     ObjectKind = "plan"

	SubscriptionObject ObjectKind = "subscription"
	ChargeObject       ObjectKind = "charge"
	RefundObject       ObjectKind = "refund"
)

// An Event is the record of one act: who did what to which object when, and
// which fields changed. It is written in the transaction of the act and never
// changed. The values before and after stand apart, so that erasing a person
// takes the values away and leaves the record of acts whole.
type Event struct {
	ID       int64
	At       time.Time
	Actor    Actor
	Action   Action
	Object   ObjectKind
	ObjectID int64
	Customer int64    // whose timeline it stands in, if any
	Version  int64    // of the object after the act
	Fields   []string // names of what changed
	Undoes   int64    // the event this one took back, if any

	// Subject is what the card or channel is called that the event is about,
	// where events are listed; removed ones too.
	Subject string

	// PartOf is the kind of the job that the actor's Batch is, where events are
	// listed; "" of an act by itself.
	PartOf JobKind

	From, To Changes // the values; nil where they were erased or never kept
}

// Undoable reports whether the act can be taken back from the timeline.
func (e Event) Undoable() bool {
	switch e.Action {
	case CustomerUpdated:
		return len(e.From) > 0
	case CustomerDeleted, NoteDeleted, CardRemoved, CardDefaulted, ChannelWithdrawn, SubscriptionPaused, CancelScheduled,
		CustomerMerged:
		return true
	}
	return false
}

// overtaking are the acts after which one on the same object is no longer to be
// taken back: it was done again, or its opposite.
var overtaking = map[Action][]Action{
	CustomerDeleted:    {CustomerDeleted, CustomerRestored},
	CardRemoved:        {CardRemoved, CardRevived},
	ChannelWithdrawn:   {ChannelWithdrawn, ChannelRestored},
	SubscriptionPaused: {SubscriptionPaused, SubscriptionResumed, SubscriptionCanceled, SubscriptionCompleted},
	CancelScheduled:    {CancelScheduled, SubscriptionKept, SubscriptionCanceled, SubscriptionCompleted},
}

// Overtakes reports whether the event leaves nothing to be taken back of an
// earlier one.
func (e Event) Overtakes(earlier Event) bool {
	return e.Object == earlier.Object && e.ObjectID == earlier.ObjectID && slices.Contains(overtaking[earlier.Action], e.Action)
}

// A Timeline is a page of a customer's events, newest first.
type Timeline struct {
	Events []Event
	Undone map[int64]bool // events of these that were taken back
	More   int64          // asks for the events before these; 0 when there are none
}
