package db

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"kontor/db/core"
)

// maxDuplicates is how many likely duplicates are named.
const maxDuplicates = 5

// likeQuery finds who is like a customer, newest first, each as often as there
// are ways in which they are.
var likeQuery = func() string {
	var parts []string
	for way := range alike {
		parts = append(parts, fmt.Sprintf(`
			SELECT id, %d AS way
			FROM (SELECT o.id FROM customers o WHERE %s AND o.id <> ? ORDER BY o.id DESC LIMIT ?) AS way%d`, way, others(way, mark), way))
	}
	return `
		SELECT found.way, c.id, c.name, c.first_name, c.last_name, c.company, c.email, c.reference
		FROM (` + strings.Join(parts, `
			UNION ALL`) + `
		) AS found JOIN customers c ON c.id = found.id
		WHERE NOT EXISTS (
			SELECT 1
			FROM duplicates d
			WHERE d.dismissed = 1 AND ((d.newer_id = c.id AND d.older_id = ?) OR (d.newer_id = ? AND d.older_id = c.id))
		)
		ORDER BY c.id DESC, found.way`
}()

// LikelyDuplicates returns living customers of the merchant, other than c
// itself, with its e-mail address, its phone number, or its name and postcode,
// but for those that were found to be somebody else.
func (s *Store) LikelyDuplicates(ctx context.Context, by core.Actor, c core.Customer) ([]core.Duplicate, error) {
	if !by.May(core.Read) {
		return nil, core.ErrForbidden
	}
	ctx = briefly(ctx)
	c.DeletedAt = time.Time{}               // one is like others, deleted or not
	if c.Phone != "" && c.PhoneE164 == "" { // one that is being typed
		m, err := merchant(ctx, s.read, by.Merchant)
		if err != nil {
			return nil, err
		}
		c.PhoneE164 = core.E164(c.Phone, phoneCountry(c, m))
	}
	l := keysOf(c).likeness(c)
	if l == (likeness{}) {
		return nil, nil
	}
	var args []any
	for way := range alike {
		args = append(append(args, othersArgs(way, by.Merchant, l)...), c.ID, maxDuplicates)
	}
	var rows []struct {
		Way int
		nameRow
	}
	if err := s.read.all(ctx, &rows, likeQuery, append(args, c.ID, c.ID)...); err != nil {
		return nil, fmt.Errorf("look for duplicates of customer %d: %w", c.ID, err)
	}
	var out []core.Duplicate
	for _, r := range rows {
		same := alike[r.Way].same
		if n := len(out); n > 0 && out[n-1].ID == r.ID {
			out[n-1].Same = append(out[n-1].Same, same)
		} else if n < maxDuplicates {
			out = append(out, core.Duplicate{ID: r.ID, Title: r.title(), Email: r.Email, Same: []string{same}})
		}
	}
	return out, nil
}

// pairRow is a pair with what its customers are shown and compared by.
type pairRow struct {
	Newer, Older pairedRow
}

type pairedRow struct {
	nameRow
	City, Country string
	CreatedAt     millis `db:"created_at"`
	PhoneE164     string `db:"phone_e164"`
	PhoneKey      string `db:"phone_key"`
	EmailKey      string `db:"email_key"`
	NameKey       string `db:"name_key"`
	PostcodeKey   string `db:"postcode_key"`
}

func (r pairedRow) summary() core.CustomerSummary {
	return core.CustomerSummary{
		ID: r.ID, Name: r.Name, FirstName: r.FirstName, LastName: r.LastName, Company: r.Company, Email: r.Email,
		Reference: r.Reference, City: r.City, Country: r.Country, CreatedAt: r.CreatedAt.time(), DeletedAt: r.DeletedAt.time(),
	}
}

func (r pairedRow) likeness() likeness {
	k := keys{email: r.EmailKey, phone: r.PhoneKey, name: r.NameKey, postcode: r.PostcodeKey}
	return k.likeness(core.Customer{PhoneE164: r.PhoneE164, DeletedAt: r.DeletedAt.time()})
}

var pairColumns = func() string {
	var all []string
	for _, side := range []string{"newer", "older"} {
		for _, column := range strings.Fields(`id name first_name last_name company email reference deleted_at city country created_at
			phone_e164 phone_key email_key name_key postcode_key`) {
			all = append(all, fmt.Sprintf(`%s.%s AS "%s.%s"`, side, column, side, column))
		}
	}
	return strings.Join(all, ", ")
}()

