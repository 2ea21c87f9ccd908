package db

import (
	"context"
	"encoding/json"
	"fmt"

	"kontor/db/core"
)

type eventRow struct {
	ID         int64
	MerchantID int64 `db:"merchant_id"`
	At         millis
	ActorKind  core.ActorKind `db:"actor_kind"`
	ActorID    int64          `db:"actor_id"`
	Actor      string
	Origin     string
	Via        core.Source
	Action     core.Action
	Object     core.ObjectKind
	ObjectID   int64 `db:"object_id"`
	CustomerID int64 `db:"customer_id"`
	Version    int64
	Fields     string
	Batch      int64
	Undoes     int64
	Was        *string
	Became     *string
}

const eventColumns = `e.id, e.merchant_id, e.at, e.actor_kind, e.actor_id, e.actor, e.origin, e.via, e.action, e.object,
	e.object_id, e.customer_id, e.version, e.fields, e.batch, e.undoes, v.was, v.became`

func (r eventRow) event() (core.Event, error) {
	e := core.Event{
		ID: r.ID, At: r.At.time(),
		Actor:  core.Actor{Kind: r.ActorKind, ID: r.ActorID, Name: r.Actor, Merchant: r.MerchantID, Origin: r.Origin, Via: r.Via, Batch: r.Batch},
		Action: r.Action, Object: r.Object, ObjectID: r.ObjectID, Customer: r.CustomerID, Version: r.Version, Undoes: r.Undoes,
	}
	err := json.Unmarshal([]byte(r.Fields), &e.Fields)
	if err == nil && r.Was != nil {
		err = json.Unmarshal([]byte(*r.Was), &e.From)
	}
	if err == nil && r.Became != nil {
		err = json.Unmarshal([]byte(*r.Became), &e.To)
	}
	if err != nil {
		return core.Event{}, fmt.Errorf("read event %d: %w", r.ID, err)
	}
	return e, nil
}

func events(rows []eventRow) ([]core.Event, error) {
	out := make([]core.Event, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = r.event(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// CustomerEvents returns up to limit events of a customer, newest first; those
// older than the event before, unless that is 0. What was done to notes among
// staff is for staff only.
func (s *Store) CustomerEvents(ctx context.Context, by core.Actor, customer, before int64, limit int) (core.Timeline, error) {
	if !by.May(core.Read) {
		return core.Timeline{}, core.ErrForbidden
	}
	ctx = briefly(ctx)
	if before == 0 {
		before = 1<<63 - 1
	}
	hidden := `["staff_only"]`
	if seesStaffNotes(by) {
		hidden = ""
	}
	var rows []eventRow
	err := s.read.all(ctx, &rows, `
		SELECT `+eventColumns+`
		FROM events e LEFT JOIN event_values v ON v.event_id = e.id
		WHERE e.customer_id = ? AND e.customer_id > 0 AND +e.merchant_id = ? AND e.id < ? AND e.fields <> ?
		ORDER BY e.id DESC
		LIMIT ?`, customer, by.Merchant, before, hidden, limit+1)
	if err != nil {
		return core.Timeline{}, fmt.Errorf("read events of customer %d: %w", customer, err)
	}
	t := core.Timeline{Undone: map[int64]bool{}}
	if len(rows) > limit {
		rows = rows[:limit]
		t.More = rows[limit-1].ID
	}
	if t.Events, err = events(rows); err != nil {
		return core.Timeline{}, err
	}
	about := make([]*core.Event, len(t.Events))
	for i := range t.Events {
		about[i] = &t.Events[i]
	}
	if err := s.nameSubjects(ctx, about); err != nil {
		return core.Timeline{}, err
	}
	var undone []int64
	// The plus keeps the planner off the merchant's indexes, which hold all of
	// the merchant's events.
	err = s.read.all(ctx, &undone, `
		SELECT undoes
		FROM events
		WHERE customer_id = ? AND customer_id > 0 AND +merchant_id = ? AND undoes > 0`, customer, by.Merchant)
	if err != nil {
		return core.Timeline{}, fmt.Errorf("read what was undone of customer %d: %w", customer, err)
	}
	for _, id := range undone {
		t.Undone[id] = true
	}
	return t, nil
}

// CustomerAt returns a customer as it was at a version, and the events since
// then, newest first: what a stale save was based on, and who changed what.
// Fields whose values were erased are as they are now.
func (s *Store) CustomerAt(ctx context.Context, by core.Actor, id, version int64) (then core.Customer, since []core.Event, err error) {
	now, err := s.Customer(ctx, by, id)
	if err != nil {
		return core.Customer{}, nil, err
	}
	var rows []eventRow
	err = s.read.all(ctx, &rows, `
		SELECT `+eventColumns+`
		FROM events e LEFT JOIN event_values v ON v.event_id = e.id
		WHERE e.customer_id = ? AND e.customer_id > 0 AND +e.merchant_id = ? AND e.object = ? AND e.version > ? AND e.version <= ?
		ORDER BY e.id DESC`, now.ID, by.Merchant, core.CustomerObject, version, now.Version)
	if err != nil {
		return core.Customer{}, nil, fmt.Errorf("read events of customer %d: %w", id, err)
	}
	if since, err = events(rows); err != nil {
		return core.Customer{}, nil, err
	}
	then = now
	for _, e := range since {
		then, _ = then.With(e.From) // these values stood there: they need no checking
	}
	then.Version = version
	return then, since, nil
}
