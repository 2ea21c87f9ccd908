package core

import (
	"strconv"
	"strings"
	"time"
)

// Limits of subscriptions.
const (
	MaxSubscriptionText = 1000 // characters of the description
	MaxStartYears       = 5    // a start can lie ahead
)

// What plans and subscriptions break.
const (
	TooEarly      Rule = "too_early"      // a time that lies in the past
	Archived      Rule = "archived"       // a plan that takes no new subscriptions
	InUse         Rule = "in_use"         // what others depend on cannot change or go
	OtherCurrency Rule = "other_currency" // a subscription's currency is fixed for life; Other is it
	Unusable      Rule = "unusable"       // a card that was removed or switched off
)

// A NewSubscription is what is said to start one.
type NewSubscription struct {
	Customer int64
	Plan     int64
	Card     int64     // 0 is the customer's default card
	Start    time.Time // the first run, as an instant
	StartDay LocalDate // the first run, at the merchant's charge hour; with neither it is now
	Amount   Money     // the zero Money is the plan's
	Payments *int      // 0 is for ever; nil is the plan's

	Email       string // where receipts go; "" is the customer's
	BCC         string // addresses separated by ", "
	Description string
	Source      Source
	Key         string // the same key again starts nothing and returns the first; "" is none
}

// Make returns the subscription to the plan with the card, and what is wrong
// with it.
func (n NewSubscription) Make(p Plan, c Card, m Merchant, now time.Time) (Subscription, Invalid) {
	var bad Invalid
	s := Subscription{
		Merchant: m.ID, Customer: n.Customer, Plan: p.ID, Card: c.ID, Version: 1, Source: n.Source,
		Amount: p.Amount, Cycles: p.Cycles(), Email: n.Email, BCC: n.BCC, Description: n.Description,
	}
	if p.Archived {
		bad.add("plan", Archived)
	}
	bad.usable(c, now)
	first := now
	switch {
	case !n.Start.IsZero():
		first = n.Start.UTC().Truncate(time.Millisecond)
		s.StartAt = first
	case n.StartDay != LocalDate{}:
		first = n.StartDay.At(m.ChargeHour, m.Location())
	default:
		s.StartAt = now
	}
	switch {
	case first.Before(now):
		bad.add("start", TooEarly)
	case first.After(now.AddDate(MaxStartYears, 0, 0)):
		bad.add("start", TooLate)
	}
	if n.Amount != (Money{}) {
		s.Amount = n.Amount
		bad.amount(s.Amount, p.Amount.Currency)
	}
	if n.Payments != nil {
		s.Cycles.Total = *n.Payments
		bad.payments(*n.Payments)
	}
	s.texts(Subscription{}, &bad)
	s.Anchor = Anchor{Every: p.Every, First: LocalDateOf(first, m.Location())}
	if n.StartDay != (LocalDate{}) && n.Start.IsZero() {
		s.Anchor.First = n.StartDay
	}
	s.State, s.NextRun, s.StartedAt = StateAt(now, first), first, first
	return s, bad
}

// A SubscriptionChange is what is to change of a subscription. What is nil
// stays. Amount, plan and payments hold from the next period on.
type SubscriptionChange struct {
	Card        *int64
	Plan        *int64
	Amount      *Money // with a plan and no amount it becomes the plan's
	Payments    *int   // in all; 0 is for ever
	Email       *string
	BCC         *string
	Description *string
}

