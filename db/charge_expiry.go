package db

import (
	"context"
	"encoding/json"
	"fmt"

	"kontor/db/core"
)

// WarnOfExpiry mails the customers whose card will have expired when it is
// charged next, [core.ExpiryNotice] before at the earliest: once for each card
// and charge. It returns how many were written to. Only the system may.
func (s *Store) WarnOfExpiry(ctx context.Context, by core.Actor) (int, error) {
	if err := worker(by); err != nil {
		return 0, err
	}
	if s.silent() {
		return 0, nil
	}
	now := s.instant()
	end := now.Add(core.ExpiryNotice)
	var ids []struct {
		ID         int64
		MerchantID int64 `db:"merchant_id"`
	}
	// The months before the one at hand then are over everywhere; of the rest,
	// and of the charge's own day, the rule decides.
	err := s.read.all(ctx, &ids, `
		SELECT s.id, s.merchant_id
		FROM subscriptions s CROSS JOIN cards k -- in this order: few are charged soon
		WHERE k.id = s.card_id AND s.next_at > 0 AND s.next_at > ? AND s.next_at <= ? AND s.status IN ('pending', 'active')
			AND s.held = 0 AND s.parked_at = 0 AND s.cancel_at_end = 0
			AND k.expires < ? AND k.active = 1 AND k.removed_at = 0
			AND NOT EXISTS (SELECT 1 FROM merchants m WHERE m.id = s.merchant_id AND m.closed_at > 0)
		ORDER BY s.next_at, s.id`, millis(now), millis(end), core.MonthOf(end).Key())
	if err != nil {
		return 0, fmt.Errorf("look for cards that expire: %w", err)
	}
	written := 0
	for _, row := range ids {
		var wrote bool
		err := s.transact(ctx, by.In(row.MerchantID), func(t *tx) error {
			var err error
			wrote, err = t.warnOfExpiry(ctx, row.ID)
			return err
		})
		if err != nil {
			return written, fmt.Errorf("warn of the card of subscription %d: %w", row.ID, err)
		}
		if wrote {
			written++
		}
	}
	return written, nil
}

// warnOfExpiry reports whether it wrote the mail. Two at once write one: the
// second waits for the first's row.
func (t *tx) warnOfExpiry(ctx context.Context, id int64) (bool, error) {
	if _, err := t.exec(ctx, `UPDATE subscriptions SET not_before = not_before WHERE id = ?`, id); err != nil {
		return false, err
	}
	s, err := t.subscription(ctx, id)
	if err != nil {
		return false, err
	}
	card, err := t.chargeable(ctx, s.Customer, s.Card)
	if err != nil || card.id == 0 || s.NextRun.IsZero() || !card.expiry.Expired(s.NextRun) {
		return false, err
	}
	told, err := t.toldOfExpiry(ctx, s)
	if err != nil || told {
		return false, err
	}
	to, _, err := t.mailTo(ctx, s.Customer, s)
	if err != nil || to == "" {
		return false, err
	}
	m, err := t.merchant(ctx)
	if err != nil {
		return false, err
	}
	what := s.Description
	if what == "" {
		p, err := planOf(ctx, t, s.Merchant, s.Plan)
		if err != nil {
			return false, err
		}
		what = p.Name
	}
	return true, t.mail(ctx, core.Mail{To: to, Customer: s.Customer, Object: core.SubscriptionObject, ObjectID: s.ID}, core.ExpiringCard{
		Card: card.id, Brand: card.brand, LastFour: card.lastFour, Expires: card.expiry,
		Amount: s.Amount, For: what, Next: s.NextRun, Zone: m.Zone,
	})
}

// toldOfExpiry reports whether the customer was told that the subscription's
// card will have expired by its next charge.
func (t *tx) toldOfExpiry(ctx context.Context, s core.Subscription) (bool, error) {
	var told []string
	err := t.all(ctx, &told, `
		SELECT details
		FROM mails
		WHERE customer_id = ? AND customer_id > 0 AND object = ? AND object_id = ? AND kind = ?`,
		s.Customer, core.SubscriptionObject, s.ID, core.ExpiringCardMail)
	if err != nil {
		return false, fmt.Errorf("look for mails about subscription %d: %w", s.ID, err)
	}
	for _, text := range told {
		var v core.ExpiringCard
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			return false, fmt.Errorf("read a mail about subscription %d: %w", s.ID, err)
		}
		if v.Card == s.Card && v.Next.Equal(s.NextRun) {
			return true, nil
		}
	}
	return false, nil
}
