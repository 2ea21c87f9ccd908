package db

import (
	"context"

	"kontor/db/core"
)

// names are what the things on a page of events are called today, of those that
// the reader may know of, and which of the events were taken back.
type names struct {
	customers map[int64]nameRow
	users     map[int64]nameRow
	programs  map[int64]nameRow
	merchants map[int64]nameRow
	jobs      map[int64]nameRow
	plans     map[int64]nameRow
	undone    map[int64]bool
}

type nameRow struct {
	ID        int64
	Name      string
	FirstName string `db:"first_name"`
	LastName  string `db:"last_name"`
	Company   string
	Email     string
	Reference string
	DeletedAt millis `db:"deleted_at"`
	ErasedAt  millis `db:"erased_at"`
}

func (r nameRow) title() string {
	return core.Customer{
		ID: r.ID, Name: r.Name, FirstName: r.FirstName, LastName: r.LastName, Company: r.Company, Email: r.Email, Reference: r.Reference,
	}.Title()
}

// nameHappenings says of each event what it is about, with one query for each
// kind of thing on the page.
func (s *Store) nameHappenings(ctx context.Context, by core.Actor, page []core.Happening) error {
	n, err := s.names(ctx, by, page)
	if err != nil {
		return err
	}
	for i := range page {
		h := &page[i]
		h.Merchant, h.Undone = n.merchants[h.Actor.Merchant].Name, n.undone[h.ID]
		c, known := n.customers[h.Customer]
		switch {
		case known:
			h.Title, h.Living, h.Erased = c.title(), c.DeletedAt.time().IsZero(), !c.ErasedAt.time().IsZero()
		case h.Object == core.UserObject:
			h.Title = n.users[h.ObjectID].Name
		case h.Object == core.JobObject:
			h.Title = n.jobs[h.ObjectID].Name
		case h.Object == core.AppUserObject:
			h.Title = n.programs[h.ObjectID].Name
		case h.Object == core.PlanObject:
			h.Title = n.plans[h.ObjectID].Name
		}
		if _, ours := n.users[h.Actor.ID]; h.Actor.Kind == core.ByUser && !ours && !by.Role.Staff() {
			h.Actor.Origin = "" // from where staff act is not for merchants' people
		}
	}
	return nil
}

func (s *Store) names(ctx context.Context, by core.Actor, page []core.Happening) (names, error) {
	var n names
	var customers, users, programs, merchants, jobs, plans, undoable []int64
	for _, h := range page {
		if h.Actor.Kind == core.ByUser {
			users = append(users, h.Actor.ID)
		}
		switch h.Object {
		case core.UserObject:
			users = append(users, h.ObjectID)
		case core.AppUserObject:
			programs = append(programs, h.ObjectID)
		case core.JobObject:
			jobs = append(jobs, h.ObjectID)
		case core.PlanObject:
			plans = append(plans, h.ObjectID)
		}
		if h.Customer != 0 {
			customers = append(customers, h.Customer)
		}
		if by.Merchant == 0 {
			merchants = append(merchants, h.Actor.Merchant)
		}
		if h.Undoable() {
			undoable = append(undoable, h.ID)
		}
	}
	own := where{}
	if by.Merchant != 0 {
		own.and(`merchant_id = ?`, by.Merchant)
	}
	known := own
	if by.Role.Staff() {
		known = where{} // staff know everybody, staff too
	}
	var err error
	if n.customers, err = s.named(ctx, `id, name, first_name, last_name, company, email, reference, deleted_at, erased_at FROM customers`, own, customers); err != nil {
		return n, err
	}
	if n.users, err = s.named(ctx, `id, name FROM users`, known, users); err != nil {
		return n, err
	}
	if n.programs, err = s.named(ctx, `id, name FROM application_users`, own, programs); err != nil {
		return n, err
	}
	if n.jobs, err = s.named(ctx, `id, kind AS name FROM jobs`, own, jobs); err != nil {
		return n, err
	}
	if n.plans, err = s.named(ctx, `id, name FROM plans`, own, plans); err != nil {
		return n, err
	}
	if n.merchants, err = s.named(ctx, `id, name FROM merchants`, where{}, merchants); err != nil {
		return n, err
	}
	n.undone = map[int64]bool{}
	return n, inChunks(undoable, func(marks string, args []any) error {
		var ids []int64
		err := s.read.all(ctx, &ids, `SELECT undoes FROM events WHERE undoes > 0 AND undoes IN (`+marks+`)`, args...)
		for _, id := range ids {
			n.undone[id] = true
		}
		return err
	})
}

// named reads rows of a table by their IDs.
func (s *Store) named(ctx context.Context, from string, scope where, ids []int64) (map[int64]nameRow, error) {
	found := map[int64]nameRow{}
	err := inChunks(ids, func(marks string, args []any) error {
		w := where{conds: append([]string{`id IN (` + marks + `)`}, scope.conds...), args: append(args, scope.args...)}
		var rows []nameRow
		err := s.read.all(ctx, &rows, `SELECT `+from+w.sql(), w.args...)
		for _, r := range rows {
			found[r.ID] = r
		}
		return err
	})
	return found, err
}