// Change returns the subscription with the change, and what is wrong with it.
// p and c are the plan and the card it then has. Another plan's frequency holds
// from the next run on, which stays where it is.
func (s Subscription) Change(ch SubscriptionChange, p Plan, c Card, now time.Time) (Subscription, Invalid) {
	var bad Invalid
	was := s
	if ch.Card != nil && *ch.Card != s.Card {
		s.Card = c.ID
		bad.usable(c, now)
	}
	if ch.Plan != nil && *ch.Plan != s.Plan {
		s.Plan = p.ID
		switch {
		case p.Archived:
			bad.add("plan", Archived)
		case p.Amount.Currency != s.Amount.Currency:
			bad = append(bad, Fault{Field: "plan", Rule: OtherCurrency, Other: s.Amount.Currency})
		default:
			s.Amount = p.Amount
		}
		if p.Every != s.Anchor.Every {
			if s.NextNumber > 0 {
				s.StartAt = time.Time{}
			}
			s.Anchor, s.NextNumber = s.Anchor.From(s.NextNumber, p.Every), 0
		}
	}
	if ch.Amount != nil {
		s.Amount = *ch.Amount
		bad.amount(s.Amount, was.Amount.Currency)
	}
	if ch.Payments != nil && *ch.Payments != s.Cycles.Total {
		s.Cycles.Total = *ch.Payments
		bad.payments(*ch.Payments)
		if *ch.Payments > 0 && s.Cycles.Done() {
			bad = append(bad, Fault{Field: "payments", Rule: TooFew, Limit: s.Cycles.Completed + 1})
		}
	}
	for to, from := range map[*string]*string{&s.Email: ch.Email, &s.BCC: ch.BCC, &s.Description: ch.Description} {
		if from != nil {
			*to = *from
		}
	}
	s.texts(was, &bad)
	return s, bad
}

// Texts returns what of the subscription the record of acts tells, as text by
// name. Its plan and card go by names that the store knows.
func (s Subscription) Texts() Changes {
	instant := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format(time.RFC3339)
	}
	return Changes{
		"status": string(s.State), "amount": s.Amount.String(), "frequency": string(s.Anchor.Every), "payments": strconv.Itoa(s.Cycles.Total),
		"next": instant(s.NextRun), "until": instant(s.ResumeAt), "cancel_at_end": strconv.FormatBool(s.CancelAtEnd),
		"email": s.Email, "bcc": s.BCC, "description": s.Description,
	}
}

// texts tidies and checks the texts that differ from before.
func (s *Subscription) texts(was Subscription, bad *Invalid) {
	s.Email, s.Description = strings.TrimSpace(s.Email), strings.TrimSpace(s.Description)
	s.BCC = strings.Join(strings.FieldsFunc(s.BCC, func(r rune) bool { return r == ',' || r == ' ' || r == ';' || r == '\n' || r == '\r' }), ", ")
	if s.Email != was.Email && s.Email != "" && bad.text("email", s.Email, 254) {
		bad.form("email", Email(s.Email))
	}
	if s.BCC != was.BCC && s.BCC != "" && bad.text("bcc", s.BCC, 1300) {
		Customer{BCC: s.BCC}.checkBCC(bad)
	}
	if s.Description != was.Description && bad.text("description", s.Description, MaxSubscriptionText) && HasCardNumber(s.Description) {
		bad.add("description", CardText)
	}
}

// usable holds a card to being there and chargeable.
func (e *Invalid) usable(c Card, now time.Time) {
	switch {
	case c.ID == 0:
		e.add("card", Required)
	case !c.RemovedAt.IsZero() || !c.Active:
		e.add("card", Unusable)
	case c.Expiry.Expired(now):
		e.add("card", Expired)
	}
}

// amount holds an amount to being a price in the currency.
func (e *Invalid) amount(m Money, currency string) {
	if m.Currency != currency {
		*e = append(*e, Fault{Field: "amount", Rule: OtherCurrency, Other: currency})
		return
	}
	if rule := m.price(); rule != "" {
		e.add("amount", rule)
	}
}

// payments holds a number of payments to what there can be.
func (e *Invalid) payments(n int) {
	switch {
	case n < 0:
		e.add("payments", NotPositive)
	case n > MaxPayments:
		*e = append(*e, Fault{Field: "payments", Rule: TooMany, Limit: MaxPayments})
	}
}
