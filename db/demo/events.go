package demo

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"kontor/db/core"
)

// A file is as much of a customer as is kept for what happens to it later.
type file struct {
	m       *merchant
	id      int64
	country *country // of the billing address, if there is one
	email   string
	company bool
	holder  string // as it stands on cards
}

// plan decides what happens to a new customer: nothing, mostly.
func (f *filler) plan(m *merchant, c core.Customer) {
	d := f.dice
	kept := file{m: m, id: c.ID, email: c.Email, company: c.Company != "", holder: c.FullName()}
	if a, ok := c.Billing(); ok && a.Country != "" {
		kept.country = byCode(a.Country)
	}
	if m.payers == 1 || d.Float64() < m.payers {
		f.pay(kept)
		f.subscribe(kept)
	}
	at := c.CreatedAt
	for d.chance(7) { // and once more, sometimes
		at = f.workday(m, at, 90)
		f.on(at, func(ctx context.Context) error { return f.edit(ctx, kept) })
	}
	if d.chance(4) {
		f.on(f.workday(m, c.CreatedAt, 40), func(ctx context.Context) error { return f.note(ctx, kept) })
	}
	if d.chance(0.8) {
		f.leave(kept, c.CreatedAt)
	}
}

// workday returns a time at work, some days after another.
func (f *filler) workday(m *merchant, after time.Time, meanDays float64) time.Time {
	days := int(-math.Log(1-f.dice.Float64()) * meanDays)
	local := after.AddDate(0, 0, 1+days).In(m.Location())
	if local.Weekday() == time.Sunday {
		local = local.AddDate(0, 0, 1)
	}
	return time.Date(local.Year(), local.Month(), local.Day(), 8+f.dice.IntN(10), f.dice.IntN(60), f.dice.IntN(60),
		f.dice.IntN(1000)*int(time.Millisecond), local.Location())
}

// somebody of the merchant, or of staff who help out.
func (f *filler) somebody(m *merchant) core.Actor {
	if f.dice.chance(20) {
		return pick(f.dice, f.staff[:3]).In(m.ID)
	}
	return pickFirst(f.dice, m.actors[:2])
}

// edit changes something about a customer, if it is still there.
func (f *filler) edit(ctx context.Context, k file) error {
	_, err := f.UpdateCustomer(ctx, f.somebody(k.m), k.id, 0, f.change(k))
	if errors.Is(err, core.ErrNotFound) { // deleted by now
		return nil
	}
	return err
}

func (f *filler) change(k file) core.Changes {
	d := f.dice
	ch := core.Changes{}
	switch what := d.IntN(10); {
	case what < 3 && k.country != nil:
		d.person(k.country).address(ch, "billing")
		delete(ch, "billing.country")
	case what < 5 && k.country != nil:
		ch["phone"] = d.phone(d.person(k.country), true)
	case what < 7 && k.email != "":
		local, host, _ := strings.Cut(k.email, "@")
		if ch["email"] = local + "@" + pick(d, mailHosts); k.company {
			ch["email"] = "accounts@" + host
		}
	case what < 8:
		ch["metadata.newsletter"] = "false"
	case what < 9:
		ch["description"] = pick(d, descriptions)
	default:
		ch["metadata.tier"] = core.MetaText(pick(d, []string{"silver", "gold", "platinum"}))
	}
	return ch
}

func (f *filler) note(ctx context.Context, k file) error {
	by, n := f.somebody(k.m), core.Note{Text: pick(f.dice, notes), Pinned: f.dice.chance(15)}
	if by.Role.Staff() && f.dice.chance(50) {
		n.Text, n.StaffOnly = pick(f.dice, staffNotes), true
	}
	_, err := f.AddNote(ctx, by, k.id, n)
	if errors.Is(err, core.ErrNotFound) {
		return nil
	}
	return err
}

// leave plans that a customer is deleted, in the days from which it can still
// be restored, and sometimes is.
func (f *filler) leave(k file, created time.Time) {
	d := f.dice
	first := f.now.AddDate(0, 0, -core.DefaultRetention+1)
	if created.After(first) {
		first = created.Add(time.Hour)
	}
	left := f.now.Add(-quiet).Sub(first)
	if left <= 0 {
		return
	}
	at := first.Add(time.Duration(d.Float64() * float64(left)))
	f.on(at, func(ctx context.Context) error {
		return f.DeleteCustomer(ctx, f.somebody(k.m), k.id, 0, pickFirst(d, reasons))
	})
	if d.chance(12) {
		f.on(at.Add(time.Duration(5+d.IntN(2000))*time.Minute), func(ctx context.Context) error {
			return f.RestoreCustomer(ctx, f.somebody(k.m), k.id, core.KeepReference)
		})
	}
}

var notes = []string{
	"Prefers invoices by the 1st.", "Called about the last delivery: two boxes were missing, sent again.",
	"Wants to hear from us by e-mail only.", "Asked for a quote for 120 people in May.", "Pays by bank transfer this once.",
	"New contact from next month on.", "Sent the catalogue.", "Complained about the opening hours.\nPromised to call back.",
	"Moved, new address confirmed on the phone.", "Very happy with the service.", "Birthday party in June, wants the same as last year.",
	"Please always ask for the purchase order number.", "Gave a voucher of 10 for the late parcel.", "Invoice address differs, see below.",
	"Interested in a subscription.", "Left a key with the neighbours.",
}

var staffNotes = []string{
	"Identity checked on the phone.", "Second complaint this year, handle with care.", "Looks like a duplicate, to be checked.",
	"Merchant asked us to correct the name.", "Bounced mail, address not confirmed.", "Vouched for by the owner.",
}

var reasons = []string{"", "Asked to be removed", "Duplicate", "Closed the business", "Moved abroad", "Entered by mistake"}

// expect plans the coming of the customers that every demo has, once there are
// enough to be among.
func (f *filler) expect(m *merchant) {
	if f.Customers < 10*len(known) {
		return
	}
	m.size -= len(known)
	for _, k := range known {
		var n int
		if _, err := fmt.Sscanf(k.changes["reference"], m.ref, &n); err == nil {
			m.taken[n-m.refs] = true
		}
		f.on(f.now.Add(-k.ago), func(ctx context.Context) error { return f.welcome(ctx, m, k) })
	}
}
