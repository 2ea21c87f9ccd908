package db

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"kontor/db/core"
)

// UpdateCard changes what is kept about a card beside its number. Unless
// version is 0 it must be the card's, else [core.ErrConflict]. Switching off a
// card that a living subscription needs fails with [core.CardInUse]. Changes
// that change nothing leave the version and the record of acts alone.
func (s *Store) UpdateCard(ctx context.Context, by core.Actor, id, version int64, edit core.CardEdit) (core.Card, error) {
	var changed core.Card
	err := s.update(ctx, by, core.Write, func(t *tx) error {
		old, err := t.cardAt(ctx, id, version)
		if err != nil {
			return err
		}
		var bad core.Invalid
		if changed, bad = old.With(edit, t.at); len(bad) > 0 {
			return bad
		}
		changed.Default = old.Default
		e := cardEvent(core.CardUpdated, changed)
		if e.Fields, e.From, e.To = core.DiffCards(old, changed); len(e.Fields) > 0 {
			if changed, err = t.saveCard(ctx, old, changed, "", ""); err != nil {
				return err
			}
			e.Version = changed.Version
			if _, err := t.record(ctx, e); err != nil {
				return err
			}
		}
		if old.Active && !changed.Active {
			if err := t.cardFree(ctx, id); err != nil {
				return err
			}
		}
		if edit.Default && !changed.Default {
			changed, err = t.makeDefault(ctx, changed, core.Event{Action: core.CardDefaulted})
		}
		return err
	})
	if err != nil {
		return core.Card{}, err
	}
	return changed, nil
}

// SetDefaultCard makes a card the one that its customer pays with where
// nothing else is said. For the card that is so already it does nothing; the
// event is 0 then.
func (s *Store) SetDefaultCard(ctx context.Context, by core.Actor, id int64) (event int64, err error) {
	err = s.update(ctx, by, core.Write, func(t *tx) error {
		event = 0
		c, err := t.cardAt(ctx, id, 0)
		if err != nil || c.Default {
			return err
		}
		e := core.Event{Action: core.CardDefaulted}
		if err := t.moveDefault(ctx, c, &e); err != nil {
			return err
		}
		event, err = t.record(ctx, e)
		return err
	})
	return event, err
}

// RemoveCard takes a card away: it is off everywhere, and its token is kept
// until the customer is erased. [Store.Undo] of its event, or the same number
// added again, brings it back. Unless version is 0 it must be the card's, else
// [core.ErrConflict]. A card that a living subscription needs fails with
// [core.CardInUse].
//
// Of the default, next says which card follows; 0 is the oldest of those left.
func (s *Store) RemoveCard(ctx context.Context, by core.Actor, id, version, next int64) (event int64, err error) {
	err = s.update(ctx, by, core.Write, func(t *tx) error {
		c, err := t.cardAt(ctx, id, version)
		if err != nil {
			return err
		}
		event, err = t.removeCard(ctx, c, next)
		return err
	})
	return event, err
}

func (t *tx) removeCard(ctx context.Context, c core.Card, next int64) (event int64, err error) {
	e := cardEvent(core.CardRemoved, c)
	e.Version++
	if err := t.setRemoved(ctx, c); err != nil {
		return 0, err
	}
	if err := t.cardFree(ctx, c.ID); err != nil {
		return 0, err
	}
	if c.Default {
		if next, err = t.follow(ctx, c, next); err != nil {
			return 0, err
		}
		e.From, e.To = core.Changes{"default": strconv.FormatInt(c.ID, 10)}, core.Changes{"default": ""}
		if next != 0 {
			e.To["default"] = strconv.FormatInt(next, 10)
		}
	}
	return t.record(ctx, e)
}

func (t *tx) setRemoved(ctx context.Context, c core.Card) error {
	n, err := t.exec(ctx, `
		UPDATE cards
		SET removed_at = ?, is_default = 0, updated_at = ?, version = version + 1
		WHERE id = ? AND merchant_id = ? AND version = ?`,
		millis(t.at), millis(later(t.at, c.UpdatedAt)), c.ID, t.by.Merchant, c.Version)
	if err != nil {
		return fmt.Errorf("remove card %d: %w", c.ID, err)
	}
	if n == 0 {
		return errAgain
	}
	return nil
}

// follow makes the card the default that is to follow on a removed one, and
// returns which that is; 0 when none is left.
func (t *tx) follow(ctx context.Context, removed core.Card, next int64) (int64, error) {
	left, err := customerCards(ctx, t, t.by.Merchant, removed.Customer)
	if err != nil || len(left) == 0 {
		return 0, err
	}
	follows := slices.MinFunc(left, func(a, b core.Card) int { return int(a.ID - b.ID) })
	if next != 0 {
		i := slices.IndexFunc(left, func(c core.Card) bool { return c.ID == next })
		if i < 0 {
			return 0, core.Invalid{{Field: "next_card", Rule: core.Unknown}}
		}
		follows = left[i]
	}
	return follows.ID, t.setDefault(ctx, follows, true)
}

