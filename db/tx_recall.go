package db

import (
	"context"
	"fmt"
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
	enrolled  map[int64]bool // by customer; those who are not, too

	changed bool // the merchant may be another than one that was asked for before
}

// ran forgets what a statement may have changed.
func (r *recall) ran(query string) {
	if strings.HasPrefix(strings.TrimLeft(query, "\t\n "), "SELECT") {
		return
	}
	if strings.Contains(query, "merchants") {
		clear(r.merchants)
		r.changed = true
	}
	if len(r.enrolled) > 0 && strings.Contains(query, "enrolments") {
		clear(r.enrolled)
	}
	if len(r.plans) > 0 && strings.Contains(query, "plans") {
		clear(r.plans)
	}
}

// undid forgets all, because part of the transaction was rolled back.
func (r *recall) undid() {
	clear(r.merchants)
	clear(r.plans)
	clear(r.enrolled)
}

// merchant is the one the transaction's actor stands in.
func (t *tx) merchant(ctx context.Context) (core.Merchant, error) {
	m, ok := t.recall.merchants[t.by.Merchant]
	if ok {
		return m, nil
	}
	if t.wire != nil && t.wire.awaits() {
		if err := t.wire.send(ctx); err != nil {
			return m, err
		}
		return t.merchant(ctx)
	}
	m, err := merchant(ctx, t, t.by.Merchant)
	if err == nil {
		t.recall.keep(m)
	}
	return m, err
}

func (r *recall) keep(m core.Merchant) {
	if r.merchants == nil {
		r.merchants = map[int64]core.Merchant{}
	}
	r.merchants[m.ID] = m
}

// aheadMerchant has the merchant read with the first statement that goes to the
// server, which fails as check does.
func (t *tx) aheadMerchant(check func(core.Merchant) error) {
	var r merchantRow
	id := t.by.Merchant
	t.s.write.look(merchantQuery, []any{id})
	t.wire.ahead(oneOf(&r, merchantQuery, id), func() error {
		if r.ID == 0 {
			return core.ErrNotFound
		}
		m := r.merchant()
		if !t.recall.changed {
			t.recall.keep(m)
		}
		return check(m)
	})
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

// askEnrolled reads whether a customer is enrolled. It goes with other reads,
// and keep is called after them.
func (t *tx) askEnrolled(customer int64) (r read, keep func()) {
	var one int
	return oneOf(&one, `SELECT 1 FROM enrolments WHERE customer_id = ?`, customer), func() {
		if t.recall.enrolled == nil {
			t.recall.enrolled = map[int64]bool{}
		}
		t.recall.enrolled[customer] = one == 1
	}
}

// isEnrolled reports whether a customer is enrolled.
func (t *tx) isEnrolled(ctx context.Context, customer int64) (bool, error) {
	enrolled, known := t.recall.enrolled[customer]
	if known {
		return enrolled, nil
	}
	r, keep := t.askEnrolled(customer)
	if err := t.reads(ctx, r); err != nil {
		return false, fmt.Errorf("read enrolment of customer %d: %w", customer, err)
	}
	keep()
	return t.recall.enrolled[customer], nil
}
