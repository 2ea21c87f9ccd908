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
		if f.Field != "password" {
			return name + " takes at least " + count(f.Limit, "character") + "."
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
		if base == "metadata" {
			return name + " stands there twice. Take one out."
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
	case core.MoreThanLeft:
		return "No more than " + f.Other + " is left to give back. Enter a smaller amount."
	case core.OverOwnLimit:
		return "You may give back up to " + f.Other + " at once. Enter a smaller amount, or ask an owner."
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
	case "frequency":
		return "Choose how often it is charged."
	case "how":
		return "Choose what became of it."
	case "moved":
		return "Say what you found."
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
