// Package demo fills a store with believable merchants, people and customers.
//
// The data are a function of [Options]: the same seed, number and time give
// the same rows, to the IDs. Names, streets and cities fit their country, as
// do postcodes and most phone numbers; all e-mail addresses and web names are
// of the domains that RFC 2606 keeps for examples. Nothing in it is a real
// person's on purpose.
//
// How much happens to a customer does not depend on how many there are, with two
// exceptions that keep large demos from taking long: a subscription keeps all
// its charges, those of a year, or mostly the newest, and of a merchant's
// customers past 200,000 only as many pay and subscribe as of 200,000 would.
//
// Customers that come by an API are made by a program that is named in the
// record of acts and has no application user: its key would be sealed with the
// key file of one machine.
package demo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"kontor/db"
	"kontor/db/billing"
	"kontor/db/core"
)

// People who can sign in to every demo database.
const (
	AdminEmail = "mira.lang@kontor.example"   // staff
	OwnerEmail = "clara.sommer@sonne.example" // of merchant 1
	span       = 2 * 365 * 24 * time.Hour     // that customers came in
	quiet      = 10 * time.Minute             // before now, in which nothing happens
	progressAt = 1000                         // customers between two reports
)

// ErrNotEmpty is the error for a database that has merchants already.
var ErrNotEmpty = errors.New("the database has merchants already: demo data go into an empty one")

// Options say how much is made, of which seed and as of when.
type Options struct {
	Customers int                   // of all merchants together
	Seed      uint64                // another seed gives other people
	Now       time.Time             // the end of the two years in which it all happened
	Progress  func(done, total int) // called now and then; may be nil
	// Ledger enters what was charged into the processor's own ledger; may be
	// nil.
	Ledger func(context.Context, []billing.Move) error
}

// A filler fills one store.
type filler struct {
	Options
	*db.History
	dice      dice
	now       time.Time
	done      int // customers made
	staff     []core.Actor
	merchants []*merchant
	pending   pending
	accounts  []*account
	carded    map[int64]bool // customers who have a card
}

// Fill makes the merchants, their people and their customers. A database that
// has merchants already is left alone, with [ErrNotEmpty]. When an error ends it
// nothing stays, unless another program has the SQLite file open.
func Fill(ctx context.Context, store *db.Store, o Options) error {
	there, err := store.Merchants(ctx, core.System(0), "", 0, 1)
	if err != nil {
		return err
	}
	if len(there) > 0 {
		return ErrNotEmpty
	}
	f := &filler{
		Options: o, now: o.Now.UTC().Truncate(time.Second), carded: map[int64]bool{},
		dice: dice{rand.New(rand.NewPCG(o.Seed, 0x6b6f6e746f72))},
	}
	return store.WriteHistory(ctx, core.System(0), func(h *db.History) error {
		f.History = h
		if err := f.found(ctx); err != nil {
			return fmt.Errorf("make merchants: %w", err)
		}
		return f.live(ctx)
	})
}

// live lets the time pass: customers come, and things happen to them.
func (f *filler) live(ctx context.Context) error {
	f.report()
	for f.done < f.Customers {
		m := f.nextMerchant()
		if m == nil {
			break
		}
		if err := f.catchUp(ctx, m.next); err != nil {
			return err
		}
		f.At(m.next)
		if err := f.arrive(ctx, m); err != nil {
			return fmt.Errorf("customer %d of %s: %w", m.made, m.Name, err)
		}
		m.advance(f.dice)
	}
	if err := f.catchUp(ctx, f.now.Add(-quiet)); err != nil {
		return err
	}
	if err := f.settle(ctx); err != nil {
		return err
	}
	f.report()
	return nil
}

// nextMerchant is the one to which the next customer comes.
func (f *filler) nextMerchant() *merchant {
	var next *merchant
	for _, m := range f.merchants {
		if m.made < m.size && (next == nil || m.next.Before(next.next)) {
			next = m
		}
	}
	return next
}

// arrive makes the merchant's next customer, and plans what becomes of it.
func (f *filler) arrive(ctx context.Context, m *merchant) error {
	ch := f.customer(m, m.made)
	if m.recent != nil && f.dice.chance(0.5) {
		ch = f.again(m.recent)
		m.recent = nil
	} else if f.dice.chance(5) {
		m.recent = ch
	}
	by, from := m.arrival(f.dice, ch)
	c, err := f.CreateCustomer(ctx, by, from, ch)
	if err != nil {
		return err
	}
	f.plan(m, c)
	f.count()
	return nil
}

// count counts a customer that was made.
func (f *filler) count() {
	if f.done++; f.done%progressAt == 0 {
		f.report()
	}
}

func (f *filler) report() {
	if f.Progress != nil {
		f.Progress(f.done, f.Customers)
	}
}
