package db

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"kontor/db/core"
)

type planRow struct {
	ID          int64
	MerchantID  int64 `db:"merchant_id"`
	Version     int64
	Name        string
	NameKey     string `db:"name_key"`
	Amount      int64
	Currency    string
	Frequency   core.Frequency
	Payments    int
	SendReceipt bit    `db:"send_receipt"`
	CreatedAt   millis `db:"created_at"`
	UpdatedAt   millis `db:"updated_at"`
	ArchivedAt  millis `db:"archived_at"`
	Subscribers int
}

const planColumns = `id, merchant_id, version, name, name_key, amount, currency, frequency, payments, send_receipt,
	created_at, updated_at, archived_at`

// living are the states that a subscription has not ended in, as SQL.
const living = `('pending', 'active', 'past_due', 'unpaid', 'paused')`

func (r planRow) plan() core.Plan {
	return core.Plan{
		ID: r.ID, Merchant: r.MerchantID, Version: r.Version, Name: r.Name, Amount: core.Money{Minor: r.Amount, Currency: r.Currency},
		Every: r.Frequency, Payments: r.Payments, SendReceipt: bool(r.SendReceipt), Archived: !r.ArchivedAt.time().IsZero(),
		CreatedAt: r.CreatedAt.time(), UpdatedAt: r.UpdatedAt.time(),
	}
}

// Plan returns a plan of the actor's merchant, archived ones too.
func (s *Store) Plan(ctx context.Context, by core.Actor, id int64) (core.Plan, error) {
	if !by.May(core.Read) {
		return core.Plan{}, core.ErrForbidden
	}
	return planOf(ctx, s.read, by.Merchant, id)
}

func planOf(ctx context.Context, q querier, merchant, id int64) (core.Plan, error) {
	var row planRow
	err := q.get(ctx, &row, `SELECT `+planColumns+` FROM plans WHERE id = ? AND merchant_id = ?`, id, merchant)
	if none(err) {
		return core.Plan{}, core.ErrNotFound
	}
	if err != nil {
		return core.Plan{}, fmt.Errorf("read plan %d: %w", id, err)
	}
	return row.plan(), nil
}

// PlanByName returns the plan of the name, in any case, archived ones too.
func (s *Store) PlanByName(ctx context.Context, by core.Actor, name string) (core.Plan, error) {
	if !by.May(core.Read) {
		return core.Plan{}, core.ErrForbidden
	}
	return planByName(ctx, s.read, by.Merchant, name)
}

func planByName(ctx context.Context, q querier, merchant int64, name string) (core.Plan, error) {
	var row planRow
	err := q.get(ctx, &row, `SELECT `+planColumns+` FROM plans WHERE merchant_id = ? AND name_key = ?`, merchant, core.Fold(strings.TrimSpace(name)))
	if none(err) {
		return core.Plan{}, core.ErrNotFound
	}
	if err != nil {
		return core.Plan{}, fmt.Errorf("read plan by name: %w", err)
	}
	return row.plan(), nil
}

