package db

import (
	"context"
	"strings"

	"kontor/db/core"
)

// A recall holds records that a transaction has read and that its acts ask for
// again: each asks for the merchant twice, and many acts may share a
// transaction. On SQLite, and in a history, nobody else can change them
// meanwhile; on PostgreSQL an act goes by what they were when it first asked.
type recall struct {
	merchants map[int64]core.Merchant
	plans     map[int64]core.Plan
}

// ran forgets what a statement may have changed.
func (r *recall) ran(query string) {
	if strings.HasPrefix(strings.TrimLeft(query, "\t\n "), "SELECT") {
		return
	}
	if len(r.merchants) > 0 && strings.Contains(query, "merchants") {
		clear(r.merchants)
	}
	if len(r.plans) > 0 && strings.Contains(query, "plans") {
		clear(r.plans)
	}
}

// undid forgets all, because part of the transaction was rolled back.
func (r *recall) undid() {
	clear(r.merchants)
	clear(r.plans)
}

// merchant is the one the transaction's actor stands in.
func (t *tx) merchant(ctx context.Context) (core.Merchant, error) {
	m, ok := t.recall.merchants[t.by.Merchant]
	if ok {
		return m, nil
	}
	m, err := merchant(ctx, t, t.by.Merchant)
	if err == nil {
		if t.recall.merchants == nil {
			t.recall.merchants = map[int64]core.Merchant{}
		}
		t.recall.merchants[m.ID] = m
	}
	return m, err
}

// plan is one of the transaction's merchant, or [core.ErrNotFound].
func (t *tx) plan(ctx context.Context, id int64) (core.Plan, error) {
	if p, ok := t.recall.plans[id]; ok && p.Merchant == t.by.Merchant {
		return p, nil
	}
	p, err := planOf(ctx, t, t.by.Merchant, id)
	if err == nil {
		if t.recall.plans == nil {
			t.recall.plans = map[int64]core.Plan{}
		}
		t.recall.plans[id] = p
	}
	return p, err
}
