package db

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"

	"kontor/db/core"
)

// ImportCustomers brings a batch of rows in, in one transaction: a thousand
// at a time are quick and keep other writers waiting only for moments. Each
// row is held to the rules of [Store.CreateCustomer] or [Store.UpdateCustomer]
// and leaves its own event, as the actor's Batch. A row that breaks a rule is
// refused and leaves nothing behind; the others go in. The results are in the
// order of the rows.
//
// A row is of the living customer that has its reference, exactly. Where there
// is none it is of the one that has its UUID, as an export gives it, else of the
// one living customer that has its e-mail address, in any case, and not another
// reference; where several have the address it is refused with
// [core.Ambiguous]. Any other row makes a new customer. So a row that has none
// of these always does, and of two rows that name the same customer
// the later one updates what the earlier one made. A row that says what is
// known changes nothing and leaves no event.
func (s *Store) ImportCustomers(ctx context.Context, by core.Actor, rows []core.ImportRow) ([]core.ImportResult, error) {
	results, err := s.importBatch(ctx, by, rows)
	if err == nil || len(rows) == 0 || !speaksAgainstRows(ctx, err) {
		return results, err
	}
	// Something that only the database knows speaks against one of the rows,
	// such as an index that cannot hold a text. One by one the others go in.
	results = make([]core.ImportResult, 0, len(rows))
	for _, row := range rows {
		one, err := s.importBatch(ctx, by, []core.ImportRow{row})
		switch {
		case err == nil:
			results = append(results, one...)
		case ctx.Err() != nil || errors.Is(err, core.ErrUnavailable):
			return results, err
		default:
			results = append(results, refused(row, err))
		}
	}
	return results, nil
}

// speaksAgainstRows reports whether an error can be one row's.
func speaksAgainstRows(ctx context.Context, err error) bool {
	return ctx.Err() == nil && !again(err) && !errors.Is(err, errLost) && !errors.Is(err, core.ErrUnavailable) &&
		!errors.Is(err, core.ErrForbidden) && !errors.Is(err, core.ErrNotFound) && !errors.Is(err, core.ErrClosed)
}

