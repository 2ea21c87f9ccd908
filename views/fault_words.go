package views

import (
	"errors"
	"strings"

	"kontor/db/core"
)

// complaint is what is wrong with a field, as one sentence that says what to do.
func complaint(f core.Fault) string {
	name := label(f.Field)
	base := f.Field[strings.LastIndexByte(f.Field, '.')+1:]
	if strings.HasPrefix(f.Field, "metadata.") {
		base = "metadata"
	}
	switch f.Rule {
	case core.Required:
		return required(f.Field)
	case core.TooLong:
		if f.Field == "number" {
			return cardDigits
		}
		return name + " can have at most " + count(f.Limit, "character") + ". Shorten it."
	case core.TooShort:
		if f.Field == "number" {
			return cardDigits
		}
		return "Use at least " + count(f.Limit, "character") + "."
	case core.TooMany:
		return "There can be at most " + number(f.Limit) + " " + things[base] + ". Take some out."
	case core.Malformed:
		if text, ok := forms[base]; ok {
			return text
		}
		return name + " is not written as it should be."
	case core.Unknown:
		if text, ok := choices[base]; ok {
			return text
		}
		return name + " is not known. Choose another."
	case core.Taken:
		if f.Field == "reference" {
			return "Another customer has this reference. Choose another, or open that customer instead."
		}
		return name + " is taken. Choose another."
	case core.CardText:
		return name + " looks as if it holds a card number. Take it out: card numbers are never kept."
	case core.Control:
		return name + " holds characters that cannot be shown. Type it again."
	case core.Either:
		return "Give either the whole name, or first and last name. Clear the one or the others."
	case core.Wrong:
		return "This is not the " + lower(name) + ". Type it again."
	case core.TooEasy:
		return "This password is easily guessed. Choose another, such as a few words that do not belong together."
	case core.CheckDigit:
		return "This is not a card number: a digit is wrong. Check it against the card."
	case core.Expired:
		return "This card has expired. Use another."
	case core.TooLate:
		if f.Field == "mandate_signed" {
			return "A mandate cannot be signed in the future. Enter the day it was signed."
		}
		return name + " lies too far ahead. Choose an earlier time."
	case core.Ambiguous:
		return name + " fits more than one record. Be more exact."
	case core.NotPositive:
		if text, ok := positives[f.Field]; ok {
			return text
		}
		return name + " cannot be less than nothing."
	case core.TooFew:
		return name + " cannot be fewer than " + number(f.Limit) + ": that many are made already, or being made."
	case core.TooEarly:
		return name + " lies in the past. Choose a later time."
	case core.InUse:
		return inUse(f.Field)
	case core.Archived:
		return "This plan is archived and takes no new subscriptions. Choose another."
	case core.OtherCurrency:
		return name + " has to be in " + f.Other + ": the currency of a subscription is fixed for life."
	case core.Unusable:
		return "This card was removed or switched off. Choose another."
	case core.TooPrecise:
		if f.Limit == 0 {
			return name + " has no decimals in this currency. Enter a whole amount."
		}
		return name + " has at most " + count(f.Limit, "decimal") + " in this currency."
	case core.TooLarge:
		return name + " is more than can be. Enter a smaller amount."
	case core.LastOne:
		return "This is the last active owner or admin here. Make somebody else one first."
	case core.Itself:
		return "This is the same customer. Choose another."
	case core.OwnRights:
		return "Nobody can give themselves more rights. Ask somebody else who may."
	}
	return "Check " + lower(name) + "."
}

func required(field string) string {
	switch field {
	case "name":
		return "Enter a name."
	case "email":
		return "Enter an e-mail address."
	case "password":
		return "Enter a password."
	case "present":
		return "Enter your present password."
	case "text":
		return "Write the note."
	case "country":
		return "Choose a country."
	case "plan":
		return "Choose a plan."
	case "apis":
		return "Choose at least one API."
	case "card":
		return "Choose a card that can be charged."
	case "when":
		return "Choose when it ends."
	case "number":
		return "Enter the number on the card."
	case "expiry":
		return "Enter the expiry date on the card, such as 08/30."
	case "code":
		return "Enter the security code of the card."
	case "address":
		return "Enter the account, number or address that the customer pays with."
	case "mandate_signed":
		return "Enter the day on which the mandate was signed."
	}
	if strings.HasPrefix(field, "metadata.") {
		return "Enter a key for the metadata value."
	}
	return "Enter the " + lower(label(field)) + "."
}

// positives say of amounts and numbers that there must be some.
var positives = map[string]string{
	"amount":   "Enter an amount above nothing.",
	"payments": "Enter a number of payments, or nothing for no end.",
}

// inUse says why something can't change or go.
func inUse(field string) string {
	if field == "currency" {
		return "The currency cannot change: there are subscriptions to this plan. Add another plan instead."
	}
	return "There are or were subscriptions to this plan. Archive it instead."
}

// cardDigits is for a number of a length that cards do not have.
const cardDigits = "A card number has 12 to 19 digits. Check it against the card."