// cardAt is a card that is there, of a living customer, at the given version
// unless that is 0.
func (t *tx) cardAt(ctx context.Context, id, version int64) (core.Card, error) {
	row, err := livingCard(ctx, t, t.by.Merchant, id)
	if err != nil {
		return core.Card{}, err
	}
	if version != 0 && version != row.Version {
		return core.Card{}, core.ErrConflict
	}
	return row.card(), nil
}

// cardFree fails with [core.CardInUse] while a living subscription needs the
// card. It is asked after the card was changed: on PostgreSQL that waits for
// whoever holds the card and is about to use it.
func (t *tx) cardFree(ctx context.Context, id int64) error {
	uses, err := cardUses(ctx, t, t.by.Merchant, id)
	if err != nil {
		return err
	}
	if len(uses) > 0 {
		return core.CardInUse{Uses: uses}
	}
	return nil
}

// CardUses returns the living subscriptions that need a card, oldest first.
func (s *Store) CardUses(ctx context.Context, by core.Actor, id int64) ([]core.CardUse, error) {
	if !by.May(core.Read) {
		return nil, core.ErrForbidden
	}
	return cardUses(ctx, s.read, by.Merchant, id)
}

func cardUses(ctx context.Context, q querier, merchant, id int64) ([]core.CardUse, error) {
	uses, err := usesWhere(ctx, q, `s.card_id = ? AND +s.merchant_id = ?`, id, merchant)
	return uses[id], err
}

// CustomerCardUses returns the living subscriptions that need each of a
// customer's cards, by the card's ID, oldest first.
func (s *Store) CustomerCardUses(ctx context.Context, by core.Actor, customer int64) (map[int64][]core.CardUse, error) {
	if !by.May(core.Read) {
		return nil, core.ErrForbidden
	}
	return usesWhere(briefly(ctx), s.read, `s.customer_id = ? AND +s.merchant_id = ? AND s.card_id IS NOT NULL`, customer, by.Merchant)
}

func usesWhere(ctx context.Context, q querier, cond string, args ...any) (map[int64][]core.CardUse, error) {
	var rows []struct {
		ID     int64
		CardID int64 `db:"card_id"`
		Name   string
		Status core.State
		NextAt millis `db:"next_at"`
	}
	err := q.all(ctx, &rows, `
		SELECT s.id, s.card_id, p.name, s.status, s.next_at
		FROM subscriptions s JOIN plans p ON p.id = s.plan_id
		WHERE `+cond+` AND s.status IN `+living+`
		ORDER BY s.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("read what uses cards: %w", err)
	}
	uses := map[int64][]core.CardUse{}
	for _, r := range rows {
		uses[r.CardID] = append(uses[r.CardID], core.CardUse{Subscription: r.ID, Plan: r.Name, State: r.Status, NextRun: r.NextAt.time()})
	}
	return uses, nil
}

// defaultCard is the ID of a customer's default card, 0 when there is none.
func (t *tx) defaultCard(ctx context.Context, customer int64) (int64, error) {
	var id int64
	err := t.get(ctx, &id, `SELECT id FROM cards WHERE customer_id = ? AND is_default = 1 AND removed_at = 0`, customer)
	if none(err) {
		return 0, nil
	}
	return id, err
}

// makeDefault makes a card the default and records that.
func (t *tx) makeDefault(ctx context.Context, c core.Card, e core.Event) (core.Card, error) {
	if err := t.moveDefault(ctx, c, &e); err != nil {
		return c, err
	}
	if _, err := t.record(ctx, e); err != nil {
		return c, err
	}
	c.Default, c.Version, c.UpdatedAt = true, c.Version+1, later(t.at, c.UpdatedAt)
	return c, nil
}

// moveDefault takes the mark of the default from the card that has it to c,
// and fills in the event.
func (t *tx) moveDefault(ctx context.Context, c core.Card, e *core.Event) error {
	had, err := t.defaultCard(ctx, c.Customer)
	if err != nil {
		return err
	}
	if had != 0 {
		old, err := oneCard(ctx, t, `k.id = ?`, had)
		if err != nil {
			return err
		}
		if err := t.setDefault(ctx, old.card(), false); err != nil {
			return err
		}
	}
	if err := t.setDefault(ctx, c, true); err != nil {
		return err
	}
	e.Object, e.ObjectID, e.Customer, e.Version, e.Fields = core.CardObject, c.ID, c.Customer, c.Version+1, []string{"default"}
	e.From, e.To = core.Changes{"default": strconv.FormatInt(had, 10)}, core.Changes{"default": strconv.FormatInt(c.ID, 10)}
	return nil
}

func (t *tx) setDefault(ctx context.Context, c core.Card, is bool) error {
	n, err := t.exec(ctx, `
		UPDATE cards
		SET is_default = ?, updated_at = ?, version = version + 1
		WHERE id = ? AND merchant_id = ? AND version = ?`,
		bit(is), millis(later(t.at, c.UpdatedAt)), c.ID, t.by.Merchant, c.Version)
	if err != nil {
		return fmt.Errorf("set default card %d: %w", c.ID, err)
	}
	if n == 0 {
		return errAgain
	}
	return nil
}