func (s *Store) importBatch(ctx context.Context, by core.Actor, rows []core.ImportRow) ([]core.ImportResult, error) {
	var results []core.ImportResult
	err := s.update(ctx, by, core.Write, func(t *tx) error {
		var err error
		results, err = t.importRows(ctx, rows, make([]*fresh, len(rows)))
		return err
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}

// importRows is [Store.ImportCustomers] within a transaction. What the rows make
// where they make new customers may be known already, or is nil.
func (t *tx) importRows(ctx context.Context, rows []core.ImportRow, fresh []*fresh) ([]core.ImportResult, error) {
	if t.held == nil {
		t.held = newHeld() // the references that are taken are looked for here
		defer func() {
			t.held.arrive()
			t.held = nil
		}()
	}
	if _, err := t.merchant(ctx); err != nil {
		return nil, err
	}
	known, err := readKnown(ctx, t.s, t, t.by.Merchant, rows, newOverlay())
	if err != nil {
		return nil, err
	}
	fresh = known.makeFresh(rows, fresh)
	results := make([]core.ImportResult, len(rows))
	for i, row := range rows {
		if results[i], err = t.importRow(ctx, known, row, fresh[i]); err != nil {
			return nil, err
		}
		if t.wire != nil && i%sentAtOnce == sentAtOnce-1 {
			t.sendHeld(ctx)
		}
	}
	if err := t.flush(ctx); err != nil {
		return nil, err
	}
	return results, t.flushWords(ctx)
}

// sentAtOnce is of how many rows of an import PostgreSQL is sent what they make
// while the next are made.
const sentAtOnce = 256

// importRow writes what becomes of one row. All checks come before the first
// write, so that an error is the database's and ends the transaction.
func (t *tx) importRow(ctx context.Context, known *known, row core.ImportRow, made *fresh) (core.ImportResult, error) {
	old, c, ch, bad, err := known.decide(ctx, row, made)
	if err != nil {
		return core.ImportResult{}, err
	}
	result := outcome(row, old, c, bad)
	switch result.Outcome {
	case core.RowAdded:
		c.Source = core.FromImport
		err = t.createCustomer(ctx, &c, nil)
	case core.RowUpdated:
		c, err = t.updateCustomer(ctx, old.ID, old.Version, ch, core.Event{Action: core.CustomerUpdated})
		if errors.Is(err, core.ErrConflict) || errors.Is(err, core.ErrNotFound) {
			err = fmt.Errorf("%w: %w", errAgain, err) // PostgreSQL: changed since it was read
		}
	default:
		return result, nil
	}
	var late core.Invalid
	if errors.As(err, &late) {
		// Only a reference can be taken between the look and the write.
		return core.ImportResult{}, fmt.Errorf("%w: %w", errAgain, err)
	}
	if err != nil {
		return core.ImportResult{}, err
	}
	known.overlay.put(c)
	result.ID = c.ID
	return result, nil
}

// outcome is what becomes of a row that makes c of old.
func outcome(row core.ImportRow, old, c core.Customer, bad core.Invalid) core.ImportResult {
	switch {
	case len(bad) > 0:
		return refused(row, bad)
	case old.ID == 0:
		return core.ImportResult{Line: row.Line, Outcome: core.RowAdded}
	}
	if from, to := core.Diff(old, c); len(from) > 0 || len(to) > 0 {
		return core.ImportResult{Line: row.Line, Outcome: core.RowUpdated, ID: old.ID}
	}
	return core.ImportResult{Line: row.Line, Outcome: core.RowUnchanged, ID: old.ID}
}

func refused(row core.ImportRow, err error) core.ImportResult {
	return core.ImportResult{Line: row.Line, Outcome: core.RowRefused, Err: err}
}

// An ImportTrial is what a trial of an import remembers from batch to batch:
// the customers that later rows would meet as earlier ones left them. It is
// for one goroutine.
type ImportTrial struct {
	keys    *core.RowKeys
	overlay *overlay
}

// NewImportTrial begins a trial. The keys are those of all rows of the file;
// with nil every row is remembered, which takes memory.
func NewImportTrial(keys *core.RowKeys) *ImportTrial {
	return &ImportTrial{keys: keys, overlay: newOverlay()}
}

// TryImport says what [Store.ImportCustomers] would make of the rows, by the
// same rules, and what it would make of them after the batches that the trial
// has seen. It only reads, so that nobody waits for it.
func (s *Store) TryImport(ctx context.Context, by core.Actor, trial *ImportTrial, rows []core.ImportRow) ([]core.ImportResult, error) {
	if by.Kind == "" || !by.May(core.Write) {
		return nil, core.ErrForbidden
	}
	if _, err := merchant(ctx, s.read, by.Merchant); err != nil {
		return nil, err
	}
	known, err := readKnown(ctx, s, s.read, by.Merchant, rows, trial.overlay)
	if err != nil {
		return nil, err
	}
	fresh := known.makeFresh(rows, make([]*fresh, len(rows)))
	results := make([]core.ImportResult, len(rows))
	var done []int64
	for i, row := range rows {
		old, c, _, bad, err := known.decide(ctx, row, fresh[i])
		if err != nil {
			return nil, err
		}
		results[i] = outcome(row, old, c, bad)
		if o := results[i].Outcome; o != core.RowAdded && o != core.RowUpdated {
			continue
		}
		if c.ID == 0 {
			c.ID = -int64(row.Line)
		}
		results[i].ID = max(c.ID, 0)
		known.overlay.put(c)
		if trial.keys != nil && !trial.keys.Elsewhere(row, old, c) {
			done = append(done, c.ID)
		}
	}
	for _, id := range done {
		trial.overlay.drop(id)
	}
	return results, nil
}

// fresh is the customer that a row makes where it makes a new one.
type fresh struct {
	c   core.Customer
	bad core.Invalid
}

func newFresh(row core.ImportRow) *fresh {
	c, bad := core.Customer{}.With(row.Changes)
	return &fresh{c, bad}
}

// makeFresh makes them of the rows that are of nobody yet, where they are not
// made, on all processors: the rules take as long as a good part of the writing.
func (k *known) makeFresh(rows []core.ImportRow, made []*fresh) []*fresh {
	all := slices.Clone(made)
	var wg sync.WaitGroup
	defer wg.Wait()
	each := len(rows)/runtime.GOMAXPROCS(0) + 1
	for from := 0; from < len(rows); from += each {
		wg.Go(func() {
			for i := from; i < min(from+each, len(rows)); i++ {
				if id, bad := k.match(rows[i]); all[i] == nil && id == 0 && len(bad) == 0 {
					all[i] = newFresh(rows[i])
				}
			}
		})
	}
	return all
}

// decide finds the customer that a row is of, as it now is, and what the row
// makes of it: the changes that it takes, and the faults. Where it is of none
// it makes the fresh one of the zero one.
func (k *known) decide(ctx context.Context, row core.ImportRow, made *fresh) (old, c core.Customer, ch core.Changes, bad core.Invalid, err error) {
	id, bad := k.match(row)
	switch {
	case len(bad) > 0:
		return old, c, nil, bad, nil
	case id == 0:
		if made == nil { // an earlier row has changed whom it was of
			made = newFresh(row)
		}
		c = made.c
		c.Addresses = slices.Clone(c.Addresses) // which get IDs, and it may be made again
		return old, c, row.Changes, made.bad, nil
	}
	if old, err = k.customer(ctx, id); err != nil {
		return old, c, nil, nil, err
	}
	ch = row.Changes.Importable(old)
	if ref := ch["reference"]; k.merged[ref] && ref != old.Reference {
		ch = maps.Clone(ch) // it names the customer, whose own stays
		delete(ch, "reference")
	}
	c, bad = old.With(ch)
	return old, c, ch, bad, nil
}

// match returns the ID of the customer that a row is of, or 0.
func (k *known) match(row core.ImportRow) (int64, core.Invalid) {
	reference, email := row.Changes["reference"], row.Changes["email"]
	if reference != "" {
		if id := k.byReference(reference); id != 0 {
			return id, nil
		}
	}
	if id := k.ids[row.ID]; row.ID != 0 && id != 0 {
		return id, nil
	}
	if email == "" {
		return 0, nil
	}
	named := k.byEmail(email)
	open := named // those the row may be of
	if reference != "" {
		open = slices.DeleteFunc(slices.Clone(named), func(h holder) bool { return h.Reference != "" })
	}
	switch {
	case len(open) == 0:
		return 0, nil
	case len(named) == 1:
		return named[0].ID, nil
	}
	names := make([]string, min(len(named), maxNamed))
	for i := range names {
		names[i] = fmt.Sprint(named[i].ID)
		if named[i].ID < 0 {
			names[i] = fmt.Sprint("line ", -named[i].ID)
		}
	}
	if len(named) > maxNamed {
		names = append(names, "…")
	}
	return 0, core.Invalid{{Field: "email", Rule: core.Ambiguous, Other: strings.Join(names, ", ")}}
}

// maxNamed is how many of the customers that share an address are named.
const maxNamed = 5
