package db

import (
	"context"
	"fmt"

	"kontor/db/core"
)

// UpdateMerchant changes settings of the merchant the actor stands in and
// returns it as it then is. Unless version is 0 it must be the merchant's, else
// [core.ErrConflict]. Changes that change nothing leave the version and the
// record of acts alone.
func (s *Store) UpdateMerchant(ctx context.Context, by core.Actor, version int64, ch core.Changes) (core.Merchant, error) {
	var m core.Merchant
	err := s.update(ctx, by, core.Manage, func(t *tx) error {
		old, err := t.merchantAt(ctx, version)
		if err != nil {
			return err
		}
		var bad core.Invalid
		m, bad = old.With(ch)
		if err := bad.Err(); err != nil {
			return err
		}
		from, to := core.DiffSettings(old, m)
		if len(to) == 0 {
			return nil
		}
		m.Version++
		_, err = t.exec(ctx, `
			UPDATE merchants
			SET name = ?, name_key = ?, country = ?, currency = ?, zone = ?, charge_hour = ?, retention = ?,
				refund_limit = ?, retry_days = ?, keep_months = ?, pause_rule = ?, spent_rule = ?, version = ?
			WHERE id = ? AND version = ?`,
			m.Name, core.Fold(m.Name), m.Country, m.Currency, m.Zone, m.ChargeHour, m.Retention,
			m.RefundLimit, m.RetryDays, m.KeepMonths, m.PauseRule, m.SpentRule, m.Version, old.ID, old.Version)
		if err != nil {
			return fmt.Errorf("update merchant %d: %w", old.ID, err)
		}
		_, err = t.record(ctx, core.Event{
			Action: core.MerchantUpdated, Object: core.MerchantObject, ObjectID: m.ID, Version: m.Version, From: from, To: to,
		})
		return err
	})
	if err != nil {
		return core.Merchant{}, err
	}
	return m, nil
}

// CloseMerchant makes every later change of what belongs to the merchant the
// actor stands in fail with [core.ErrClosed]. All of it stays readable. The
// version must be the merchant's, else [core.ErrConflict].
func (s *Store) CloseMerchant(ctx context.Context, by core.Actor, version int64) error {
	return s.update(ctx, by, core.Install, func(t *tx) error {
		m, err := t.merchantAt(ctx, version)
		if err != nil || m.Closed() {
			return err
		}
		return t.setClosed(ctx, m, millis(t.at), core.MerchantClosed)
	})
}

// ReopenMerchant takes [Store.CloseMerchant] back.
func (s *Store) ReopenMerchant(ctx context.Context, by core.Actor, version int64) error {
	return s.update(ctx, by, core.Install, func(t *tx) error {
		m, err := t.merchantAt(ctx, version)
		if err != nil || !m.Closed() {
			return err
		}
		return t.setClosed(ctx, m, millis{}, core.MerchantReopened)
	})
}

func (t *tx) setClosed(ctx context.Context, m core.Merchant, at millis, done core.Action) error {
	_, err := t.exec(ctx, `UPDATE merchants SET closed_at = ?, version = version + 1 WHERE id = ?`, at, m.ID)
	if err != nil {
		return fmt.Errorf("%s %d: %w", done, m.ID, err)
	}
	_, err = t.record(ctx, core.Event{Action: done, Object: core.MerchantObject, ObjectID: m.ID, Version: m.Version + 1, Fields: []string{"closed"}})
	return err
}

// merchantAt is the merchant the actor stands in, at the given version unless
// that is 0. A second change of it waits here for the first.
func (t *tx) merchantAt(ctx context.Context, version int64) (core.Merchant, error) {
	if _, err := t.execNow(ctx, `UPDATE merchants SET version = version WHERE id = ?`, t.by.Merchant); err != nil {
		return core.Merchant{}, fmt.Errorf("lock merchant %d: %w", t.by.Merchant, err)
	}
	m, err := t.merchant(ctx)
	if err == nil && version != 0 && version != m.Version {
		err = core.ErrConflict
	}
	return m, err
}

// MerchantHoldings says what the merchant the actor stands in has that keeps
// it from being deleted.
func (s *Store) MerchantHoldings(ctx context.Context, by core.Actor) (core.Holdings, error) {
	if !by.May(core.Install) {
		return core.Holdings{}, core.ErrForbidden
	}
	return holdings(ctx, s.read, by.Merchant)
}

func holdings(ctx context.Context, q querier, merchant int64) (core.Holdings, error) {
	var h core.Holdings
	// The living and the deleted have an index each.
	const customers = `(SELECT merchant_id FROM customers WHERE deleted_at = 0 UNION ALL SELECT merchant_id FROM customers WHERE deleted_at > 0) AS customers`
	for table, n := range map[string]*int{customers: &h.Customers, "users": &h.Users, "application_users": &h.Applications, "plans": &h.Plans} {
		err := q.get(ctx, n, `SELECT COUNT(*) FROM (SELECT 1 FROM `+table+` WHERE merchant_id = ? LIMIT ?) AS counted`, merchant, core.MaxCount+1)
		if err != nil {
			return h, fmt.Errorf("count what merchant %d has: %w", merchant, err)
		}
	}
	return h, nil
}

// DeleteMerchant takes the merchant the actor stands in away for good; its
// number is not given again. It fails with [core.ErrConflict] when the merchant
// holds anything, and when the version is not the merchant's.
func (s *Store) DeleteMerchant(ctx context.Context, by core.Actor, version int64) error {
	return s.update(ctx, by, core.Install, func(t *tx) error {
		m, err := t.merchantAt(ctx, version)
		if err != nil {
			return err
		}
		h, err := holdings(ctx, t, m.ID)
		if err != nil {
			return err
		}
		if !h.Empty() {
			return core.ErrConflict
		}
		if _, err := t.exec(ctx, `UPDATE sessions SET merchant_id = NULL WHERE merchant_id = ?`, m.ID); err != nil {
			return fmt.Errorf("leave merchant %d: %w", m.ID, err)
		}
		if err := t.dropJobs(ctx, m.ID); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `DELETE FROM merchants WHERE id = ?`, m.ID); err != nil {
			return fmt.Errorf("delete merchant %d: %w", m.ID, err)
		}
		_, err = t.record(ctx, core.Event{
			Action: core.MerchantDeleted, Object: core.MerchantObject, ObjectID: m.ID, Version: m.Version, From: core.Changes{"name": m.Name},
		})
		return err
	})
}
