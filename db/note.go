package db

import (
	"context"
	"fmt"

	"kontor/db/core"
)

type noteRow struct {
	ID         int64
	Version    int64
	CustomerID int64 `db:"customer_id"`
	AuthorID   int64 `db:"author_id"`
	Author     string
	EditorID   int64 `db:"editor_id"`
	Body       string
	Pinned     bit
	StaffOnly  bit    `db:"staff_only"`
	CreatedAt  millis `db:"created_at"`
	EditedAt   millis `db:"edited_at"`
	DeletedAt  millis `db:"deleted_at"`
}

const noteColumns = `id, version, customer_id, author_id, author, editor_id, body, pinned, staff_only, created_at, edited_at, deleted_at`

func (r noteRow) note() core.Note {
	return core.Note{
		ID: r.ID, Version: r.Version, Customer: r.CustomerID, Author: r.Author, AuthorID: r.AuthorID, EditorID: r.EditorID, Text: r.Body,
		Pinned: bool(r.Pinned), StaffOnly: bool(r.StaffOnly), CreatedAt: r.CreatedAt.time(), EditedAt: r.EditedAt.time(),
	}
}

// seesStaffNotes reports whether the actor is let in on notes among staff.
func seesStaffNotes(by core.Actor) bool { return by.Role.Staff() }

// Notes returns a customer's notes, pinned ones first, then the newest. Notes
// among staff are for staff only.
func (s *Store) Notes(ctx context.Context, by core.Actor, customer int64) ([]core.Note, error) {
	if !by.May(core.Read) {
		return nil, core.ErrForbidden
	}
	var rows []noteRow
	err := s.read.all(briefly(ctx), &rows, `
		SELECT `+noteColumns+`
		FROM notes
		WHERE customer_id = ? AND +merchant_id = ? AND deleted_at = 0 AND staff_only <= ?
		ORDER BY pinned DESC, id DESC`, customer, by.Merchant, bit(seesStaffNotes(by)))
	if err != nil {
		return nil, fmt.Errorf("read notes of customer %d: %w", customer, err)
	}
	notes := make([]core.Note, len(rows))
	for i, r := range rows {
		notes[i] = r.note()
	}
	return notes, nil
}

