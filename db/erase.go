package db

import (
	"context"
	"errors"
	"fmt"

	"kontor/db/core"
)

// erasing is what takes a customer's personal data away, for the customer and
// its merchant. Charges, refunds and events stay: what they say of the customer
// is the ID of the stub. A table that is not here holds nothing personal, and a
// test that fills all of them sees to that.
var erasing = []string{
	`DELETE FROM addresses WHERE customer_id = ? AND +merchant_id = ?`,
	`DELETE FROM metadata WHERE customer_id = ? AND +merchant_id = ?`,
	`DELETE FROM notes WHERE customer_id = ? AND +merchant_id = ?`,
	`DELETE FROM channels WHERE customer_id = ? AND +merchant_id = ?`,
	`DELETE FROM enrolments WHERE customer_id = ? AND +merchant_id = ?`,
	`DELETE FROM event_values WHERE customer_id = ?
		AND EXISTS (SELECT 1 FROM customers c WHERE c.id = event_values.customer_id AND c.merchant_id = ?)`,
	// A merge, undone or not, told either's values in the other's timeline.
	`DELETE FROM event_values WHERE event_id IN (SELECT event_id FROM merges WHERE loser_id = ? AND merchant_id = ?)`,
	`DELETE FROM event_values WHERE event_id IN (SELECT loser_event_id FROM merges WHERE winner_id = ? AND merchant_id = ?)`,
	`DELETE FROM event_values WHERE event_id IN (
			SELECT e.id FROM merges m JOIN events e ON e.undoes = m.event_id AND e.undoes > 0
			WHERE m.loser_id = ? AND m.merchant_id = ?)`,
	`UPDATE subscriptions SET card_id = NULL, email = '', bcc = '', description = '', start_key = ''
		WHERE customer_id = ? AND +merchant_id = ?`,
	`UPDATE charges SET request = '', description = '', note = '' WHERE customer_id = ? AND +merchant_id = ?`,
	`UPDATE refunds SET request = '', note = '' WHERE customer_id = ? AND +merchant_id = ?`,
	`UPDATE tokens SET ` + blankToken + ` WHERE id IN (SELECT id FROM cards WHERE customer_id = ? AND +merchant_id = ?)`,
	// An attempt to charge says which card it went to.
	`UPDATE cards SET token = 'erased ' || CAST(id AS TEXT), brand = '', first_six = '', last_four = '', expires = '', holder = '',
		description = '', fingerprint = CAST(CAST(id AS TEXT) AS BYTES), is_default = 0, active = 0, request = '', addition = '',
		removed_at = CASE WHEN removed_at > 0 THEN removed_at ELSE updated_at END
		WHERE customer_id = ? AND +merchant_id = ?`,
	`UPDATE mails SET recipient = '', bcc = '', details = '{}', erased = 1,
			trouble = CASE WHEN state = 'queued' THEN 'erased' ELSE trouble END,
			state = CASE WHEN state = 'queued' THEN 'failed' ELSE state END
		WHERE customer_id = ? AND customer_id > 0 AND +merchant_id = ?`,
	`UPDATE customers SET reference = '', custom_id = '', name = '', first_name = '', last_name = '', company = '',
			organisation_number = '', email = '', bcc = '', phone = '', phone_e164 = '', language = '', currency = '',
			date_of_birth = '', ip = '', description = '', custom_data = '', city = '', country = '', sort_key = '', name_key = '',
			first_key = '', last_key = '', company_key = '', email_key = '', phone_key = '', custom_key = '', organisation_key = '',
			description_key = '', city_key = '', postcode_key = '', search = ''
		WHERE id = ? AND merchant_id = ?`,
}

const blankToken = `external_id = '', reference = '', customer_reference = '', email = '', email_key = '', language = '', zone = '',
	state = 'inactive'`

// EraseCustomer takes a customer's personal data away for good, and that of
// those who were merged into it. Its subscriptions end, its cards are detached,
// texts, values before and after and mails are blanked, and where the merchant's
// saved views and the like name it they do so no more. A stub stays, deleted,
// with its charges and the record of acts. Unless version is 0 it must be the
// customer's, else [core.ErrConflict]; one that is erased is
// [core.ErrNotFound]. It takes [core.Manage], also in a closed merchant: nobody
// is kept because a shop shut.
func (s *Store) EraseCustomer(ctx context.Context, by core.Actor, id, version int64) error {
	if by.Kind == "" || !by.May(core.Manage) {
		return core.ErrForbidden
	}
	return s.update(ctx, by, core.Read, func(t *tx) error {
		c, err := customer(ctx, t, by.Merchant, id)
		if err != nil {
			return err
		}
		if c.Erased() || c.MergedInto != 0 {
			return core.ErrNotFound
		}
		if version != 0 && version != c.Version {
			return core.ErrConflict
		}
		return t.erase(ctx, c)
	})
}

func (t *tx) erase(ctx context.Context, c core.Customer) error {
	if err := t.cancelSubscriptions(ctx, c.ID); err != nil {
		return err
	}
	if c.Living() {
		if err := t.setDeleted(ctx, c.ID, 0, true, core.Event{Action: core.CustomerDeleted}, ""); err != nil {
			return err
		}
	}
	var ids []int64
	err := t.all(ctx, &ids, `
		SELECT id
		FROM customers
		WHERE merged_into = ? AND merged_into > 0 AND merchant_id = ? AND erased_at = 0`, c.ID, t.by.Merchant)
	if err != nil {
		return fmt.Errorf("read who was merged into customer %d: %w", c.ID, err)
	}
	known := c.Identifying()
	for _, id := range ids {
		part, err := customer(ctx, t, t.by.Merchant, id)
		if err != nil {
			return err
		}
		known = append(known, part.Identifying()...)
	}
	if err := t.forget(ctx, append(ids, c.ID), known); err != nil {
		return err
	}
	for _, id := range append(ids, c.ID) {
		if err := t.blank(ctx, id); err != nil {
			return fmt.Errorf("erase customer %d: %w", id, err)
		}
	}
	var version int64
	if err := t.get(ctx, &version, `SELECT version FROM customers WHERE id = ?`, c.ID); err != nil {
		return err
	}
	_, err = t.record(ctx, core.Event{
		Action: core.CustomerErased, Object: core.CustomerObject, ObjectID: c.ID, Customer: c.ID, Version: version,
	})
	return err
}

