package db

import (
	"context"
	"fmt"
	"time"

	"kontor/db/core"
)

// MergeCustomers makes one customer of two living ones: the winner stays, as
// [core.Customer.Absorb] has it, the loser's cards, subscriptions, notes and
// whatever else was the loser's become the winner's, and the loser's IDs answer
// as the winner from then on. Versions that are not 0 must be the customers',
// else [core.ErrConflict]. It fails with [core.Invalid] on "customer" where
// both are one, and on what the two cannot have together. [Store.Undo] of
// either's event brings them apart.
func (s *Store) MergeCustomers(ctx context.Context, by core.Actor, winner, loser int64, v core.MergeVersions, take core.Take) (core.Customer, error) {
	var c core.Customer
	err := s.update(ctx, by, core.Write, func(t *tx) error {
		var err error
		c, err = t.mergeCustomers(ctx, winner, loser, v, take)
		return err
	})
	if err != nil {
		return core.Customer{}, err
	}
	return c, nil
}

// CompareCustomers returns two living customers side by side, as
// [Store.MergeCustomers] would merge them. It fails with [core.Invalid] on
// "customer" where both are one.
func (s *Store) CompareCustomers(ctx context.Context, by core.Actor, winner, loser int64) (core.Comparison, error) {
	var v core.Comparison
	if !by.May(core.Read) {
		return v, core.ErrForbidden
	}
	w, err := current(ctx, s.read, by.Merchant, winner)
	if err != nil {
		return v, err
	}
	l, err := current(ctx, s.read, by.Merchant, loser)
	switch {
	case err != nil:
		return v, err
	case !w.Living() || !l.Living():
		return v, core.ErrNotFound
	case w.ID == l.ID:
		return v, core.Invalid{{Field: "customer", Rule: core.Itself}}
	}
	v = core.Comparison{
		Winner: w, Loser: l, Contrasts: core.Contrasts(w, l), Comes: map[string]int{"addresses": len(l.Addresses)},
		Same: keysOf(w).likeness(w).same(keysOf(l).likeness(l)),
	}
	for c, to := range map[int64]**core.Card{w.ID: &v.WinnerCard, l.ID: &v.LoserCard} {
		cards, err := customerCards(ctx, s.read, by.Merchant, c)
		if err != nil {
			return v, err
		}
		for i := range cards {
			if cards[i].Default {
				*to = &cards[i]
			}
		}
	}
	var counts []struct {
		Name string
		N    int
	}
	err = s.read.all(ctx, &counts, `
		SELECT 'notes' AS name, COUNT(*) AS n FROM notes WHERE customer_id = ? AND deleted_at = 0 AND staff_only <= ?
		UNION ALL
		SELECT 'cards', COUNT(*) FROM cards WHERE customer_id = ? AND removed_at = 0
		UNION ALL
		SELECT 'channels', COUNT(*) FROM channels WHERE customer_id = ? AND withdrawn_at = 0
		UNION ALL
		SELECT 'subscriptions', COUNT(*) FROM subscriptions WHERE customer_id = ?`,
		l.ID, bit(seesStaffNotes(by)), l.ID, l.ID, l.ID)
	if err != nil {
		return v, fmt.Errorf("count what customer %d has: %w", l.ID, err)
	}
	for _, c := range counts {
		v.Comes[c.Name] = c.N
	}
	var dismissed int
	err = s.read.get(ctx, &dismissed, `
		SELECT COUNT(*)
		FROM duplicates
		WHERE newer_id = ? AND older_id = ? AND dismissed = 1`, max(w.ID, l.ID), min(w.ID, l.ID))
	if err != nil {
		return v, fmt.Errorf("read pair: %w", err)
	}
	v.Dismissed = dismissed > 0
	return v, nil
}