// forms say how a field is written.
var forms = map[string]string{
	"number":         "Enter the whole number on the card, in digits.",
	"expiry":         "Enter month and year as on the card, such as 08/30.",
	"code":           "Enter the 3 digits on the back of the card, or the 4 on the front of an American Express.",
	"holder":         "Enter the name as it stands on the card.",
	"address":        "Check this: it is not a whole account number, phone number or address.",
	"mandate":        "Write the mandate's reference in letters, digits and the marks / - ? : ( ) . , ' +",
	"mandate_signed": "Enter the day as year-month-day, such as 2026-10-31.",

	"email":         "Enter an e-mail address such as name@example.com.",
	"bcc":           "Enter e-mail addresses such as name@example.com, with commas between them.",
	"language":      "Enter a language code such as en-GB.",
	"date_of_birth": "Enter the date as year-month-day, such as 1980-04-23.",
	"ip":            "Enter an IP address such as 192.0.2.7 or 2001:db8::7.",
	"metadata":      "Metadata can hold text, a number, true or false.",
	"charge_hour":   "Enter a whole hour from 4 to 23.",
	"retry_days":    "Enter up to 8 rising days from 1 to 60, such as 1,3,5,7.",
	"refund_limit":  "Enter an amount such as 50 or 49.90.",
	"retention":     "Enter a number of days from 0 to 3650.",
	"keep_months":   "Enter a number of months from 0 to 120.",
	"amount":        "Enter an amount with digits and a point, such as 49 or 49.90.",
	"payments":      "Enter a whole number of payments, or nothing for no end.",
	"start":         "Enter the day as year-month-day, such as 2027-02-28.",
	"until":         "Enter the day as year-month-day, such as 2027-02-28.",
}

// choices say what can be chosen.
var choices = map[string]string{
	"scheme":    "Choose a payment method from the list.",
	"address":   "This account is in a country outside SEPA. Enter one inside.",
	"next_card": "Choose one of the cards that are left.",

	"country":  "Choose a country from the list.",
	"currency": "Enter a currency code such as EUR.",
	"gender":   "Choose male, female or nothing.",
	"type":     "Choose billing, shipping or both.",
	"zone":     "Enter a time zone such as Europe/Zurich.",
	"role":     "Choose a role from the list.",

	"frequency":  "Choose how often from the list.",
	"pause_rule": "Choose what a pause does from the list.",
	"spent_rule": "Choose what the last decline does from the list.",
}

// things are what there can be too many of.
var things = map[string]string{
	"bcc":       "addresses for copies",
	"metadata":  "metadata entries",
	"addresses": "addresses",
	"views":     "saved views",
	"payments":  "payments",
}

// customerComplaint is the complaint about a field of a customer: one that says
// nothing at all is told so at its name.
func customerComplaint(f core.Fault) string {
	if f.Field == "name" && f.Rule == core.Required {
		return "Enter a name, or anything else that is known of the customer."
	}
	return complaint(f)
}

// fault is the complaint about one field, or "".
func fault(bad core.Invalid, field string) string {
	f, ok := bad.Field(field)
	if !ok {
		return ""
	}
	return complaint(f)
}

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
	case core.UserCreated:
		return roleName(core.Role(by))
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

// queryComplaint is what is wrong with a query, and what to do.
func queryComplaint(e core.QueryError) string {
	text := queryWords(e)
	if e.Suggestion != "" {
		text += " Did you mean " + e.Suggestion + "?"
	}
	return text
}

func queryWords(e core.QueryError) string {
	field := ""
	if e.Field != 0 {
		field = e.Field.String()
	}
	switch e.Rule {
	case core.TooLong:
		return "The search is longer than " + count(e.Limit, "character") + ". Shorten it."
	case core.TooMany:
		return "The search has more than " + count(e.Limit, "term") + ". Leave some out."
	case core.TooDeep:
		return "The parentheses are more than " + number(e.Limit) + " deep. Simplify the search."
	case core.Control:
		return "The search holds a character that cannot be searched for. Take it out."
	case core.Malformed:
		return "“" + short(e.Text, 40) + "” is no value for " + field + "." + valueHint(e.Type)
	case core.Unknown:
		return "“" + short(e.Text, 40) + "” is none of the choices for " + field + "."
	case core.UnknownField:
		return "There is no field “" + short(e.Text, 40) + "”. To search for the text itself, put it in quotes."
	case core.NoKey:
		return "Say which metadata is meant, as in metadata.tier:gold."
	case core.NoValue:
		return "Say what to look for here."
	case core.BadComparison:
		return "The field " + field + " cannot be compared with “" + strings.TrimPrefix(short(e.Text, 10), ":") + "”."
	case core.AfterEmpty:
		return "“:*” finds what is empty and takes no value. To look for a part, write “:~”."
	case core.Unquoted:
		return "Put a value with parentheses in quotes."
	case core.Unclosed:
		return "This is opened and never closed."
	case core.Unopened:
		return "This closes nothing. Take it out, or put it in quotes."
	case core.Dangling:
		return "A term is missing after this."
	case core.EmptyGroup:
		return "There is nothing between the parentheses."
	}
	return "This part of the search cannot be read."
}

// valueHint says how values of a field are written.
func valueHint(t core.FieldType) string {
	switch t {
	case core.TypeNumber:
		return " Write a whole number."
	case core.TypeAmount:
		return " Write an amount as 49 or 49.90."
	case core.TypeTime, core.TypeDate:
		return " Write a date as 2026-10-31, 2026-10 or 2026."
	case core.TypeCountry:
		return " Write a country by its name or its code."
	case core.TypeCurrency:
		return " Write a currency code such as EUR."
	case core.TypeLanguage:
		return " Write a language code such as en-GB."
	case core.TypeFlag:
		return " Write true or false."
	}
	return ""
}

// RowComplaint is why a row of a file was refused.
func RowComplaint(err error) string {
	var bad core.Invalid
	var words core.RowFault
	switch {
	case errors.As(err, &words):
		return string(words)
	case !errors.As(err, &bad):
		return "The database cannot hold this row."
	}
	parts := make([]string, len(bad))
	for i, f := range bad {
		parts[i] = complaint(f)
		if f.Rule == core.Ambiguous && f.Other != "" {
			parts[i] = "Several customers have this e-mail address: " + f.Other + ". Give the row the reference of one."
		}
	}
	return strings.Join(parts, " ")
}
