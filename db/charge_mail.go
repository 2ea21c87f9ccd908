package db

import (
	"context"
	"fmt"

	"kontor/db/core"
)

// silent reports whether customers are written to about nothing: while history
// is written, and in books that are thrown away.
func (s *Store) silent() bool { return s.history != nil || s.scratch }

// mailTo is where mails to a customer about a subscription go; "" for one
// who has no address or is deleted. There are no copies but of receipts.
func (t *tx) mailTo(ctx context.Context, customer int64, s core.Subscription) (to string, bcc []string, err error) {
	var c struct{ Email, BCC string }
	err = t.get(ctx, &c, `
		SELECT email, bcc
		FROM customers
		WHERE id = ? AND merchant_id = ? AND deleted_at = 0`, customer, t.by.Merchant)
	if none(err) {
		return "", nil, nil
	}
	if err != nil {
		return "", nil, fmt.Errorf("read address of customer %d: %w", customer, err)
	}
	to, bcc = core.Customer{Email: c.Email, BCC: c.BCC}.MailTo(s)
	return to, bcc, nil
}

// mailCustomer writes a mail to a customer about a subscription, and copies of
// it where it is a receipt. Who has no address gets none.
func (t *tx) mailCustomer(ctx context.Context, about core.Mail, s core.Subscription, values core.MailValues) error {
	var err error
	if about.To, about.BCC, err = t.mailTo(ctx, about.Customer, s); err != nil || about.To == "" {
		return err
	}
	if !values.MailKind().Copied() {
		about.BCC = nil
	}
	return t.mail(ctx, about, values)
}

// sendsReceipts reports whether the plan of a charge says so. A single one has
// none.
func (t *tx) sendsReceipts(ctx context.Context, c core.Charge) (bool, error) {
	if c.Single() || t.s.silent() {
		return false, nil
	}
	p, err := t.plan(ctx, c.Plan)
	return p.SendReceipt, err
}

// mailReceipt writes the receipt of a subscription's payment.
func (t *tx) mailReceipt(ctx context.Context, c core.Charge, s core.Subscription, m core.Merchant, card chargeable) error {
	wanted, err := t.sendsReceipts(ctx, c)
	if err != nil || !wanted {
		return err
	}
	about := core.Mail{Customer: c.Customer, Object: core.ChargeObject, ObjectID: c.ID}
	return t.mailCustomer(ctx, about, s, core.Receipt{Payment: core.PaymentOf(c, card.brand, card.lastFour, m, t.at)})
}

// mailRefund tells of money that was given back, where receipts are sent.
func (t *tx) mailRefund(ctx context.Context, r core.RefundRecord) error {
	c, err := t.charge(ctx, r.Charge)
	if err != nil {
		return err
	}
	wanted, err := t.sendsReceipts(ctx, c)
	if err != nil || !wanted {
		return err
	}
	m, err := t.merchant(ctx)
	if err != nil {
		return err
	}
	s, err := t.subscription(ctx, c.Subscription)
	if err != nil {
		return err
	}
	card, err := t.card(ctx, c.Card)
	if err != nil {
		return err
	}
	about := core.Mail{Customer: r.Customer, Object: core.RefundObject, ObjectID: r.ID}
	return t.mailCustomer(ctx, about, s, core.RefundReceipt{
		Payment: core.PaymentOf(c, card.brand, card.lastFour, m, t.at), Given: r.Amount,
	})
}

// mailDecline tells the customer of a try that was declined, or of the last one
// being past, where [core.Charge.DeclineMail] has it so: the charge and its
// subscription as they were and as they are. While the subscription is stopped
// nobody is written to: who has it tried all the same is at hand.
func (t *tx) mailDecline(ctx context.Context, c, after core.Charge, was, s core.Subscription, m core.Merchant) error {
	if t.s.silent() || was.State != core.Active && was.State != core.PastDue {
		return nil
	}
	values := c.DeclineMail(after, s.State, m, core.PaymentOf(after, "", "", m, t.at))
	if values == nil {
		return nil
	}
	var n int
	err := t.get(ctx, &n, `
		SELECT COUNT(*)
		FROM mails
		WHERE customer_id = ? AND customer_id > 0 AND object = ? AND object_id = ? AND kind = ?`,
		c.Customer, core.ChargeObject, c.ID, values.MailKind())
	if err != nil {
		return fmt.Errorf("look for mails about charge %d: %w", c.ID, err)
	}
	if n > 0 {
		return nil
	}
	if after.Card != 0 {
		card, err := t.card(ctx, after.Card)
		if err != nil {
			return err
		}
		values = c.DeclineMail(after, s.State, m, core.PaymentOf(after, card.brand, card.lastFour, m, t.at))
	}
	return t.mailCustomer(ctx, core.Mail{Customer: c.Customer, Object: core.ChargeObject, ObjectID: c.ID}, s, values)
}

// readdress has a mail to a customer go where such a mail goes now: what was
// wrong with the address may have been mended since. It fails with
// [core.ErrConflict] when the customer is deleted.
func (t *tx) readdress(ctx context.Context, m *core.Mail) error {
	if m.Customer == 0 {
		return nil
	}
	s, err := t.subscriptionOf(ctx, m)
	if err != nil {
		return err
	}
	to, bcc, err := t.mailTo(ctx, m.Customer, s)
	if err != nil {
		return err
	}
	if to == "" {
		return core.ErrConflict
	}
	if m.To = to; m.Kind.Copied() {
		m.BCC = bcc
	}
	return nil
}

// subscriptionOf is the subscription that a mail is about, the zero value when
// it is about none.
func (t *tx) subscriptionOf(ctx context.Context, m *core.Mail) (core.Subscription, error) {
	id := m.ObjectID
	switch m.Object {
	case core.RefundObject:
		r, err := t.refund(ctx, id)
		if err != nil {
			return core.Subscription{}, err
		}
		id = r.Charge
		fallthrough
	case core.ChargeObject:
		c, err := t.charge(ctx, id)
		if err != nil || c.Single() {
			return core.Subscription{}, err
		}
		id = c.Subscription
		fallthrough
	case core.SubscriptionObject:
		return t.subscription(ctx, id)
	}
	return core.Subscription{}, nil
}
