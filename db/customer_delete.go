package db

import (
	"context"
	"fmt"
	"strings"
	"time"

	"kontor/db/core"
)

// DeleteCustomer takes a customer off every list, to be restored or, after the
// merchant's retention, erased. Unless version is 0 it must be the customer's.
// The reason may be "". Deleting a deleted customer is [core.ErrNotFound]; of one
// that was merged it is the other that is deleted, of which it is part.
func (s *Store) DeleteCustomer(ctx context.Context, by core.Actor, id, version int64, reason string) error {
	reason = strings.TrimSpace(reason)
	if err := core.CheckReason(reason).Err(); err != nil {
		return err
	}
	return s.update(ctx, by, core.Write, func(t *tx) error {
		return t.setDeleted(ctx, id, version, true, core.Event{Action: core.CustomerDeleted}, reason)
	})
}

// RestoreCustomer brings a deleted customer back. Where its reference has been
// taken meanwhile it fails with [core.Invalid] on "reference", unless
// giveUp says to come back without one. Restoring a living customer is
// [core.ErrNotFound], and so is one that was merged: see [Store.Undo].
func (s *Store) RestoreCustomer(ctx context.Context, by core.Actor, id int64, giveUp core.GiveUp) error {
	return s.update(ctx, by, core.Write, func(t *tx) error {
		return t.restore(ctx, id, giveUp, core.Event{Action: core.CustomerRestored})
	})
}

func (t *tx) restore(ctx context.Context, id int64, giveUp core.GiveUp, e core.Event) error {
	c, err := customer(ctx, t, t.by.Merchant, id)
	if err != nil {
		return err
	}
	if c.Living() || c.Erased() || c.MergedInto != 0 {
		return core.ErrNotFound
	}
	var bad core.Invalid
	if err := t.freeReference(ctx, c, &bad); err != nil {
		return err
	}
	if len(bad) > 0 && !bool(giveUp) {
		return bad
	}
	if len(bad) > 0 {
		e.From, e.To = core.Changes{"reference": c.Reference}, core.Changes{"reference": ""}
		without := c
		without.Reference = ""
		without.Version++
		if err := t.saveCustomer(ctx, c, without); err != nil {
			return err
		}
	}
	return t.setDeleted(ctx, id, 0, false, e, "")
}

// setDeleted deletes or restores.
func (t *tx) setDeleted(ctx context.Context, id, version int64, deleted bool, e core.Event, reason string) error {
	c, err := current(ctx, t, t.by.Merchant, id)
	if err != nil {
		return err
	}
	if c.Living() != deleted {
		return core.ErrNotFound
	}
	id = c.ID
	if version != 0 && version != c.Version {
		return core.ErrConflict
	}
	at := time.Time{}
	if deleted {
		at = t.at
	}
	n, err := t.exec(ctx, `
		UPDATE customers
		SET deleted_at = ?, updated_at = ?, version = version + 1
		WHERE id = ? AND merchant_id = ? AND version = ?`,
		millis(at), millis(later(t.at, c.UpdatedAt)), id, t.by.Merchant, c.Version)
	if err != nil {
		return fmt.Errorf("set customer %d deleted: %w", id, err)
	}
	if n == 0 {
		return errAgain
	}
	was := c
	c.DeletedAt = at
	k := keysOf(c)
	if err := t.indexWords(ctx, id, trigramText(was, k.search), trigramText(c, k.search)); err != nil {
		return err
	}
	if err := t.saveLikeness(ctx, id, k.likeness(was), k.likeness(c)); err != nil {
		return err
	}
	if deleted {
		err = t.holdSubscriptions(ctx, id)
	} else {
		err = t.releaseSubscriptions(ctx, id)
	}
	if err != nil {
		return err
	}
	e.Object, e.ObjectID, e.Customer, e.Version = core.CustomerObject, id, id, c.Version+1
	if reason != "" {
		e.To = core.Changes{"reason": reason}
		e.From = core.Changes{}
	}
	_, err = t.record(ctx, e)
	return err
}
