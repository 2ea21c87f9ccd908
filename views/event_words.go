package views

import (
	"strings"

	"kontor/db/core"
)

// who names the actor of an event.
func who(a core.Actor) string {
	switch {
	case a.Kind == core.ByApplication && a.Name != "":
		return "application user " + a.Name
	case a.Kind == core.ByApplication:
		return "application user " + itoa(a.ID)
	case a.Name != "":
		return a.Name
	}
	return "Kontor"
}

// what says what an event did.
func what(e core.Event) string {
	if e.Undoes != 0 {
		switch e.Action {
		case core.CustomerUpdated:
			return "Change undone"
		case core.CustomerRestored:
			return "Deletion undone"
		case core.SubscriptionResumed:
			return "Pause undone"
		}
	}
	if text, ok := acts[e.Action]; ok {
		return text
	}
	return strings.ReplaceAll(strings.ReplaceAll(string(e.Action), ".", " "), "_", " ")
}

// acts are the words for every action there is.
var acts = map[core.Action]string{
	core.CustomerCreated:  "Customer added",
	core.CustomerUpdated:  "Customer edited",
	core.CustomerDeleted:  "Customer deleted",
	core.CustomerRestored: "Customer restored",
	core.CustomerErased:   "Personal data erased",
	core.CustomerTaken:    "What is held was taken out",
	core.ListExported:     "Customers exported",
	core.CustomerMerged:   "Customers merged",
	core.CustomerParted:   "Merge undone",

	core.DuplicateDismissed: "Found not to be a duplicate",
	core.DuplicateRecalled:  "Likely duplicate after all",

	core.NoteCreated: "Note added",
	core.NoteUpdated: "Note changed",
	core.NoteDeleted: "Note deleted",

	core.CustomerEnrolled: "Enrolled for channels",
	core.EnrolmentEnded:   "Enrolment for channels ended",

	core.CardAdded:        "Card added",
	core.CardUpdated:      "Card changed",
	core.CardRemoved:      "Card removed",
	core.CardRevived:      "Card brought back",
	core.TokenCreated:     "Token made",
	core.TokenUpdated:     "Token changed",
	core.TokenDeleted:     "Token deleted",
	core.CardDefaulted:    "Default card set",
	core.ChannelAdded:     "Payment method added",
	core.ChannelUpdated:   "Payment method changed",
	core.ChannelWithdrawn: "Payment method withdrawn",
	core.ChannelRestored:  "Payment method brought back",
	core.KeysRotated:      "Secrets sealed with a new key",

	core.MerchantCreated:  "Merchant added",
	core.MerchantEntered:  "Merchant entered",
	core.MerchantUpdated:  "Settings changed",
	core.MerchantClosed:   "Merchant closed",
	core.MerchantReopened: "Merchant reopened",
	core.MerchantDeleted:  "Merchant deleted",
	core.UserUpdated:      "Person changed",
	core.UserDeactivated:  "Person deactivated",
	core.UserReactivated:  "Person reactivated",
	core.UsersExported:    "People exported",
	core.UserCreated:      "Person added",
	core.UserSetPassword:  "Password set",
	core.UserSignedIn:     "Signed in",
	core.UserRefused:      "Sign-in refused",
	core.UserSignedOut:    "Signed out",
	core.UserRenamed:      "Name changed",
	core.SessionsEnded:    "Sessions ended",
	core.ViewCreated:      "View saved",
	core.ViewUpdated:      "View changed",
	core.ViewDeleted:      "View deleted",
	core.ViewRestored:     "View restored",
	core.JobStarted:       "Background work started",
	core.JobFinished:      "Background work done",
	core.JobHalted:        "Background work stopped",
	core.JobFailure:       "Background work broken off",
	core.LinkCreated:      "Link made",
	core.LinkAsked:        "Link for a new password asked for",
	core.MailResent:       "Mail sent again",
	core.AppUserCreated:   "Application user added",
	core.AppUserUpdated:   "Application user changed",
	core.AppUserRotated:   "Application user given a new key",
	core.AppUserRevoked:   "Application user revoked",

	core.PlanCreated:    "Plan added",
	core.PlanUpdated:    "Plan changed",
	core.PlanArchived:   "Plan archived",
	core.PlanUnarchived: "Plan brought back",
	core.PlanDeleted:    "Plan deleted",

	core.SubscriptionStarted:  "Subscription started",
	core.SubscriptionPaused:   "Subscription paused",
	core.SubscriptionResumed:  "Subscription resumed",
	core.SubscriptionUpdated:  "Subscription changed",
	core.SubscriptionCanceled: "Subscription canceled",
	core.CancelScheduled:      "Set to end with the period",
	core.SubscriptionKept:     "Kept after all",

	core.SubscriptionCompleted: "Subscription completed",
	core.SubscriptionPastDue:   "Subscription past due",
	core.SubscriptionUnpaid:    "Subscription unpaid",
	core.SubscriptionRecovered: "Subscription in good standing again",
	core.SubscriptionParked:    "Charges left to a person",
	core.SubscriptionUnparked:  "Charges taken up again",

	core.ChargePaidAction:     "Charge succeeded",
	core.ChargeDeclinedAction: "Charge declined",
	core.ChargeUnknownAction:  "Charge being checked",
	core.ChargeCreated:        "Charge made",
	core.ChargeRetried:        "Charge tried again",
	core.ChargeMarkedPaid:     "Charge marked paid",
	core.ChargeWaivedAction:   "Charge waived",
	core.ChargeResolved:       "Outcome found out",
	core.RefundCreated:        "Refund made",
	core.RefundPaid:           "Refund succeeded",
	core.RefundDeclined:       "Refund declined",
	core.RefundResolved:       "Outcome of a refund found out",
	core.WorkerResumed:        "Charging taken up again",
}