func (t *tx) mergeCustomers(ctx context.Context, winner, loser int64, v core.MergeVersions, take core.Take) (core.Customer, error) {
	w, err := current(ctx, t, t.by.Merchant, winner)
	if err != nil {
		return core.Customer{}, err
	}
	l, err := current(ctx, t, t.by.Merchant, loser)
	if err != nil {
		return core.Customer{}, err
	}
	switch {
	case !w.Living() || !l.Living():
		return core.Customer{}, core.ErrNotFound
	case w.ID == l.ID:
		return core.Customer{}, core.Invalid{{Field: "customer", Rule: core.Itself}}
	case v.Winner != 0 && v.Winner != w.Version, v.Loser != 0 && v.Loser != l.Version:
		return core.Customer{}, core.ErrConflict
	}
	c, bad := w.Absorb(l, take)
	if err := bad.Err(); err != nil {
		return core.Customer{}, err
	}
	m, err := t.merchant(ctx)
	if err != nil {
		return core.Customer{}, err
	}
	if c.PhoneE164 == "" {
		c.PhoneE164 = core.E164(c.Phone, phoneCountry(c, m))
	}
	c.UpdatedAt = later(t.at, w.UpdatedAt)
	g, err := t.recordMerge(ctx, w, l, c)
	if err != nil {
		return core.Customer{}, err
	}
	gone := l // what its row says stays, for the day they come apart
	gone.MergedInto, gone.DeletedAt, gone.UpdatedAt, gone.Version = w.ID, t.at, later(t.at, l.UpdatedAt), l.Version+1
	if err := t.saveCustomer(ctx, l, gone); err != nil {
		return core.Customer{}, err
	}
	had := w
	if had.Addresses, err = t.mergeAddresses(ctx, g, w, l, c); err != nil {
		return core.Customer{}, err
	}
	if err := t.mergeRows(ctx, g, take[core.TakeCard]); err != nil {
		return core.Customer{}, err
	}
	if err := t.saveAddresses(ctx, had, &c); err != nil {
		return core.Customer{}, err
	}
	if err := t.saveMetadata(ctx, w, c); err != nil {
		return core.Customer{}, err
	}
	return c, t.saveCustomer(ctx, w, c)
}

// A merge is what is known of one while its rows are moved, there or back.
type merge struct {
	ID            int64 `db:"event_id"`
	LoserEvent    int64 `db:"loser_event_id"`
	Winner        int64 `db:"winner_id"`
	Loser         int64 `db:"loser_id"`
	WinnerVersion int64 `db:"winner_version"`
	LoserVersion  int64 `db:"loser_version"`
}

// recordMerge records the merge in both timelines. The winner's event has the
// values from before, and each names the other customer.
func (t *tx) recordMerge(ctx context.Context, w, l, c core.Customer) (merge, error) {
	g := merge{Winner: w.ID, Loser: l.ID, WinnerVersion: c.Version, LoserVersion: l.Version + 1}
	e := core.Event{Action: core.CustomerMerged, Object: core.CustomerObject, ObjectID: w.ID, Customer: w.ID, Version: c.Version}
	e.From, e.To = core.Diff(w, c)
	e.To["merged"] = fmt.Sprintf("%s (%d)", l.Title(), l.ID)
	var err error
	if g.ID, err = t.record(ctx, e); err != nil {
		return g, err
	}
	e.ObjectID, e.Customer, e.Version = l.ID, l.ID, g.LoserVersion
	e.From, e.To = core.Changes{}, core.Changes{"merged_into": fmt.Sprintf("%s (%d)", c.Title(), w.ID)}
	if g.LoserEvent, err = t.record(ctx, e); err != nil {
		return g, err
	}
	_, err = t.exec(ctx, `
		INSERT INTO merges (event_id, loser_event_id, merchant_id, winner_id, loser_id, winner_version, loser_version)
		VALUES (?, ?, ?, ?, ?, ?, ?)`,
		g.ID, g.LoserEvent, t.by.Merchant, g.Winner, g.Loser, g.WinnerVersion, g.LoserVersion)
	if err != nil {
		return g, fmt.Errorf("record merge: %w", err)
	}
	return g, nil
}

