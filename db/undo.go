package db

import (
	"context"
	"fmt"

	"kontor/db/core"
)

// Undo takes back the act of an event of a customer's timeline, as an act of
// its own: an edit's fields go back to what they were, a deleted customer or
// note, a removed card and a withdrawn channel come back, the default card is
// the one before, and customers that were merged come apart, if neither has
// been changed since. Fields that were changed again since stay, and are
// returned; when that is all of them nothing happens and the error is
// [core.ErrConflict]. An event that cannot be undone, or was, is
// [core.ErrNotFound].
func (s *Store) Undo(ctx context.Context, by core.Actor, event int64) (kept []string, err error) {
	err = s.update(ctx, by, core.Write, func(t *tx) error {
		kept = nil
		e, err := t.event(ctx, event)
		if err != nil {
			return err
		}
		switch e.Action {
		case core.CustomerDeleted:
			return t.restore(ctx, e.ObjectID, core.KeepReference, core.Event{Action: core.CustomerRestored, Undoes: e.ID})
		case core.CustomerUpdated:
			kept, err = t.undoEdit(ctx, e)
			return err
		case core.CustomerMerged:
			return t.undoMerge(ctx, e)
		case core.NoteDeleted:
			return t.undoNoteDeleted(ctx, e)
		case core.SubscriptionPaused, core.CancelScheduled:
			return t.undoSubscription(ctx, e)
		case core.CardRemoved:
			return t.undoCardRemoved(ctx, e)
		case core.CardDefaulted:
			return t.undoCardDefaulted(ctx, e)
		case core.ChannelWithdrawn:
			return t.undoChannelWithdrawn(ctx, e)
		}
		return core.ErrNotFound
	})
	return kept, err
}

func (t *tx) event(ctx context.Context, id int64) (core.Event, error) {
	var row eventRow
	err := t.get(ctx, &row, `
		SELECT `+eventColumns+`
		FROM events e LEFT JOIN event_values v ON v.event_id = e.id
		WHERE e.id = ? AND e.merchant_id = ? AND e.customer_id > 0
			AND NOT EXISTS (SELECT 1 FROM events u WHERE u.undoes = e.id AND u.undoes > 0)`, id, t.by.Merchant)
	if none(err) {
		return core.Event{}, core.ErrNotFound
	}
	if err != nil {
		return core.Event{}, fmt.Errorf("read event %d: %w", id, err)
	}
	return row.event()
}

// undoEdit sets the fields of an edit back, but for those that hold another
// value by now.
func (t *tx) undoEdit(ctx context.Context, e core.Event) (kept []string, err error) {
	c, err := customer(ctx, t, t.by.Merchant, e.ObjectID)
	if err != nil {
		return nil, err
	}
	if !c.Living() {
		return nil, core.ErrNotFound
	}
	now := c.Fields()
	back := core.Changes{}
	for name, was := range e.From {
		if now[name] == e.To[name] {
			back[name] = was
		} else {
			kept = append(kept, name)
		}
	}
	if len(back) == 0 {
		return kept, core.ErrConflict
	}
	_, err = t.updateCustomer(ctx, c.ID, 0, back, core.Event{Action: core.CustomerUpdated, Undoes: e.ID})
	return kept, err
}

func (t *tx) undoNoteDeleted(ctx context.Context, e core.Event) error {
	row, err := t.noteRow(ctx, e.ObjectID)
	if err != nil {
		return err
	}
	if row.DeletedAt.time().IsZero() {
		return core.ErrNotFound
	}
	if err := t.living(ctx, row.CustomerID); err != nil {
		return err
	}
	if err := t.setNoteDeleted(ctx, row.note(), millis{}); err != nil {
		return err
	}
	back := noteEvent(core.NoteCreated, row.note())
	back.Undoes = e.ID
	_, err = t.record(ctx, back)
	return err
}
