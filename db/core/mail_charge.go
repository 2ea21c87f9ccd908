package core

import (
	"strings"
	"time"
)

// The mails to a customer about what was charged. Of one charge each kind is
// written once, however often it is tried. BILLING.md §6.
const (
	ReceiptMail      MailKind = "receipt"       // a payment was made
	RefundMail       MailKind = "refund"        // money was given back
	DeclineMail      MailKind = "decline"       // the first try was declined
	CardWantedMail   MailKind = "card_wanted"   // a try was declined in a way that another with the card is of no use
	LastTryMail      MailKind = "last_try"      // only one try is left
	GivenUpMail      MailKind = "given_up"      // no try is left
	ExpiringCardMail MailKind = "expiring_card" // the card expires before the next charge
)

// A Payment is what the mails about a charge tell of it.
type Payment struct {
	Charge   int64     `json:"charge"`
	Amount   Money     `json:"amount"`
	For      string    `json:"for"`      // the description
	From     string    `json:"from"`     // the first day it pays for; "" of a single charge
	Through  string    `json:"through"`  // the last day
	Cycle    int       `json:"cycle"`    // which payment of its subscription
	Cycles   int       `json:"cycles"`   // of how many, 0 is for ever
	Brand    Brand     `json:"brand"`    // of the card
	LastFour string    `json:"lastFour"` // "" when there was none
	At       time.Time `json:"at"`       // of what the mail tells
	Zone     string    `json:"zone"`     // the merchant's, an IANA name
}

// PaymentOf returns what mails tell of a charge to a card, at a time.
func PaymentOf(c Charge, brand Brand, lastFour string, m Merchant, at time.Time) Payment {
	p := Payment{
		Charge: c.ID, Amount: c.Amount, For: c.Description, Cycle: c.Cycle, Cycles: c.Cycles,
		Brand: brand, LastFour: lastFour, At: at, Zone: m.Zone,
	}
	if !c.Single() {
		p.From, p.Through = c.Period.From.String(), c.Period.To.AddDays(-1).String()
	}
	return p
}

// A Receipt says that a payment was made.
type Receipt struct{ Payment }

// A RefundReceipt says that money was given back of a payment.
type RefundReceipt struct {
	Payment
	Given Money `json:"given"`
}

// A DeclinedPayment is a payment of which a try was declined.
type DeclinedPayment struct {
	Payment
	Reason Decline   `json:"reason"`
	Next   time.Time `json:"next"` // the next try, or up to when another card helps; zero when there is neither
	Last   bool      `json:"last"` // the next try is the last
	State  State     `json:"state"`
}

// A FirstDecline says that a payment was declined, and when it is tried again.
type FirstDecline struct{ DeclinedPayment }

// A CardWanted asks for another card.
type CardWanted struct{ DeclinedPayment }

// A LastTry says that the next try is the last.
type LastTry struct{ DeclinedPayment }

// A GivenUp says that a payment is not tried any more, and what became
// of its subscription.
type GivenUp struct{ DeclinedPayment }

// An ExpiringCard says that a card expires before it is to be charged.
type ExpiringCard struct {
	Card     int64     `json:"card"`
	Brand    Brand     `json:"brand"`
	LastFour string    `json:"lastFour"`
	Expires  Expiry    `json:"expires"`
	Amount   Money     `json:"amount"`
	For      string    `json:"for"`
	Next     time.Time `json:"next"` // the charge
	Zone     string    `json:"zone"`
}

// MailKind implements [MailValues].
func (Receipt) MailKind() MailKind { return ReceiptMail }

// MailKind implements [MailValues].
func (RefundReceipt) MailKind() MailKind { return RefundMail }

// MailKind implements [MailValues].
func (FirstDecline) MailKind() MailKind { return DeclineMail }

// MailKind implements [MailValues].
func (CardWanted) MailKind() MailKind { return CardWantedMail }

// MailKind implements [MailValues].
func (LastTry) MailKind() MailKind { return LastTryMail }

// MailKind implements [MailValues].
func (GivenUp) MailKind() MailKind { return GivenUpMail }

// MailKind implements [MailValues].
func (ExpiringCard) MailKind() MailKind { return ExpiringCardMail }

// DeclineMail returns the mail that a decline calls for, which left the charge
// as after, or nil: the first decline has one, one that another card is wanted
// for, the last but one and the last. state is the subscription's after it.
func (c Charge) DeclineMail(after Charge, state State, m Merchant, p Payment) MailValues {
	d := DeclinedPayment{Payment: p, Reason: after.Reason, Next: after.NextAt, Last: after.LastTry(m), State: state}
	switch {
	case c.Single():
		return nil
	case after.NextAt.IsZero():
		return GivenUp{d}
	case after.WaitsForCard():
		return CardWanted{d}
	case c.FailedAt.IsZero():
		return FirstDecline{d}
	case d.Last:
		return LastTry{d}
	}
	return nil
}

// ExpiryNotice is how long before a charge its customer is told that the card
// will have expired by then.
const ExpiryNotice = 14 * 24 * time.Hour

// MailQueueDays is for how long a mail to a customer that failed waits for a
// person to do something about it.
const MailQueueDays = 30

// MailTo returns the addresses for mails about a subscription, or about a
// charge without one where it is the zero value: the subscription's e-mail
// address, else the customer's, "" when there is neither; and those that get
// copies of receipts, each once and no more than a mail takes.
func (c Customer) MailTo(s Subscription) (to string, bcc []string) {
	to = s.Email
	if to == "" {
		to = c.Email
	}
	seen := map[string]bool{Fold(to): true, "": true}
	for a := range strings.SplitSeq(s.BCC+","+c.BCC, ",") {
		a = strings.TrimSpace(a)
		if !seen[Fold(a)] && len(bcc) < MaxBCC {
			seen[Fold(a)] = true
			bcc = append(bcc, a)
		}
	}
	return to, bcc
}