// blank leaves a stub of a customer's records.
func (t *tx) blank(ctx context.Context, id int64) error {
	for _, statement := range erasing {
		if _, err := t.exec(ctx, t.s.dialect(statement), id, t.by.Merchant); err != nil {
			return err
		}
	}
	if !t.s.postgres {
		if _, err := t.exec(ctx, `DELETE FROM customer_search WHERE rowid = ?`, id); err != nil {
			return err
		}
	}
	_, err := t.exec(ctx, `
		UPDATE customers
		SET erased_at = ?, updated_at = ?, version = version + 1
		WHERE id = ? AND merchant_id = ?`, millis(t.at), millis(t.at), id, t.by.Merchant)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `
		INSERT INTO erasures (customer_id, merchant_id, erased_at, scrubbed_at)
		VALUES (?, ?, ?, 0)`, id, t.by.Merchant, millis(t.at))
	return err
}

// Holds says how much there is of a customer. It takes [core.Manage].
func (s *Store) Holds(ctx context.Context, by core.Actor, id int64) (core.Holds, error) {
	var h core.Holds
	if !by.May(core.Manage) {
		return h, core.ErrForbidden
	}
	if _, err := customer(ctx, s.read, by.Merchant, id); err != nil {
		return h, err
	}
	for _, c := range []struct {
		n    *int
		from string
	}{
		{&h.Addresses, `addresses WHERE customer_id = ?`},
		{&h.Metadata, `metadata WHERE customer_id = ?`},
		{&h.Notes, `notes WHERE customer_id = ?`},
		{&h.Channels, `channels WHERE customer_id = ?`},
		{&h.Cards, `cards WHERE customer_id = ?`},
		{&h.Subscriptions, `subscriptions WHERE customer_id = ? AND status IN ` + living},
		{&h.Mails, `mails WHERE customer_id = ? AND customer_id > 0`},
		{&h.Values, `event_values WHERE customer_id = ?`},
		{&h.Events, `events WHERE customer_id = ? AND customer_id > 0`},
	} {
		if err := s.read.get(ctx, c.n, `SELECT COUNT(*) FROM `+c.from, id); err != nil {
			return h, fmt.Errorf("count what there is of customer %d: %w", id, err)
		}
	}
	return h, nil
}

// expiring is how many customers of a merchant are looked at together.
const expiring = 100

// EraseExpired erases the customers who were deleted longer ago than their
// merchant's retention, each by itself, and returns how many. One that cannot
// be erased keeps no other, in its merchant or the next. It waits while the
// worker stands still for its clock: by one that is wrong nobody can be told to
// be due, and what is erased stays so.
func (s *Store) EraseExpired(ctx context.Context) (int, error) {
	if _, halted, err := clockSeen(ctx, s.read); err != nil || halted != "" {
		return 0, err
	}
	erased := 0
	var errs []error
	for after := int64(0); ; {
		merchants, err := s.Merchants(ctx, core.System(0), "", after, 100)
		if err != nil || len(merchants) == 0 {
			return erased, errors.Join(append(errs, err)...)
		}
		for _, m := range merchants {
			n, err := s.eraseExpired(ctx, m)
			erased += n
			if err != nil {
				errs = append(errs, fmt.Errorf("erase of merchant %d: %w", m.ID, err))
			}
			if ctx.Err() != nil || errors.Is(err, core.ErrUnavailable) {
				return erased, errors.Join(errs...)
			}
			after = m.ID
		}
	}
}

func (s *Store) eraseExpired(ctx context.Context, m core.Merchant) (int, error) {
	var errs []error
	var deleted millis // and the ID: of whom was looked at last
	var id int64
	for erased := 0; ; {
		var rows []struct {
			ID        int64
			DeletedAt millis `db:"deleted_at"`
		}
		// The longest deleted first.
		err := s.read.all(ctx, &rows, `
			SELECT id, deleted_at
			FROM customers
			WHERE merchant_id = ? AND deleted_at > 0 AND erased_at = 0 AND merged_into = 0
				AND deleted_at >= ? AND (deleted_at > ? OR id > ?)
			ORDER BY deleted_at, id
			LIMIT ?`, m.ID, deleted, deleted, id, expiring)
		if err != nil {
			return erased, errors.Join(append(errs, err)...)
		}
		for _, r := range rows {
			if s.now().Before(m.RestoreUntil(r.DeletedAt.time())) {
				return erased, errors.Join(errs...)
			}
			deleted, id = r.DeletedAt, r.ID
			err := s.EraseCustomer(ctx, core.System(m.ID), r.ID, 0)
			switch {
			case err == nil:
				erased++
			case errors.Is(err, core.ErrNotFound): // somebody was quicker
			default:
				errs = append(errs, err)
			}
			if ctx.Err() != nil || errors.Is(err, core.ErrUnavailable) {
				return erased, errors.Join(errs...)
			}
		}
		if len(rows) < expiring {
			return erased, errors.Join(errs...)
		}
	}
}
