package db

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"kontor/db/core"
)

// maxPeople bounds the people that the activity's filter offers by name.
const maxPeople = 200

// Activity returns a page of what was done in the merchant that the actor
// stands in; staff who stand outside them all read every merchant's and the
// installation's own. Its cost follows what it shows. Merchants' people are not
// told of notes among staff, nor from where staff act.
func (s *Store) Activity(ctx context.Context, by core.Actor, l core.ActivityList) (core.Activity, error) {
	if !by.May(core.Read) || (by.Merchant == 0 && !by.May(core.Visit)) {
		return core.Activity{}, core.ErrForbidden
	}
	var page core.Activity
	ids, err := s.activityPage(ctx, by, l, &page)
	if err != nil {
		return core.Activity{}, fmt.Errorf("read activity: %w", err)
	}
	var rows []eventRow
	err = inChunks(ids, func(marks string, args []any) error {
		var found []eventRow
		err := s.read.all(ctx, &found, `
			SELECT `+eventColumns+`
			FROM events e LEFT JOIN event_values v ON v.event_id = e.id
			WHERE e.id IN (`+marks+`)`, args...)
		rows = append(rows, found...)
		return err
	})
	if err != nil {
		return core.Activity{}, fmt.Errorf("read events: %w", err)
	}
	slices.SortFunc(rows, func(a, b eventRow) int { return cmp.Compare(b.ID, a.ID) })
	read, err := events(rows)
	if err != nil {
		return core.Activity{}, err
	}
	for _, e := range read {
		page.Events = append(page.Events, core.Happening{Event: e})
	}
	about := make([]*core.Event, len(page.Events))
	for i := range page.Events {
		about[i] = &page.Events[i].Event
	}
	if err := s.nameSubjects(ctx, about); err != nil {
		return core.Activity{}, err
	}
	if err := s.nameHappenings(ctx, by, page.Events); err != nil {
		return core.Activity{}, fmt.Errorf("name what events are about: %w", err)
	}
	if page.People, err = s.activePeople(ctx, by, l); err != nil {
		return core.Activity{}, fmt.Errorf("read who acts: %w", err)
	}
	return page, nil
}

// activityPage returns the IDs of a page's events and says in page which pages
// there are beside it.
func (s *Store) activityPage(ctx context.Context, by core.Actor, l core.ActivityList, page *core.Activity) ([]int64, error) {
	const limit = core.ActivityPage
	query, args := activityQuery(by, l, limit+1)
	if query == "" {
		return nil, nil
	}
	var ids []int64
	if err := s.read.all(ctx, &ids, query, args...); err != nil {
		return nil, err
	}
	more := len(ids) > limit
	if l.Before > 0 {
		if !more { // there is less than a page before: show the first one whole
			l.Before, l.After = 0, 0
			return s.activityPage(ctx, by, l, page)
		}
		ids = ids[:limit]
		page.Prev, page.Next = ids[limit-1], ids[0]
		return ids, nil
	}
	ids = ids[:min(len(ids), limit)]
	if more {
		page.Next = ids[limit-1]
	}
	if l.After > 0 && len(ids) > 0 {
		page.Prev = ids[0]
	}
	return ids, nil
}

// activityQuery is the text that reads the IDs of a page's events, "" when no
// event fits. Each action is read along an index of its own: an OR would have
// the engine sort them all.
func activityQuery(by core.Actor, l core.ActivityList, limit int) (text string, args []any) {
	actions, some := l.Actions()
	if !some {
		return "", nil
	}
	order := "id DESC"
	if l.Before > 0 {
		order = "id"
	}
	part := func(action core.Action) string {
		w := activityScope(by, l)
		if action != "" {
			w.and(`action = ?`, action)
		}
		args = append(append(args, w.args...), limit)
		return `
		SELECT id
		FROM events` + w.sql() + `
		ORDER BY ` + order + `
		LIMIT ?`
	}
	switch len(actions) {
	case 0:
		return part(""), args
	case 1:
		return part(actions[0]), args
	}
	parts := make([]string, len(actions))
	for i, a := range actions {
		parts[i] = fmt.Sprintf("SELECT id FROM (%s) AS part%d", part(a), i)
	}
	args = append(args, limit)
	return strings.Join(parts, "\n\t\tUNION ALL\n\t\t") + `
		ORDER BY ` + order + `
		LIMIT ?`, args
}

// activityScope is what the actor may see, and what the list asks of who and
// when.
func activityScope(by core.Actor, l core.ActivityList) where {
	var w where
	if by.Merchant != 0 {
		w.and(`merchant_id = ?`, by.Merchant)
	} else if l.Merchant != 0 {
		w.and(`merchant_id = ?`, l.Merchant)
	}
	if !seesStaffNotes(by) {
		w.and(`fields <> ?`, `["staff_only"]`)
	}
	if l.Person.Kind != "" {
		w.and(`actor_id = ?`, l.Person.ID)
		w.and(`actor_kind = ?`, l.Person.Kind)
	}
	// An event's ID is made of its time.
	if !l.From.IsZero() {
		w.and(`id >= ?`, core.FirstID(l.From))
	}
	if !l.Until.IsZero() {
		w.and(`id < ?`, core.FirstID(l.Until))
	}
	if l.Before > 0 {
		w.and(`id > ?`, l.Before)
	} else if l.After > 0 {
		w.and(`id < ?`, l.After)
	}
	return w
}

// activePeople are those whom the filter offers by name: who signs in where the
// list is of, and its programs.
func (s *Store) activePeople(ctx context.Context, by core.Actor, l core.ActivityList) ([]core.Actor, error) {
	merchant := by.Merchant
	if merchant == 0 {
		merchant = l.Merchant
	}
	var rows []struct {
		ID   int64
		Name string
	}
	var people []core.Actor
	add := func(kind core.ActorKind, err error) error {
		for _, r := range rows {
			people = append(people, core.Actor{Kind: kind, ID: r.ID, Name: r.Name})
		}
		rows = nil
		return err
	}
	err := add(core.ByUser, s.read.all(ctx, &rows, `
		SELECT id, name
		FROM users
		WHERE merchant_id = ?
		ORDER BY id
		LIMIT ?`, merchant, maxPeople))
	if err == nil {
		err = add(core.ByApplication, s.read.all(ctx, &rows, `
			SELECT id, name
			FROM application_users
			WHERE merchant_id = ?
			ORDER BY id
			LIMIT ?`, merchant, maxPeople))
	}
	if err == nil && by.Role.Staff() {
		err = add(core.ByUser, s.read.all(ctx, &rows, `
			SELECT id, name
			FROM users
			WHERE merchant_id IS NULL
			ORDER BY id
			LIMIT ?`, maxPeople))
	}
	return people, err
}