// kinds are what the kinds of objects are called together.
var kinds = map[core.ObjectKind]string{
	core.CustomerObject: "Customers",
	core.NoteObject:     "Notes",
	core.UserObject:     "People",
	core.AppUserObject:  "Application users",
	core.MerchantObject: "Merchants",
	core.ViewObject:     "Saved views",
	core.JobObject:      "Background work",
	core.MailObject:     "Mail",
	core.PlanObject:     "Plans",

	core.SubscriptionObject: "Subscriptions",

	core.CardObject:    "Cards",
	core.TokenObject:   "Tokens",
	core.ChannelObject: "Other payment methods",
	core.KeysObject:    "Keys",
	core.ChargeObject:  "Charges",
	core.RefundObject:  "Refunds",
}

// how says in which way an act was done, where its name leaves that open.
func how(e core.Event) string {
	if len(e.Fields) != 1 {
		return ""
	}
	switch by := e.Fields[0]; e.Action {
	case core.UserSignedIn:
		return map[string]string{"password": "with a password", "link": "by a link"}[by]
	case core.UserRefused:
		return map[string]string{"password": "the present password was not right"}[by]
	case core.UserCreated:
		return roleName(core.Role(by))
	case core.ViewCreated, core.ViewDeleted, core.ViewRestored:
		return map[string]string{"team": "shared with the team"}[by]
	case core.LinkCreated:
		return map[string]string{string(core.SignInLink): "to sign in", string(core.SetUpLink): "to set a password", "mailed": "to set a password, by mail"}[by]
	case core.MailResent:
		return lower(mailKinds[core.MailKind(by)])
	}
	return ""
}

// tone is how an event stands out.
func tone(a core.Action) string {
	switch a {
	case core.CustomerCreated, core.CustomerRestored, core.SubscriptionStarted, core.SubscriptionResumed:
		return "ok"
	case core.CustomerDeleted, core.CustomerErased, core.UserRefused, core.SubscriptionCanceled:
		return "bad"
	}
	return ""
}
