package db

import (
	"context"
	"fmt"
	"strings"

	"kontor/db/core"
)

type viewRow struct {
	ID        int64
	Version   int64
	UserID    int64 `db:"user_id"`
	Team      bit
	Name      string
	Query     string
	Sort      core.Sort
	Ascending bit
	CreatedAt millis `db:"created_at"`
	DeletedAt millis `db:"deleted_at"`
}

const viewColumns = `id, version, user_id, team, name, query, sort, ascending, created_at, deleted_at`

func (r viewRow) view() core.View {
	return core.View{
		ID: r.ID, Version: r.Version, Maker: r.UserID, Team: bool(r.Team), Name: r.Name,
		Query: r.Query, Sort: r.Sort, Ascending: bool(r.Ascending), CreatedAt: r.CreatedAt.time(),
	}
}

// Views returns the saved views the actor sees where they stand: the team's,
// then their own, each in the order they were saved.
func (s *Store) Views(ctx context.Context, by core.Actor) ([]core.View, error) {
	_, all, err := s.MerchantAndViews(ctx, by)
	return all, err
}

// MerchantAndViews returns what [Store.Merchant] and [Store.Views] do, which
// every list shows, read together.
func (s *Store) MerchantAndViews(ctx context.Context, by core.Actor) (core.Merchant, []core.View, error) {
	if !by.May(core.Read) {
		return core.Merchant{}, nil, core.ErrForbidden
	}
	own := int64(0)
	if by.Kind == core.ByUser {
		own = by.ID
	}
	var m merchantRow
	var rows []viewRow
	err := s.read.reads(ctx, oneOf(&m, merchantQuery, by.Merchant), allOf(&rows, `
		SELECT `+viewColumns+`
		FROM saved_views
		WHERE merchant_id = ? AND deleted_at = 0 AND (team = 1 OR user_id = ?)
		ORDER BY team DESC, id`, by.Merchant, own))
	if err != nil {
		return core.Merchant{}, nil, fmt.Errorf("read merchant %d and its saved views: %w", by.Merchant, err)
	}
	if m.ID == 0 {
		return core.Merchant{}, nil, core.ErrNotFound
	}
	out := make([]core.View, len(rows))
	for i, r := range rows {
		out[i] = r.view()
	}
	return m.merchant(), out, nil
}

