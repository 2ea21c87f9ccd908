package db

import (
	"context"
	"fmt"
	"strings"

	"kontor/db/core"
)

// tell writes a mail about a charge to the customer, or to whom the
// subscription says, with its copies. Who has no address is not told.
func (t *tx) tell(ctx context.Context, c core.Charge, s core.Subscription, m core.Merchant, card chargeable, kind core.MailKind) error {
	cust, err := customer(ctx, t, m.ID, c.Customer)
	if err != nil {
		return fmt.Errorf("read whom charge %d is of: %w", c.ID, err)
	}
	to, bcc := cust.Email, cust.BCC
	if s.Email != "" {
		to = s.Email
	}
	if s.BCC != "" {
		bcc = s.BCC
	}
	if to == "" || !cust.Living() {
		return nil
	}
	mail := core.Mail{To: to, Customer: c.Customer, Object: core.ChargeObject, ObjectID: c.ID}
	if kind == core.ReceiptMail {
		for one := range strings.SplitSeq(bcc, ",") {
			if one = strings.TrimSpace(one); one != "" {
				mail.BCC = append(mail.BCC, one)
			}
		}
	}
	n := core.ChargeNotice{
		Kind: kind, Person: cust.Title(), Amount: c.Amount, Description: c.Description, At: t.at, Reason: c.Reason, Next: c.NextAt, Zone: m.Zone,
	}
	if card.id != 0 {
		n.Card = core.CardLabel(card.brand, card.lastFour)
	}
	if !c.Single() {
		n.From, n.To = c.Period.From.String(), c.Period.To.String()
	}
	if kind == core.ExpiringCardMail {
		mail.Object, mail.ObjectID, n.At = core.SubscriptionObject, s.ID, s.NextRun
	}
	return t.mail(ctx, mail, n)
}

// receipt tells of a charge that succeeded, where the plan says so, and of a
// card that expires before the next one.
func (t *tx) receipt(ctx context.Context, c core.Charge, s core.Subscription, m core.Merchant, card chargeable) error {
	plan, err := planOf(ctx, t, m.ID, c.Plan)
	if err == nil && plan.SendReceipt {
		err = t.tell(ctx, c, s, m, card, core.ReceiptMail)
	}
	if err == nil && s.ExpiryNotice(card.expiry) && s.Card == card.id {
		err = t.tell(ctx, c, s, m, card, core.ExpiringCardMail)
	}
	return err
}
