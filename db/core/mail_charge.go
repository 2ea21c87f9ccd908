package core

import "time"

// Kinds of mails about charges.
const (
	ReceiptMail      MailKind = "receipt"       // a charge succeeded
	DeclineMail      MailKind = "decline"       // a charge was declined for the first time
	LastTryMail      MailKind = "last_try"      // it is tried one more time
	GivenUpMail      MailKind = "given_up"      // it is not tried any more
	ExpiringCardMail MailKind = "expiring_card" // a card expires before its next charge
)

// A ChargeNotice is what mails about a charge tell. The kind says which.
type ChargeNotice struct {
	Kind        MailKind  `json:"-"`
	Person      string    `json:"person"`
	Amount      Money     `json:"amount"`
	Description string    `json:"description"`
	Card        string    `json:"card"` // "Visa ···· 4242"
	At          time.Time `json:"at"`   // when it was tried; of an expiring card, when it is charged next
	From        string    `json:"from"` // the period's days, "" of a single charge
	To          string    `json:"to"`
	Reason      Decline   `json:"reason"`
	Next        time.Time `json:"next"` // the next try, zero when there is none
	Zone        string    `json:"zone"`
}

// MailKind implements [MailValues].
func (n ChargeNotice) MailKind() MailKind { return n.Kind }

// DeclineNotice returns which mail a decline is told by, "" for none: the first
// one, the one before the last try, and the last. BILLING.md §6.4.
func (c Charge) DeclineNotice(m Merchant) MailKind {
	switch {
	case c.Single(): // whoever had it charged is told
		return ""
	case c.NextAt.IsZero():
		return GivenUpMail
	case c.LastTry(m) && c.Tries > 1:
		return LastTryMail
	case c.Tries == 1:
		return DeclineMail
	}
	return ""
}

// ExpiryNotice returns what a customer is to be told of a card that has expired
// by the subscription's next charge, and whether it is.
func (s Subscription) ExpiryNotice(expiry Expiry) bool {
	return s.State == Active && !s.NextRun.IsZero() && !s.CancelAtEnd && expiry.Expired(s.NextRun)
}
