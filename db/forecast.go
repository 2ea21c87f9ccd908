package db

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"kontor/db/core"
)

// AskForecast has a forecast worked out for the merchant, soon. That is no act:
// it changes nothing but what the page shows.
func (s *Store) AskForecast(ctx context.Context, by core.Actor) error {
	if by.Kind == "" || !by.May(core.Read) {
		return core.ErrForbidden
	}
	return s.quietly(ctx, func(t *tx) error {
		if _, err := merchant(ctx, t, by.Merchant); err != nil {
			return err
		}
		_, err := t.exec(ctx, `
			INSERT INTO forecasts (merchant_id, asked_at, made_at, forecast)
			VALUES (?, ?, 0, '')
			ON CONFLICT (merchant_id) DO UPDATE SET asked_at = excluded.asked_at`, by.Merchant, millis(t.at))
		return err
	})
}

type forecastRow struct {
	MerchantID int64  `db:"merchant_id"`
	AskedAt    millis `db:"asked_at"`
	MadeAt     millis `db:"made_at"`
	Forecast   string
}

// Forecast returns the merchant's last forecast; [core.ErrNotFound] when none
// was ever asked for.
func (s *Store) Forecast(ctx context.Context, by core.Actor) (core.Forecast, error) {
	if !by.May(core.Read) {
		return core.Forecast{}, core.ErrForbidden
	}
	var row forecastRow
	err := s.read.get(ctx, &row, `SELECT merchant_id, asked_at, made_at, forecast FROM forecasts WHERE merchant_id = ?`, by.Merchant)
	if none(err) {
		return core.Forecast{}, core.ErrNotFound
	}
	if err != nil {
		return core.Forecast{}, fmt.Errorf("read forecast of merchant %d: %w", by.Merchant, err)
	}
	var f core.Forecast
	if row.Forecast != "" {
		if err := json.Unmarshal([]byte(row.Forecast), &f); err != nil {
			return core.Forecast{}, fmt.Errorf("read forecast of merchant %d: %w", by.Merchant, err)
		}
	}
	f.Merchant, f.AskedAt, f.MadeAt = row.MerchantID, row.AskedAt.time(), row.MadeAt.time()
	return f, s.nameFailures(ctx, f.Failures)
}

// nameFailures fills in whose charges are expected to fail. That is not kept
// with the forecast, which erasing does not reach.
func (s *Store) nameFailures(ctx context.Context, all []core.ForecastFailure) error {
	ids := make([]int64, len(all))
	for i, f := range all {
		ids[i] = f.Subscription
	}
	slices.Sort(ids)
	named, err := s.subscriptionSummaries(ctx, slices.Compact(ids))
	if err != nil {
		return err
	}
	for i := range all {
		for _, sub := range named {
			if sub.ID == all[i].Subscription {
				all[i].Of = sub
			}
		}
	}
	return nil
}

// ForecastsAsked are the merchants that wait for a forecast.
func (s *Store) ForecastsAsked(ctx context.Context, by core.Actor) ([]int64, error) {
	if err := worker(by); err != nil {
		return nil, err
	}
	var ids []int64
	err := s.read.all(ctx, &ids, `SELECT merchant_id FROM forecasts WHERE asked_at > made_at ORDER BY asked_at`)
	if err != nil {
		return nil, fmt.Errorf("look for forecasts to make: %w", err)
	}
	return ids, nil
}

// KeepForecast keeps a forecast, in the place of the one before.
func (s *Store) KeepForecast(ctx context.Context, by core.Actor, f core.Forecast) error {
	if err := worker(by); err != nil {
		return err
	}
	text, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return s.quietly(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `UPDATE forecasts SET made_at = ?, forecast = ? WHERE merchant_id = ?`, millis(t.at), string(text), by.Merchant)
		return err
	})
}