// AddNote adds a note to a living customer. Text, Pinned and StaffOnly are
// taken from n; StaffOnly is for staff.
func (s *Store) AddNote(ctx context.Context, by core.Actor, customerID int64, n core.Note) (core.Note, error) {
	if err := n.Check().Err(); err != nil {
		return core.Note{}, err
	}
	if n.StaffOnly && !seesStaffNotes(by) {
		return core.Note{}, core.ErrForbidden
	}
	made := n
	err := s.update(ctx, by, core.Write, func(t *tx) error {
		customerID, err := t.livingID(ctx, customerID)
		if err != nil {
			return err
		}
		made.ID, made.CreatedAt = t.newID("notes")
		made.Version, made.Customer, made.Author, made.AuthorID = 1, customerID, by.Name, by.ID
		_, err = t.exec(ctx, `
			INSERT INTO notes (`+noteColumns+`, author_kind, merchant_id, body_key)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			made.ID, made.Version, customerID, by.ID, by.Name, 0, made.Text, bit(made.Pinned), bit(made.StaffOnly),
			millis(made.CreatedAt), 0, 0, by.Kind, by.Merchant, core.Fold(made.Text))
		if err != nil {
			return fmt.Errorf("insert note: %w", err)
		}
		_, err = t.record(ctx, noteEvent(core.NoteCreated, made))
		return err
	})
	if err != nil {
		return core.Note{}, err
	}
	return made, nil
}

// noteEvent is the event of an act on a note. What stands in a note among
// staff, and that there is one, is not told in the customer's timeline.
func noteEvent(action core.Action, n core.Note) core.Event {
	e := core.Event{Action: action, Object: core.NoteObject, ObjectID: n.ID, Customer: n.Customer, Version: n.Version}
	if n.StaffOnly {
		e.Fields = []string{"staff_only"}
	}
	return e
}

// UpdateNote changes a note's text and whether it is pinned. Unless n.Version
// is 0 it must be the note's, else [core.ErrConflict].
func (s *Store) UpdateNote(ctx context.Context, by core.Actor, n core.Note) (core.Note, error) {
	if err := n.Check().Err(); err != nil {
		return core.Note{}, err
	}
	var changed core.Note
	err := s.update(ctx, by, core.Write, func(t *tx) error {
		old, err := t.note(ctx, n.ID)
		if err != nil {
			return err
		}
		if n.Version != 0 && n.Version != old.Version {
			return core.ErrConflict
		}
		changed = old
		changed.Text, changed.Pinned = n.Text, n.Pinned
		if changed == old {
			return nil
		}
		changed.Version++
		if changed.Text != old.Text {
			changed.EditedAt, changed.EditorID = t.at, by.ID
		}
		_, err = t.exec(ctx, `
			UPDATE notes
			SET body = ?, body_key = ?, pinned = ?, edited_at = ?, editor_id = ?, version = version + 1
			WHERE id = ? AND merchant_id = ? AND version = ?`,
			changed.Text, core.Fold(changed.Text), bit(changed.Pinned), millis(changed.EditedAt), changed.EditorID,
			n.ID, by.Merchant, old.Version)
		if err != nil {
			return fmt.Errorf("update note %d: %w", n.ID, err)
		}
		e := noteEvent(core.NoteUpdated, changed)
		e.From, e.To = noteDiff(old, changed)
		if changed.StaffOnly { // the timeline is not for staff alone
			e.From, e.To = nil, nil
		}
		_, err = t.record(ctx, e)
		return err
	})
	if err != nil {
		return core.Note{}, err
	}
	return changed, nil
}

func noteDiff(old, n core.Note) (from, to core.Changes) {
	from, to = core.Changes{}, core.Changes{}
	if old.Text != n.Text {
		from["text"], to["text"] = old.Text, n.Text
	}
	if old.Pinned != n.Pinned {
		from["pinned"], to["pinned"] = fmt.Sprint(old.Pinned), fmt.Sprint(n.Pinned)
	}
	return from, to
}

// DeleteNote takes a note away; [Store.Undo] of its event brings it back.
func (s *Store) DeleteNote(ctx context.Context, by core.Actor, id int64) (event int64, err error) {
	err = s.update(ctx, by, core.Write, func(t *tx) error {
		n, err := t.note(ctx, id)
		if err != nil {
			return err
		}
		if err := t.setNoteDeleted(ctx, n, millis(t.at)); err != nil {
			return err
		}
		event, err = t.record(ctx, noteEvent(core.NoteDeleted, n))
		return err
	})
	return event, err
}

func (t *tx) setNoteDeleted(ctx context.Context, n core.Note, at millis) error {
	_, err := t.exec(ctx, `UPDATE notes SET deleted_at = ?, version = version + 1 WHERE id = ? AND merchant_id = ?`,
		at, n.ID, t.by.Merchant)
	if err != nil {
		return fmt.Errorf("delete note %d: %w", n.ID, err)
	}
	return nil
}

// note returns a note that is there, of a living customer.
func (t *tx) note(ctx context.Context, id int64) (core.Note, error) {
	row, err := t.noteRow(ctx, id)
	if err != nil {
		return core.Note{}, err
	}
	if !row.DeletedAt.time().IsZero() {
		return core.Note{}, core.ErrNotFound
	}
	return row.note(), t.living(ctx, row.CustomerID)
}

func (t *tx) noteRow(ctx context.Context, id int64) (noteRow, error) {
	var row noteRow
	err := t.get(ctx, &row, `
		SELECT `+noteColumns+`
		FROM notes
		WHERE id = ? AND merchant_id = ? AND staff_only <= ?`, id, t.by.Merchant, bit(seesStaffNotes(t.by)))
	if none(err) {
		return noteRow{}, core.ErrNotFound
	}
	if err != nil {
		return noteRow{}, fmt.Errorf("read note %d: %w", id, err)
	}
	return row, nil
}

// living fails with [core.ErrNotFound] unless the customer is the merchant's
// and living.
func (t *tx) living(ctx context.Context, id int64) error {
	return livingCustomer(ctx, t, t.by.Merchant, id)
}

func livingCustomer(ctx context.Context, q querier, merchant, id int64) error {
	var one int
	err := q.get(ctx, &one, `SELECT 1 FROM customers WHERE id = ? AND merchant_id = ? AND deleted_at = 0`, id, merchant)
	if none(err) {
		return core.ErrNotFound
	}
	return err
}

// livingID is the ID of the merchant's living customer whom an ID names: its
// own, or that of one that was merged into it. Where there is none it fails with
// [core.ErrNotFound].
func (t *tx) livingID(ctx context.Context, id int64) (int64, error) {
	var living int64
	err := t.get(ctx, &living, `
		SELECT w.id
		FROM customers c JOIN customers w ON w.id = CASE WHEN c.merged_into > 0 THEN c.merged_into ELSE c.id END
		WHERE c.id = ? AND c.merchant_id = ? AND w.deleted_at = 0`, id, t.by.Merchant)
	if none(err) {
		return 0, core.ErrNotFound
	}
	return living, err
}