// Duplicates returns a page of the merchant's pairs of customers that look
// alike, those with the newest customer first. Its cost follows what it shows.
func (s *Store) Duplicates(ctx context.Context, by core.Actor, l core.PairList) (core.Page[core.Pair], error) {
	var page core.Page[core.Pair]
	if !by.May(core.Read) {
		return page, core.ErrForbidden
	}
	back := l.Before.ID != 0
	cursor, than, dir := l.After, " < ", " DESC"
	if back {
		cursor, than, dir = l.Before, " > ", ""
	}
	var w where
	w.and(`d.merchant_id = ? AND d.dismissed = ?`, by.Merchant, bit(l.Dismissed))
	if cursor.ID != 0 {
		older, _ := strconv.ParseInt(cursor.Key, 10, 64) // a cursor typed by hand begins at 0
		w.and(`(d.newer_id, d.older_id)`+than+`(?, ?)`, cursor.ID, older)
	}
	var rows []pairRow
	if err := s.read.all(ctx, &rows, pairsQuery(w, dir), append(w.args, core.PairsPage+1)...); err != nil {
		return page, fmt.Errorf("read pairs: %w", err)
	}
	more := len(rows) > core.PairsPage
	if more {
		rows = rows[:core.PairsPage]
	}
	if back {
		slices.Reverse(rows)
	}
	if n := len(rows); n > 0 {
		if more || back {
			page.Next = rows[n-1].cursor()
		}
		if (more && back) || (!back && cursor.ID != 0) {
			page.Prev = rows[0].cursor()
		}
	}
	for _, r := range rows {
		same := r.Newer.likeness().same(r.Older.likeness())
		if len(same) > 0 { // of those dismissed, one may have changed or be deleted
			page.Items = append(page.Items, core.Pair{Newer: r.Newer.summary(), Older: r.Older.summary(), Same: same})
		}
	}
	return page, nil
}

func pairsQuery(w where, dir string) string {
	return `
		SELECT ` + pairColumns + `
		FROM duplicates d JOIN customers newer ON newer.id = d.newer_id JOIN customers older ON older.id = d.older_id` + w.sql() + `
		ORDER BY d.newer_id` + dir + `, d.older_id` + dir + `
		LIMIT ?`
}

func (r pairRow) cursor() core.Cursor {
	return core.Cursor{ID: r.Newer.ID, Key: strconv.FormatInt(r.Older.ID, 10)}
}

// DismissDuplicate keeps that two living customers are not one and the same,
// whatever they have in common: they are no pair any more.
// [Store.RecallDuplicate] takes it back.
func (s *Store) DismissDuplicate(ctx context.Context, by core.Actor, one, other int64) error {
	return s.setDismissed(ctx, by, one, other, true)
}

// RecallDuplicate takes back that two customers are not one and the same.
// Where nobody said so it is [core.ErrNotFound].
func (s *Store) RecallDuplicate(ctx context.Context, by core.Actor, one, other int64) error {
	return s.setDismissed(ctx, by, one, other, false)
}

func (s *Store) setDismissed(ctx context.Context, by core.Actor, one, other int64, dismissed bool) error {
	return s.update(ctx, by, core.Write, func(t *tx) error {
		var both [2]core.Customer
		for i, id := range []int64{min(one, other), max(one, other)} {
			c, err := current(ctx, t, t.by.Merchant, id)
			if err != nil {
				return err
			}
			if !c.Living() {
				return core.ErrNotFound
			}
			both[i] = c
		}
		older, newer := both[0], both[1]
		if older.ID == newer.ID {
			return core.ErrNotFound
		}
		var was bit
		err := t.get(ctx, &was, `SELECT dismissed FROM duplicates WHERE newer_id = ? AND older_id = ?`, newer.ID, older.ID)
		if err != nil && !none(err) {
			return fmt.Errorf("read pair: %w", err)
		}
		switch {
		case bool(was) == dismissed && dismissed:
			return nil
		case bool(was) == dismissed:
			return core.ErrNotFound
		}
		if err := t.dismiss(ctx, older, newer, dismissed); err != nil {
			return err
		}
		action := core.DuplicateDismissed
		if !dismissed {
			action = core.DuplicateRecalled
		}
		for i, c := range both {
			// The other's name is not for this one's timeline: it would outlive
			// the other.
			_, err := t.record(ctx, core.Event{
				Action: action, Object: core.CustomerObject, ObjectID: c.ID, Customer: c.ID, Version: c.Version,
				To: core.Changes{"duplicate": strconv.FormatInt(both[1-i].ID, 10)},
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// dismiss writes whether two customers are found to be two. Those who are not
// alike any more are no pair either way.
func (t *tx) dismiss(ctx context.Context, older, newer core.Customer, dismissed bool) error {
	query := `
		INSERT INTO duplicates (merchant_id, newer_id, older_id, dismissed)
		VALUES (?, ?, ?, 1)
		ON CONFLICT (newer_id, older_id) DO UPDATE SET dismissed = 1`
	if !dismissed {
		query = `UPDATE duplicates SET dismissed = 0 WHERE merchant_id = ? AND newer_id = ? AND older_id = ?`
		if len(keysOf(older).likeness(older).same(keysOf(newer).likeness(newer))) == 0 {
			query = `DELETE FROM duplicates WHERE merchant_id = ? AND newer_id = ? AND older_id = ?`
		}
	}
	if _, err := t.exec(ctx, query, t.by.Merchant, newer.ID, older.ID); err != nil {
		return fmt.Errorf("dismiss pair: %w", err)
	}
	return nil
}