// Plans returns a page of the merchant's plans by name, with how many
// subscribe to each. Nothing is counted further than [core.MaxCount].
func (s *Store) Plans(ctx context.Context, by core.Actor, l core.PlanList) (core.Page[core.PlanSummary], error) {
	var page core.Page[core.PlanSummary]
	if !by.May(core.Read) {
		return page, core.ErrForbidden
	}
	var w where
	w.and(`merchant_id = ?`, by.Merchant)
	if l.Archived {
		w.and(`archived_at > 0`)
	} else {
		w.and(`archived_at = 0`)
	}
	for _, word := range strings.Fields(core.Fold(l.Words)) {
		w.and(`name_key LIKE ? ESCAPE '\'`, "%"+escapeLike(word)+"%")
	}
	err := s.read.get(ctx, &page.Count, `
		SELECT COUNT(*)
		FROM (SELECT 1 FROM plans`+w.sql()+`
		LIMIT ?) AS counted`, append(slices.Clip(w.args), core.MaxCount+1)...)
	if err != nil {
		return page, fmt.Errorf("count plans: %w", err)
	}
	back, cursor, dir := l.Before.ID != 0, l.After, ""
	switch {
	case back:
		cursor, dir = l.Before, " DESC"
		w.and(`(name_key, id) < (?, ?)`, cursor.Key, cursor.ID)
	case cursor.ID != 0:
		w.and(`(name_key, id) > (?, ?)`, cursor.Key, cursor.ID)
	}
	limit := pageLimit(l.Limit)
	var rows []planRow
	err = s.read.all(ctx, &rows, `
		SELECT `+planColumns+`, (SELECT COUNT(*) FROM (
			SELECT 1 FROM subscriptions s WHERE s.plan_id = plans.id AND s.status IN `+living+` LIMIT ?) AS counted) AS subscribers
		FROM plans`+w.sql()+`
		ORDER BY name_key`+dir+`, id`+dir+`
		LIMIT ?`, append(append([]any{core.MaxCount + 1}, w.args...), limit+1)...)
	if err != nil {
		return page, fmt.Errorf("list plans: %w", err)
	}
	rows, page.Prev, page.Next = cut(rows, limit, cursor.ID != 0, back, func(r planRow) core.Cursor {
		return core.Cursor{Key: r.NameKey, ID: r.ID}
	})
	for _, r := range rows {
		page.Items = append(page.Items, core.PlanSummary{Plan: r.plan(), Subscribers: r.Subscribers})
	}
	return page, nil
}

// pageLimit is how many rows a page has for the number asked for.
func pageLimit(limit int) int {
	if limit <= 0 {
		return core.PageSizes[0]
	}
	return min(limit, slices.Max(core.PageSizes))
}

// cut makes a page of rows that were read from a cursor on, one more than fit
// where there are more: in the list's order, with the cursors to the pages
// beside it.
func cut[T any](rows []T, limit int, begun, back bool, at func(T) core.Cursor) (page []T, prev, next core.Cursor) {
	more := len(rows) > limit
	if more {
		rows = rows[:limit]
	}
	if back {
		slices.Reverse(rows)
	}
	if len(rows) > 0 {
		if more || back {
			next = at(rows[len(rows)-1])
		}
		if (more && back) || (!back && begun) {
			prev = at(rows[0])
		}
	}
	return rows, prev, next
}

