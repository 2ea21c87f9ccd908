package db

import (
	"context"
	"fmt"
	"strings"
	"time"

	"kontor/db/core"
)

type merchantRow struct {
	ID          int64
	Name        string
	Country     string
	Currency    string
	Zone        string
	ChargeHour  int `db:"charge_hour"`
	Retention   int
	RefundLimit int64          `db:"refund_limit"`
	RetryDays   string         `db:"retry_days"`
	KeepMonths  int            `db:"keep_months"`
	PauseRule   core.PauseRule `db:"pause_rule"`
	SpentRule   core.SpentRule `db:"spent_rule"`
	Version     int64
	CreatedAt   millis `db:"created_at"`
	ClosedAt    millis `db:"closed_at"`
}

const merchantColumns = `id, name, country, currency, zone, charge_hour, retention, refund_limit, retry_days, keep_months, pause_rule, spent_rule,
	version, created_at, closed_at`

func (r merchantRow) merchant() core.Merchant {
	return core.Merchant{
		ID: r.ID, Name: r.Name, Country: r.Country, Currency: r.Currency, Zone: r.Zone,
		ChargeHour: r.ChargeHour, Retention: r.Retention, RefundLimit: r.RefundLimit, RetryDays: r.RetryDays,
		KeepMonths: r.KeepMonths, PauseRule: r.PauseRule, SpentRule: r.SpentRule, Version: r.Version, CreatedAt: r.CreatedAt.time(), ClosedAt: r.ClosedAt.time(),
	}
}

// Merchant returns the merchant the actor stands in, or [core.ErrNotFound].
func (s *Store) Merchant(ctx context.Context, by core.Actor) (core.Merchant, error) {
	if !by.May(core.Read) {
		return core.Merchant{}, core.ErrForbidden
	}
	return merchant(briefly(ctx), s.read, by.Merchant)
}

const merchantQuery = `SELECT ` + merchantColumns + ` FROM merchants WHERE id = ?`

func merchant(ctx context.Context, q querier, id int64) (core.Merchant, error) {
	var row merchantRow
	err := q.get(ctx, &row, merchantQuery, id)
	if none(err) {
		return core.Merchant{}, core.ErrNotFound
	}
	if err != nil {
		return core.Merchant{}, fmt.Errorf("read merchant %d: %w", id, err)
	}
	return row.merchant(), nil
}

// Merchants returns up to limit merchants by number, from after on, whose name
// or number has the text in it. It is for staff.
func (s *Store) Merchants(ctx context.Context, by core.Actor, text string, after int64, limit int) ([]core.Merchant, error) {
	if !by.Role.Staff() {
		return nil, core.ErrForbidden
	}
	var w where
	w.and(`id > ?`, after)
	for _, word := range strings.Fields(core.Fold(text)) {
		w.and(`(name_key LIKE ? ESCAPE '\' OR CAST(id AS TEXT) = ?)`, "%"+escapeLike(word)+"%", word)
	}
	var rows []merchantRow
	err := s.read.all(ctx, &rows, `
		SELECT `+merchantColumns+`
		FROM merchants`+w.sql()+`
		ORDER BY id
		LIMIT ?`, append(w.args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("read merchants: %w", err)
	}
	out := make([]core.Merchant, len(rows))
	for i, r := range rows {
		out[i] = r.merchant()
	}
	return out, nil
}

// CreateMerchant adds a merchant under the next free number and returns it.
// Settings that are not given are those of [core.Merchant.WithDefaults].
func (s *Store) CreateMerchant(ctx context.Context, by core.Actor, m core.Merchant) (core.Merchant, error) {
	m = m.WithDefaults()
	if err := m.Check().Err(); err != nil {
		return core.Merchant{}, err
	}
	err := s.update(ctx, by, core.Install, func(t *tx) error {
		// The record of a merchant that was deleted keeps its number taken.
		err := t.get(ctx, &m.ID, `
			SELECT MAX(taken) + 1
			FROM (
				SELECT COALESCE(MAX(id), 0) AS taken FROM merchants
				UNION ALL
				SELECT COALESCE(MAX(merchant_id), 0) FROM events
			) AS numbers`)
		if err != nil {
			return err
		}
		m.Version, m.CreatedAt, m.ClosedAt = 1, t.at, time.Time{}
		_, err = t.exec(ctx, `
			INSERT INTO merchants (`+merchantColumns+`, name_key)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			m.ID, m.Name, m.Country, m.Currency, m.Zone, m.ChargeHour, m.Retention, m.RefundLimit, m.RetryDays, m.KeepMonths,
			m.PauseRule, m.SpentRule, m.Version, millis(m.CreatedAt), millis(m.ClosedAt), core.Fold(m.Name))
		if err != nil { // another took the number: run again
			return fmt.Errorf("insert merchant: %w", err)
		}
		t.by.Merchant = m.ID
		_, err = t.record(ctx, core.Event{Action: core.MerchantCreated, Object: core.MerchantObject, ObjectID: m.ID, Version: 1})
		return err
	})
	if err != nil {
		return core.Merchant{}, err
	}
	return m, nil
}

// EnterMerchant records that staff begin to stand in the merchant that the
// actor carries. It fails with [core.ErrNotFound] if there is none such.
func (s *Store) EnterMerchant(ctx context.Context, by core.Actor) error {
	if !by.Role.Staff() {
		return core.ErrNotFound
	}
	return s.update(ctx, by, core.Read, func(t *tx) error {
		if _, err := t.merchant(ctx); err != nil {
			return err
		}
		_, err := t.record(ctx, core.Event{Action: core.MerchantEntered, Object: core.MerchantObject, ObjectID: by.Merchant})
		return err
	})
}
