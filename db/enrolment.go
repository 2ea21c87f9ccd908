package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kontor/db/core"
)

// Enrol finds up to [core.MaxMany] customers by their references, or makes
// them, changes what is said of each, and enrols those that are not. All of it
// is one transaction, in which one that breaks a rule is refused and the others
// go in. What changes nothing moves nothing in the feed.
func (s *Store) Enrol(ctx context.Context, by core.Actor, kind core.EnrolmentKind, from core.Source, many []core.Enrolment) ([]core.EnrolResult, error) {
	if err := notTooMany(len(many)); err != nil {
		return nil, err
	}
	var results []core.EnrolResult
	err := s.update(ctx, by, core.Write, func(t *tx) error {
		results = make([]core.EnrolResult, len(many))
		for i, n := range many {
			made, err := t.enrol(ctx, kind, from, n)
			if bad, ok := errors.AsType[core.Invalid](err); ok {
				results[i].Err = bad
				continue
			}
			if err != nil {
				return err
			}
			results[i] = made
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i := range results {
		if r := &results[i]; r.Err == nil {
			now, err := s.EnrolledCustomer(ctx, by, kind, r.Enrolled.Customer.Reference)
			switch {
			case err == nil:
				r.Enrolled = now
			case !errors.Is(err, core.ErrNotFound): // else enrolled as it was, and not any more
				return nil, err
			}
		}
	}
	return results, nil
}

// enrol does one. What it refuses it refuses before it writes. What it returns is
// without consents.
func (t *tx) enrol(ctx context.Context, kind core.EnrolmentKind, from core.Source, n core.Enrolment) (core.EnrolResult, error) {
	var nothing core.EnrolResult
	if rule := core.EnrolmentID(n.Reference); rule != "" {
		return nothing, core.Invalid{{Field: "reference", Rule: rule, Limit: core.MaxEnrolmentID}}
	}
	id, err := byReference(ctx, t, t.by.Merchant, n.Reference)
	var c core.Customer
	switch {
	case errors.Is(err, core.ErrNotFound):
		var bad core.Invalid
		n.Changes["reference"] = n.Reference
		c, bad = core.Customer{}.With(n.Changes)
		c.Source = from
		err = t.createCustomer(ctx, &c, bad)
		if bad, ok := errors.AsType[core.Invalid](err); ok {
			if f, _ := bad.Field("reference"); f.Rule == core.Taken { // made since it was looked for
				err = errAgain
			}
		}
	case err == nil:
		c, err = t.updateCustomer(ctx, id, 0, n.Changes, core.Event{Action: core.CustomerUpdated})
		if errors.Is(err, core.ErrNotFound) { // deleted since it was found
			err = errAgain
		}
	}
	if err != nil {
		return nothing, err
	}
	var there struct {
		feedPlace
		Kind       core.EnrolmentKind
		EnrolledAt millis `db:"enrolled_at"`
	}
	err = t.get(ctx, &there, `SELECT kind, changed, changed_at, enrolled_at FROM enrolments WHERE customer_id = ?`, c.ID)
	enrolled := func(f feedPlace, since millis) core.Enrolled {
		return core.Enrolled{Customer: c, Kind: kind, Changed: f.Changed, ChangedAt: f.ChangedAt.time(), EnrolledAt: since.time()}
	}
	switch {
	case err == nil && there.Kind == kind:
		return core.EnrolResult{Enrolled: enrolled(there.feedPlace, there.EnrolledAt)}, nil
	case none(err):
		there.EnrolledAt = millis(t.at)
	case err != nil:
		return nothing, fmt.Errorf("read enrolment of customer %d: %w", c.ID, err)
	}
	f, err := t.nextInFeed(ctx)
	if err != nil {
		return nothing, err
	}
	_, err = t.exec(ctx, `
		INSERT INTO enrolments (customer_id, merchant_id, kind, changed, changed_at, enrolled_at, scan_at)
		VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (customer_id) DO UPDATE SET kind = excluded.kind, changed = excluded.changed, changed_at = excluded.changed_at`,
		c.ID, t.by.Merchant, kind, f.Changed, f.ChangedAt, millis(t.at), millis(t.at.Add(core.ScanDelay)))
	if err != nil {
		return nothing, fmt.Errorf("enrol customer %d: %w", c.ID, err)
	}
	_, err = t.record(ctx, core.Event{
		Action: core.CustomerEnrolled, Object: core.CustomerObject, ObjectID: c.ID, Customer: c.ID, Version: c.Version, Fields: []string{},
	})
	return core.EnrolResult{Enrolled: enrolled(f, there.EnrolledAt), New: true}, err
}

// A feedPlace is a number of a merchant's feed and when it was given.
type feedPlace struct {
	Changed   int64
	ChangedAt millis `db:"changed_at"`
}

// nextInFeed takes the next number of the merchant's feed, under the lock that
// keeps others from one until this transaction ends.
func (t *tx) nextInFeed(ctx context.Context) (feedPlace, error) {
	t.wrote = true
	var f feedPlace
	err := t.get(ctx, &f, `
		INSERT INTO feeds (merchant_id, changed, changed_at)
		VALUES (?, 1, ?)
		ON CONFLICT (merchant_id) DO UPDATE SET changed = feeds.changed + 1,
			changed_at = CASE WHEN feeds.changed_at < excluded.changed_at THEN excluded.changed_at ELSE feeds.changed_at + 1 END
		RETURNING changed, changed_at`, t.by.Merchant, millis(t.at))
	if err != nil {
		return f, fmt.Errorf("take the next number of the feed: %w", err)
	}
	return f, nil
}

// moveInFeed puts an enrolled customer at the end of the feed; for others it
// does nothing.
func (t *tx) moveInFeed(ctx context.Context, customer int64, rescan bool) error {
	enrolled, err := t.isEnrolled(ctx, customer)
	if err != nil || !enrolled {
		return err
	}
	f, err := t.nextInFeed(ctx)
	if err != nil {
		return err
	}
	scan := time.Time{}
	if rescan {
		scan = t.at.Add(core.ScanDelay)
	}
	_, err = t.exec(ctx, `
		UPDATE enrolments
		SET changed = ?, changed_at = ?, scan_at = CASE WHEN CAST(? AS BIGINT) > 0 THEN ? ELSE scan_at END
		WHERE customer_id = ?`, f.Changed, f.ChangedAt, millis(scan), millis(scan), customer)
	if err != nil {
		return fmt.Errorf("move customer %d in the feed: %w", customer, err)
	}
	return nil
}

// EndEnrolment withdraws a customer's channels and ends the enrolment. The
// customer is deleted too, if CDC made it and it has no card, subscription,
// payment or note. It fails with [core.ErrNotFound] for one that is not
// enrolled. CDC: DELETE.
func (s *Store) EndEnrolment(ctx context.Context, by core.Actor, kind core.EnrolmentKind, reference string) error {
	return s.update(ctx, by, core.Write, func(t *tx) error {
		c, err := t.enrolledByReference(ctx, kind, reference)
		if err != nil {
			return err
		}
		if _, err := t.exec(ctx, `DELETE FROM enrolments WHERE customer_id = ?`, c.ID); err != nil {
			return fmt.Errorf("end enrolment of customer %d: %w", c.ID, err)
		}
		var rows []channelRow
		err = t.all(ctx, &rows, `
			SELECT `+channelColumns+`
			FROM channels h
			WHERE h.customer_id = ? AND +h.merchant_id = ? AND h.withdrawn_at = 0`, c.ID, t.by.Merchant)
		if err != nil {
			return fmt.Errorf("read channels of customer %d: %w", c.ID, err)
		}
		for _, r := range rows {
			if _, err := t.withdrawChannel(ctx, r.channel()); err != nil {
				return err
			}
		}
		_, err = t.record(ctx, core.Event{
			Action: core.EnrolmentEnded, Object: core.CustomerObject, ObjectID: c.ID, Customer: c.ID, Version: c.Version, Fields: []string{},
		})
		if err != nil || c.Source != core.FromCDC {
			return err
		}
		var has int
		err = t.get(ctx, &has, `
			SELECT CASE WHEN EXISTS (SELECT 1 FROM cards WHERE customer_id = ?)
				OR EXISTS (SELECT 1 FROM subscriptions WHERE customer_id = ?)
				OR EXISTS (SELECT 1 FROM charges WHERE customer_id = ?)
				OR EXISTS (SELECT 1 FROM notes WHERE customer_id = ? AND deleted_at = 0) THEN 1 ELSE 0 END`, c.ID, c.ID, c.ID, c.ID)
		if err != nil || has == 1 {
			return err
		}
		return t.setDeleted(ctx, c.ID, 0, true, core.Event{Action: core.CustomerDeleted}, "")
	})
}

func (t *tx) enrolledByReference(ctx context.Context, kind core.EnrolmentKind, reference string) (core.Customer, error) {
	if reference == "" {
		return core.Customer{}, core.ErrNotFound
	}
	id, err := byReference(ctx, t, t.by.Merchant, reference)
	if err != nil {
		return core.Customer{}, err
	}
	var one int
	err = t.get(ctx, &one, `SELECT 1 FROM enrolments WHERE customer_id = ? AND kind = ?`, id, kind)
	if none(err) {
		return core.Customer{}, core.ErrNotFound
	}
	if err != nil {
		return core.Customer{}, fmt.Errorf("read enrolment of customer %d: %w", id, err)
	}
	return customer(ctx, t, t.by.Merchant, id)
}