// CreateView saves a view for the actor, or for the team where v.Team says so,
// for which they need the right to write. A name that is taken and one view too
// many are faults of "name" and "views".
func (s *Store) CreateView(ctx context.Context, by core.Actor, v core.View) (core.View, error) {
	v.Name = strings.TrimSpace(v.Name)
	if err := v.Check().Err(); err != nil {
		return core.View{}, err
	}
	v.Maker = by.ID
	if by.Kind != core.ByUser || !v.ChangedBy(by) {
		return core.View{}, core.ErrForbidden
	}
	err := s.update(ctx, by, core.Read, func(t *tx) error {
		if err := t.open(ctx, core.Write); err != nil {
			return err
		}
		if _, err := t.merchant(ctx); err != nil {
			return err
		}
		if err := t.forgetViews(ctx); err != nil {
			return err
		}
		if err := t.roomFor(ctx, v); err != nil {
			return err
		}
		v.ID, v.CreatedAt = t.newID("saved_views")
		v.Version = 1
		_, err := t.exec(ctx, `
			INSERT INTO saved_views (`+viewColumns+`, merchant_id, name_key)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			v.ID, v.Version, v.Maker, bit(v.Team), v.Name, v.Query, v.Sort, bit(v.Ascending), millis(v.CreatedAt), 0,
			by.Merchant, core.Fold(v.Name))
		if err != nil {
			return fmt.Errorf("insert saved view: %w", err)
		}
		return t.recordView(ctx, core.ViewCreated, v, nil)
	})
	if err != nil {
		return core.View{}, err
	}
	return v, nil
}

// UpdateView renames a view, and shares it with the team or takes it back,
// which only its maker may. Unless v.Version is 0 it must be the view's, else
// [core.ErrConflict].
func (s *Store) UpdateView(ctx context.Context, by core.Actor, v core.View) (core.View, error) {
	var changed core.View
	err := s.update(ctx, by, core.Read, func(t *tx) error {
		if err := t.open(ctx, core.Write); err != nil {
			return err
		}
		row, err := t.view(ctx, v.ID)
		if err != nil {
			return err
		}
		old := row.view()
		changed = old
		changed.Name, changed.Team = strings.TrimSpace(v.Name), v.Team
		switch {
		case !row.DeletedAt.time().IsZero():
			return core.ErrNotFound
		case v.Version != 0 && v.Version != old.Version:
			return core.ErrConflict
		case changed.Team != old.Team && !old.SharedBy(by):
			return core.ErrForbidden
		case changed == old:
			return nil
		}
		if err := changed.Check().Err(); err != nil {
			return err
		}
		if err := t.roomFor(ctx, changed); err != nil {
			return err
		}
		changed.Version++
		_, err = t.exec(ctx, `
			UPDATE saved_views
			SET name = ?, name_key = ?, team = ?, version = version + 1
			WHERE id = ? AND merchant_id = ? AND version = ?`,
			changed.Name, core.Fold(changed.Name), bit(changed.Team), v.ID, by.Merchant, old.Version)
		if err != nil {
			return fmt.Errorf("update saved view %d: %w", v.ID, err)
		}
		var fields []string
		if changed.Name != old.Name {
			fields = append(fields, "name")
		}
		if changed.Team != old.Team {
			fields = append(fields, "team")
		}
		return t.recordView(ctx, core.ViewUpdated, changed, fields)
	})
	if err != nil {
		return core.View{}, err
	}
	return changed, nil
}

// DeleteView takes a view away; [Store.RestoreView] brings it back, for a day.
func (s *Store) DeleteView(ctx context.Context, by core.Actor, id int64) error {
	return s.update(ctx, by, core.Read, func(t *tx) error {
		if err := t.open(ctx, core.Write); err != nil {
			return err
		}
		row, err := t.view(ctx, id)
		if err != nil {
			return err
		}
		if !row.DeletedAt.time().IsZero() {
			return core.ErrNotFound
		}
		if err := t.forgetViews(ctx); err != nil {
			return err
		}
		if err := t.setViewDeleted(ctx, id, millis(t.at)); err != nil {
			return err
		}
		return t.recordView(ctx, core.ViewDeleted, row.view(), nil)
	})
}

// RestoreView brings a deleted view back and returns it. Its name may be taken
// meanwhile, as with [Store.CreateView].
func (s *Store) RestoreView(ctx context.Context, by core.Actor, id int64) (core.View, error) {
	var v core.View
	err := s.update(ctx, by, core.Read, func(t *tx) error {
		if err := t.open(ctx, core.Write); err != nil {
			return err
		}
		row, err := t.view(ctx, id)
		if err != nil {
			return err
		}
		if row.DeletedAt.time().IsZero() {
			return core.ErrNotFound
		}
		v = row.view()
		if err := t.roomFor(ctx, v); err != nil {
			return err
		}
		if err := t.setViewDeleted(ctx, id, millis{}); err != nil {
			return err
		}
		v.Version++
		return t.recordView(ctx, core.ViewRestored, v, nil)
	})
	if err != nil {
		return core.View{}, err
	}
	return v, nil
}

// view returns a view, deleted or not, that the actor may change. One they
// cannot see is not there.
func (t *tx) view(ctx context.Context, id int64) (viewRow, error) {
	var row viewRow
	err := t.get(ctx, &row, `
		SELECT `+viewColumns+`
		FROM saved_views
		WHERE id = ? AND merchant_id = ?`, id, t.by.Merchant)
	if err != nil && !none(err) {
		return viewRow{}, fmt.Errorf("read saved view %d: %w", id, err)
	}
	switch v := row.view(); {
	case none(err), !v.SeenBy(t.by):
		return viewRow{}, core.ErrNotFound
	case !v.ChangedBy(t.by):
		return viewRow{}, core.ErrForbidden
	}
	return row, nil
}

func (t *tx) setViewDeleted(ctx context.Context, id int64, at millis) error {
	_, err := t.exec(ctx, `UPDATE saved_views SET deleted_at = ?, version = version + 1 WHERE id = ? AND merchant_id = ?`,
		at, id, t.by.Merchant)
	if err != nil {
		return fmt.Errorf("delete saved view %d: %w", id, err)
	}
	return nil
}

// roomFor finds fault with a view's name where another of the same owner has
// it, and with one too many. The team is an owner, and each person is.
func (t *tx) roomFor(ctx context.Context, v core.View) error {
	var w where
	w.and(`merchant_id = ? AND deleted_at = 0 AND team = ? AND id <> ?`, t.by.Merchant, bit(v.Team), v.ID)
	if !v.Team {
		w.and(`user_id = ?`, v.Maker)
	}
	var names []string
	if err := t.all(ctx, &names, `SELECT name_key FROM saved_views`+w.sql(), w.args...); err != nil {
		return fmt.Errorf("read saved views: %w", err)
	}
	for _, name := range names {
		if name == core.Fold(v.Name) {
			return core.Invalid{{Field: "name", Rule: core.Taken}}
		}
	}
	if len(names) >= core.MaxViews {
		return core.Invalid{{Field: "views", Rule: core.TooMany, Limit: core.MaxViews}}
	}
	return nil
}

// forgetViews drops the merchant's views that were deleted too long ago to come
// back.
func (t *tx) forgetViews(ctx context.Context) error {
	_, err := t.exec(ctx, `DELETE FROM saved_views WHERE merchant_id = ? AND deleted_at > 0 AND deleted_at < ?`,
		t.by.Merchant, millis(t.at.Add(-core.ViewKept)))
	if err != nil {
		return fmt.Errorf("forget saved views: %w", err)
	}
	return nil
}

// recordView tells of an act on a view by its number: its name and its query
// may hold what people are called.
func (t *tx) recordView(ctx context.Context, action core.Action, v core.View, fields []string) error {
	if v.Team && fields == nil {
		fields = []string{"team"}
	}
	_, err := t.record(ctx, core.Event{Action: action, Object: core.ViewObject, ObjectID: v.ID, Version: v.Version, Fields: fields})
	return err
}
