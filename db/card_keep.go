package db

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"kontor/db/core"
)

// undoCardRemoved brings a removed card back. It is the default again where it
// was and the one that followed on it still is.
func (t *tx) undoCardRemoved(ctx context.Context, e core.Event) error {
	row, err := oneCard(ctx, t, `k.id = ? AND k.merchant_id = ?`, e.ObjectID, t.by.Merchant)
	if err != nil {
		return err
	}
	old := row.card()
	if old.RemovedAt.IsZero() {
		return core.ErrNotFound
	}
	if err := t.living(ctx, old.Customer); err != nil {
		return err
	}
	c, err := t.saveCard(ctx, old, old, "", "")
	if err != nil {
		return err
	}
	back := cardEvent(core.CardRevived, c)
	back.Undoes = e.ID
	if _, err := t.record(ctx, back); err != nil {
		return err
	}
	followed, err := t.defaultCard(ctx, c.Customer)
	if err != nil || c.Default || e.From["default"] == "" || e.To["default"] != strconv.FormatInt(followed, 10) {
		return err
	}
	_, err = t.makeDefault(ctx, c, core.Event{Action: core.CardDefaulted})
	return err
}

// undoCardDefaulted gives the mark of the default back to the card that had
// it, unless a third has it by now, or the first is gone.
func (t *tx) undoCardDefaulted(ctx context.Context, e core.Event) error {
	had, err := strconv.ParseInt(e.From["default"], 10, 64)
	if err != nil || had == 0 {
		return core.ErrNotFound
	}
	is, err := t.defaultCard(ctx, e.Customer)
	if err != nil {
		return err
	}
	if is != e.ObjectID {
		return core.ErrConflict
	}
	c, err := t.cardAt(ctx, had, 0)
	if errors.Is(err, core.ErrNotFound) {
		return core.ErrConflict
	}
	if err != nil {
		return err
	}
	_, err = t.makeDefault(ctx, c, core.Event{Action: core.CardDefaulted, Undoes: e.ID})
	return err
}

// removedAtOnce is how many cards one transaction removes.
const removedAtOnce = 100

// RemoveExpiredCards removes, in every merchant, the cards that are kept no
// longer, but for those that a living subscription uses, and returns how many
// it removed. It waits while the worker stands still for its clock, as
// [Store.EraseExpired] does. It takes the right to install.
func (s *Store) RemoveExpiredCards(ctx context.Context, by core.Actor) (removed int, err error) {
	if by.Kind == "" || !by.May(core.Install) {
		return 0, core.ErrForbidden
	}
	if _, halted, err := clockSeen(ctx, s.read); err != nil || halted != "" {
		return 0, err
	}
	var merchants []merchantRow
	err = s.read.all(ctx, &merchants, `SELECT `+merchantColumns+` FROM merchants WHERE closed_at = 0 ORDER BY id`)
	if err != nil {
		return 0, fmt.Errorf("read merchants: %w", err)
	}
	for _, m := range merchants {
		for {
			n, err := s.removeExpired(ctx, by.In(m.ID), m.merchant())
			removed += n
			if err != nil {
				return removed, fmt.Errorf("remove expired cards of merchant %d: %w", m.ID, err)
			}
			if n == 0 {
				break
			}
		}
	}
	return removed, nil
}

func (s *Store) removeExpired(ctx context.Context, by core.Actor, m core.Merchant) (n int, err error) {
	err = s.update(ctx, by, core.Write, func(t *tx) error {
		n = 0
		last := core.MonthOf(t.at).AddMonths(-1 - m.KeepMonths) // of the expiries that are kept no longer
		var rows []cardRow
		err := t.all(ctx, &rows, `
			SELECT `+cardColumns+`
			FROM `+cardTables+`
			WHERE k.merchant_id = ? AND k.removed_at = 0 AND k.expires <= ?
				AND EXISTS (SELECT 1 FROM customers c WHERE c.id = k.customer_id AND c.deleted_at = 0)
				AND NOT EXISTS (SELECT 1 FROM subscriptions s WHERE s.card_id = k.id AND s.status IN `+living+`)
			ORDER BY k.expires, k.id
			LIMIT ?`, m.ID, last.Key(), removedAtOnce)
		if err != nil {
			return err
		}
		for _, r := range rows {
			c, err := t.cardAt(ctx, r.ID, 0) // its version may have changed with the default
			if err != nil {
				return err
			}
			if _, err := t.removeCard(ctx, c, 0); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}
