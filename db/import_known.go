package db

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"kontor/db/core"
)

// known is what is known of the customers that a batch of rows may be of: read
// at once before the first row, and then as earlier rows left it.
type known struct {
	s        *Store
	q        querier
	merchant int64
	ids      map[int64]int64     // living, by the ID of the UUID that rows name them by
	refs     map[string]int64    // living, by reference, as read
	merged   map[string]bool     // references of theirs before they were merged
	emails   map[string][]holder // living, by folded address, as read
	read     map[int64]core.Customer
	overlay  *overlay
}

// A holder is a living customer that has an e-mail address.
type holder struct {
	ID        int64
	Email     string
	EmailKey  string `db:"email_key"`
	Reference string
}

// readKnown reads whom the rows name. Where nobody has the reference of a row
// its e-mail address counts, too.
//
// In these queries a + keeps the engines from an index that begins with the
// merchant. PostgreSQL, which knows nothing yet of a table that is being
// filled, would read all the merchant's customers by it, for each batch.
func readKnown(ctx context.Context, s *Store, q querier, merchant int64, rows []core.ImportRow, o *overlay) (*known, error) {
	k := &known{s: s, q: q, merchant: merchant, ids: map[int64]int64{}, refs: map[string]int64{}, merged: map[string]bool{}, emails: map[string][]holder{}, read: map[int64]core.Customer{}, overlay: o}
	var refs, emails []string
	var uuids []int64
	for _, row := range rows {
		if row.ID != 0 {
			uuids = append(uuids, row.ID)
		}
		if ref := row.Changes["reference"]; ref != "" {
			refs = append(refs, ref)
		}
	}
	err := among(s, "reference", refs, func(cond string, args []any) error {
		var found []holder
		err := q.all(ctx, &found, `
			SELECT id, reference
			FROM customers
			WHERE +merchant_id = ? AND deleted_at = 0 AND reference <> '' AND `+cond, append([]any{merchant}, args...)...)
		for _, h := range found {
			k.refs[h.Reference] = h.ID
		}
		return err
	})
	if err == nil {
		err = k.readMerged(ctx, refs)
	}
	if err != nil {
		return nil, fmt.Errorf("look for references: %w", err)
	}
	err = among(s, "c.id", uuids, func(cond string, args []any) error {
		var found []struct{ Asked, ID int64 }
		err := q.all(ctx, &found, `
			SELECT c.id AS asked, w.id
			FROM customers c JOIN customers w ON w.id = CASE WHEN c.merged_into > 0 THEN c.merged_into ELSE c.id END
			WHERE +c.merchant_id = ? AND w.deleted_at = 0 AND `+cond, append([]any{merchant}, args...)...)
		for _, f := range found {
			k.ids[f.Asked] = f.ID
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for IDs: %w", err)
	}
	for _, row := range rows {
		if email := row.Changes["email"]; email != "" && k.refs[row.Changes["reference"]] == 0 {
			emails = append(emails, core.Fold(email))
		}
	}
	err = among(s, "email_key", emails, func(cond string, args []any) error {
		var found []holder
		err := q.all(ctx, &found, `
			SELECT id, email, email_key, reference
			FROM customers
			WHERE +merchant_id = ? AND deleted_at = 0 AND email_key <> '' AND `+cond, append([]any{merchant}, args...)...)
		for _, h := range found {
			k.emails[h.EmailKey] = append(k.emails[h.EmailKey], h)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for e-mail addresses: %w", err)
	}
	for _, named := range k.emails { // sorted here, lest SQLite read all customers by ID
		slices.SortFunc(named, func(a, b holder) int { return cmp.Compare(a.ID, b.ID) })
	}
	var ids []int64
	for _, row := range rows {
		if id, _ := k.match(row); id > 0 {
			ids = append(ids, id)
		}
	}
	return k, k.readCustomers(ctx, ids)
}

// readMerged reads whom the references mean that customers had before they were
// merged, and nobody living has.
func (k *known) readMerged(ctx context.Context, refs []string) error {
	var left []string
	for _, ref := range refs {
		if ref != "" && k.refs[ref] == 0 {
			left = append(left, ref)
		}
	}
	return among(k.s, "c.reference", left, func(cond string, args []any) error {
		var found []holder
		err := k.q.all(ctx, &found, `
			SELECT w.id, c.reference
			FROM customers c JOIN customers w ON w.id = c.merged_into
			WHERE +c.merchant_id = ? AND c.merged_into > 0 AND w.deleted_at = 0 AND `+cond, append([]any{k.merchant}, args...)...)
		for _, h := range found {
			k.refs[h.Reference], k.merged[h.Reference] = h.ID, true
		}
		return err
	})
}

// byReference returns the living customer that has the reference, or 0.
func (k *known) byReference(reference string) int64 {
	if id := k.overlay.refs[reference]; id != 0 {
		return id
	}
	id := k.refs[reference]
	if k.merged[reference] {
		return id
	}
	if _, changed := k.overlay.customers[id]; changed {
		return 0 // it has another by now
	}
	return id
}

// byEmail returns the living customers that have the address, in any case.
// What is folded alike is not always the same address.
func (k *known) byEmail(email string) []holder {
	key := core.Fold(email)
	var out []holder
	for _, h := range k.emails[key] {
		if _, changed := k.overlay.customers[h.ID]; !changed && strings.EqualFold(h.Email, email) {
			out = append(out, h)
		}
	}
	for _, id := range k.overlay.emails[key] {
		if c := k.overlay.customers[id]; strings.EqualFold(c.Email, email) {
			out = append(out, holder{ID: id, Email: c.Email, Reference: c.Reference})
		}
	}
	return out
}

// customer returns a customer as it now is.
func (k *known) customer(ctx context.Context, id int64) (core.Customer, error) {
	if c, ok := k.overlay.customers[id]; ok {
		return c, nil
	}
	if c, ok := k.read[id]; ok {
		return c, nil
	}
	// An earlier row of the batch made it the one.
	return customer(ctx, k.q, k.merchant, id)
}

// readCustomers reads customers whole.
func (k *known) readCustomers(ctx context.Context, ids []int64) error {
	all, err := wholeCustomers(ctx, k.s, k.q, k.merchant, ids)
	for _, c := range all {
		k.read[c.ID] = c
	}
	return err
}

// An overlay holds customers as rows left them, over what the database has.
type overlay struct {
	customers map[int64]core.Customer // negative IDs are of a trial
	refs      map[string]int64
	emails    map[string][]int64 // by folded address
}

func newOverlay() *overlay {
	return &overlay{customers: map[int64]core.Customer{}, refs: map[string]int64{}, emails: map[string][]int64{}}
}

func (o *overlay) put(c core.Customer) {
	o.drop(c.ID)
	o.customers[c.ID] = c
	if c.Reference != "" {
		o.refs[c.Reference] = c.ID
	}
	if key := core.Fold(c.Email); key != "" {
		o.emails[key] = append(o.emails[key], c.ID)
	}
}

func (o *overlay) drop(id int64) {
	c, ok := o.customers[id]
	if !ok {
		return
	}
	delete(o.customers, id)
	delete(o.refs, c.Reference)
	key := core.Fold(c.Email)
	if o.emails[key] = slices.DeleteFunc(o.emails[key], func(one int64) bool { return one == id }); len(o.emails[key]) == 0 {
		delete(o.emails, key)
	}
}