// CreatePlan adds a plan. It fails with [core.Invalid] for what breaks a rule,
// a name that another plan has among them.
func (s *Store) CreatePlan(ctx context.Context, by core.Actor, p core.Plan) (core.Plan, error) {
	p.Name = strings.TrimSpace(p.Name)
	checked := p.Check()
	made := p
	err := s.update(ctx, by, core.Write, func(t *tx) error {
		made = p
		bad := slices.Clone(checked)
		if err := t.freePlanName(ctx, made, &bad); err != nil {
			return err
		}
		if err := bad.Err(); err != nil {
			return err
		}
		made.ID, made.CreatedAt = t.newID("plans")
		made.Merchant, made.Version, made.UpdatedAt, made.Archived = by.Merchant, 1, made.CreatedAt, false
		_, err := t.exec(ctx, `
			INSERT INTO plans (`+planColumns+`)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			made.ID, made.Merchant, made.Version, made.Name, core.Fold(made.Name), made.Amount.Minor, made.Amount.Currency, made.Every,
			made.Payments, bit(made.SendReceipt), millis(made.CreatedAt), millis(made.UpdatedAt), 0)
		if err != nil {
			return fmt.Errorf("insert plan: %w", err)
		}
		return t.planEvent(ctx, core.PlanCreated, made, core.Changes{}, core.Changes{"name": made.Name})
	})
	if err != nil {
		return core.Plan{}, err
	}
	return made, nil
}

// planEvent records an act on a plan.
func (t *tx) planEvent(ctx context.Context, done core.Action, p core.Plan, from, to core.Changes) error {
	_, err := t.record(ctx, core.Event{Action: done, Object: core.PlanObject, ObjectID: p.ID, Version: p.Version, From: from, To: to})
	return err
}

// freePlanName adds a fault when another plan has p's name.
func (t *tx) freePlanName(ctx context.Context, p core.Plan, bad *core.Invalid) error {
	if core.Fold(p.Name) == "" {
		return nil
	}
	other, err := planByName(ctx, t, t.by.Merchant, p.Name)
	if errors.Is(err, core.ErrNotFound) || err == nil && other.ID == p.ID {
		return nil
	}
	if err == nil {
		*bad = append(core.Invalid{{Field: "name", Rule: core.Taken, Other: fmt.Sprint(other.ID)}}, *bad...)
	}
	return err
}

// UpdatePlan changes a plan to what p says; p.Version must be the plan's unless
// it is 0, else the error is [core.ErrConflict]. A new price is for
// subscriptions started from now on and, where it is spread to subscribers,
// also for those living ones that pay the old price, from their next period
// on. All else is for new subscriptions only. The currency cannot change once
// somebody subscribed. It returns how many subscriptions got the new price.
func (s *Store) UpdatePlan(ctx context.Context, by core.Actor, p core.Plan, to core.Spread) (changed core.Plan, reached int64, err error) {
	p.Name = strings.TrimSpace(p.Name)
	checked := p.Check()
	err = s.update(ctx, by, core.Write, func(t *tx) error {
		reached = 0
		old, err := t.planAt(ctx, p.ID, p.Version)
		if err != nil {
			return err
		}
		changed = old
		changed.Name, changed.Amount, changed.Every, changed.Payments, changed.SendReceipt = p.Name, p.Amount, p.Every, p.Payments, p.SendReceipt
		bad := slices.Clone(checked)
		if err := t.freePlanName(ctx, changed, &bad); err != nil {
			return err
		}
		if changed.Amount.Currency != old.Amount.Currency {
			used, err := t.planUsed(ctx, old.ID)
			if err != nil {
				return err
			}
			if used {
				bad = append(bad, core.Fault{Field: "currency", Rule: core.InUse})
			}
		}
		if err := bad.Err(); err != nil {
			return err
		}
		was, is := core.DiffTexts(old.Fields(), changed.Fields())
		if len(is) == 0 {
			return nil
		}
		if to == core.Subscribers && changed.Amount != old.Amount {
			reached, err = t.exec(ctx, `
				UPDATE subscriptions
				SET amount = ?, version = version + 1, updated_at = ?
				WHERE plan_id = ? AND +merchant_id = ? AND amount = ? AND status IN `+living,
				changed.Amount.Minor, millis(t.at), old.ID, by.Merchant, old.Amount.Minor)
			if err != nil {
				return fmt.Errorf("set price of subscriptions to plan %d: %w", old.ID, err)
			}
			is["subscriptions"] = fmt.Sprint(reached)
		}
		changed.Version++
		changed.UpdatedAt = later(t.at, old.UpdatedAt)
		_, err = t.exec(ctx, `
			UPDATE plans
			SET name = ?, name_key = ?, amount = ?, currency = ?, frequency = ?, payments = ?, send_receipt = ?, version = ?, updated_at = ?
			WHERE id = ? AND merchant_id = ?`,
			changed.Name, core.Fold(changed.Name), changed.Amount.Minor, changed.Amount.Currency, changed.Every, changed.Payments,
			bit(changed.SendReceipt), changed.Version, millis(changed.UpdatedAt), changed.ID, by.Merchant)
		if err != nil {
			return fmt.Errorf("update plan %d: %w", changed.ID, err)
		}
		return t.planEvent(ctx, core.PlanUpdated, changed, was, is)
	})
	if err != nil {
		return core.Plan{}, 0, err
	}
	return changed, reached, nil
}

// planAt is the plan at the version, unless that is 0. A second change of it
// waits here for the first.
func (t *tx) planAt(ctx context.Context, id, version int64) (core.Plan, error) {
	if _, err := t.execNow(ctx, `UPDATE plans SET version = version WHERE id = ? AND merchant_id = ?`, id, t.by.Merchant); err != nil {
		return core.Plan{}, fmt.Errorf("lock plan %d: %w", id, err)
	}
	p, err := t.plan(ctx, id)
	if err == nil && version != 0 && version != p.Version {
		err = core.ErrConflict
	}
	return p, err
}

// planUsed reports whether anybody ever subscribed to the plan.
func (t *tx) planUsed(ctx context.Context, id int64) (bool, error) {
	var one int
	err := t.get(ctx, &one, `SELECT 1 FROM subscriptions WHERE plan_id = ? LIMIT 1`, id)
	if none(err) {
		return false, nil
	}
	return true, err
}

// ArchivePlan keeps a plan from new subscriptions; those there are go on.
// Unless version is 0 it must be the plan's. Archiving an archived plan changes
// nothing.
func (s *Store) ArchivePlan(ctx context.Context, by core.Actor, id, version int64) error {
	return s.setArchived(ctx, by, id, version, true)
}

// UnarchivePlan takes [Store.ArchivePlan] back.
func (s *Store) UnarchivePlan(ctx context.Context, by core.Actor, id, version int64) error {
	return s.setArchived(ctx, by, id, version, false)
}

func (s *Store) setArchived(ctx context.Context, by core.Actor, id, version int64, archived bool) error {
	return s.update(ctx, by, core.Write, func(t *tx) error {
		p, err := t.planAt(ctx, id, version)
		if err != nil || p.Archived == archived {
			return err
		}
		at, done := millis{}, core.PlanUnarchived
		if archived {
			at, done = millis(t.at), core.PlanArchived
		}
		p.Version++
		_, err = t.exec(ctx, `UPDATE plans SET archived_at = ?, version = ?, updated_at = ? WHERE id = ? AND merchant_id = ?`,
			at, p.Version, millis(later(t.at, p.UpdatedAt)), id, by.Merchant)
		if err != nil {
			return fmt.Errorf("archive plan %d: %w", id, err)
		}
		return t.planEvent(ctx, done, p, nil, nil)
	})
}

// DeletePlan takes a plan away for good that nobody ever subscribed to; of any
// other it fails with [core.Invalid] on "plan", to be archived instead. Unless
// version is 0 it must be the plan's.
func (s *Store) DeletePlan(ctx context.Context, by core.Actor, id, version int64) error {
	return s.update(ctx, by, core.Write, func(t *tx) error {
		p, err := t.planAt(ctx, id, version)
		if err != nil {
			return err
		}
		used, err := t.planUsed(ctx, id)
		if err != nil {
			return err
		}
		if used {
			return core.Invalid{{Field: "plan", Rule: core.InUse}}
		}
		if _, err := t.exec(ctx, `DELETE FROM plans WHERE id = ? AND merchant_id = ?`, id, by.Merchant); err != nil {
			return fmt.Errorf("delete plan %d: %w", id, err)
		}
		return t.planEvent(ctx, core.PlanDeleted, p, core.Changes{"name": p.Name}, core.Changes{})
	})
}

// PlanSubscribers counts the living subscriptions to a plan, at most
// [core.MaxCount] + 1 of them.
func (s *Store) PlanSubscribers(ctx context.Context, by core.Actor, id int64) (int, error) {
	if !by.May(core.Read) {
		return 0, core.ErrForbidden
	}
	var n int
	err := s.read.get(ctx, &n, `
		SELECT COUNT(*)
		FROM (SELECT 1 FROM subscriptions WHERE plan_id = ? AND +merchant_id = ? AND status IN `+living+`
		LIMIT ?) AS counted`, id, by.Merchant, core.MaxCount+1)
	if err != nil {
		return 0, fmt.Errorf("count subscriptions to plan %d: %w", id, err)
	}
	return n, nil
}