// undoMerge brings apart what an event of either customer's timeline merged,
// unless one of them has been changed since.
func (t *tx) undoMerge(ctx context.Context, e core.Event) error {
	var g merge
	err := t.get(ctx, &g, `
		SELECT event_id, loser_event_id, winner_id, loser_id, winner_version, loser_version
		FROM merges
		WHERE (event_id = ? OR loser_event_id = ?) AND merchant_id = ?`, e.ID, e.ID, t.by.Merchant)
	if none(err) {
		return core.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("read merge: %w", err)
	}
	if e.ID != g.ID { // the values from before are the winner's event's
		if e, err = t.event(ctx, g.ID); err != nil {
			return err
		}
	}
	w, l, err := t.mergedUntouched(ctx, g)
	if err != nil {
		return err
	}
	if err := t.partRows(ctx, g); err != nil {
		return err
	}
	now := w
	if now.Addresses, err = addresses(ctx, t, t.by.Merchant, w.ID); err != nil {
		return err
	}
	c := now.Unabsorb(e.From)
	m, err := t.merchant(ctx)
	if err != nil {
		return err
	}
	if c.PhoneE164 == "" {
		c.PhoneE164 = core.E164(c.Phone, phoneCountry(c, m))
	}
	c.Version, c.UpdatedAt = w.Version+1, later(t.at, w.UpdatedAt)
	if err := t.saveAddresses(ctx, now, &c); err != nil {
		return err
	}
	if err := t.saveMetadata(ctx, w, c); err != nil {
		return err
	}
	if err := t.saveCustomer(ctx, w, c); err != nil {
		return err
	}
	if err := t.partDefaults(ctx, g); err != nil {
		return err
	}
	if l.Addresses, err = addresses(ctx, t, t.by.Merchant, l.ID); err != nil {
		return err
	}
	back := l
	back.MergedInto, back.DeletedAt = 0, time.Time{}
	back.UpdatedAt, back.Version = later(t.at, l.UpdatedAt), l.Version+1
	var bad core.Invalid
	if err := t.freeReference(ctx, back, &bad); err != nil {
		return err
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if err := t.saveCustomer(ctx, l, back); err != nil {
		return err
	}
	parted := core.Event{
		Action: core.CustomerParted, Object: core.CustomerObject, ObjectID: c.ID, Customer: c.ID, Version: c.Version, Undoes: g.ID,
	}
	parted.From, parted.To = core.Diff(w, c)
	if _, err := t.record(ctx, parted); err != nil {
		return err
	}
	_, err = t.record(ctx, core.Event{
		Action: core.CustomerParted, Object: core.CustomerObject, ObjectID: back.ID, Customer: back.ID, Version: back.Version, Undoes: g.LoserEvent,
	})
	return err
}

// mergedUntouched returns both customers of a merge as it left them, or
// [core.ErrConflict] where something was done to either since. What a program
// or the worker did counts, too: a charge is not taken from whom it was made.
func (t *tx) mergedUntouched(ctx context.Context, g merge) (w, l core.Customer, err error) {
	if w, err = customer(ctx, t, t.by.Merchant, g.Winner); err != nil {
		return w, l, err
	}
	if l, err = customer(ctx, t, t.by.Merchant, g.Loser); err != nil {
		return w, l, err
	}
	if !w.Living() || w.Version != g.WinnerVersion || l.Version != g.LoserVersion {
		return w, l, core.ErrConflict
	}
	var since int
	err = t.get(ctx, &since, `
		SELECT COUNT(*)
		FROM (
			SELECT 1
			FROM events
			WHERE customer_id IN (?, ?) AND customer_id > 0 AND id > ? AND action NOT IN (?, ?)
			LIMIT 1
		) AS since`, g.Winner, g.Loser, max(g.ID, g.LoserEvent), core.DuplicateDismissed, core.DuplicateRecalled)
	if err != nil {
		return w, l, fmt.Errorf("look for what was done since: %w", err)
	}
	if since > 0 {
		return w, l, core.ErrConflict
	}
	return w, l, nil
}
