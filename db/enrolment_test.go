package db_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// enrol enrols a person of the first merchant.
func enrol(t testing.TB, h *dbtest.House, reference string, pairs ...string) core.EnrolResult {
	t.Helper()
	ch := core.Changes{}
	for i := 0; i+1 < len(pairs); i += 2 {
		ch[pairs[i]] = pairs[i+1]
	}
	done, err := h.Enrol(t.Context(), h.Owner, core.PersonEnrolled, core.FromCDC, []core.Enrolment{{Reference: reference, Changes: ch}})
	if err != nil {
		t.Fatal(err)
	}
	return done[0]
}

// feed returns the references of the feed behind a place, and the last place.
func feed(t testing.TB, h *dbtest.House, after int64) (references []string, last int64) {
	t.Helper()
	found, err := h.EnrolledCustomers(t.Context(), h.Viewer, core.PersonEnrolled, after, time.Time{}, 100)
	if err != nil {
		t.Fatal(err)
	}
	last = after
	for _, e := range found {
		references, last = append(references, e.Customer.Reference), e.Changed
	}
	return references, last
}

func TestTheFeedShowsWhatChangedAndNothingElse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		if r := enrol(t, h, "a", "first_name", "Ann", "last_name", "Ek"); r.Err != nil || !r.New {
			t.Fatalf("%+v", r)
		}
		enrol(t, h, "b", "first_name", "Bo", "last_name", "Ek")
		got, last := feed(t, h, 0)
		if !slices.Equal(got, []string{"a", "b"}) {
			t.Fatalf("the feed begins with %q", got)
		}
		a, err := h.CustomerByReference(ctx, h.Owner, "a")
		if err != nil {
			t.Fatal(err)
		}
		var channel core.Channel
		for _, tt := range []struct {
			name string
			act  func() error
			want []string
		}{
			{"the same again", func() error { return enrol(t, h, "a", "first_name", "Ann").Err }, nil},
			{"a field that the feed does not show", func() error {
				_, err := h.UpdateCustomer(ctx, h.Owner, a.ID, 0, core.Changes{"description": "tall", "metadata.tier": `"gold"`})
				return err
			}, nil},
			{"a note", func() error { _, err := h.AddNote(ctx, h.Owner, a.ID, core.Note{Text: "hello"}); return err }, nil},
			{"a customer who is not enrolled", func() error { h.Customer(t, "name", "Nobody"); return nil }, nil},
			{"another name", func() error { return enrol(t, h, "a", "last_name", "Lind").Err }, []string{"a"}},
			{"an address on the page", func() error {
				_, err := h.UpdateCustomer(ctx, h.Owner, a.ID, 0, core.Changes{"billing.city": "Oslo"})
				return err
			}, []string{"a"}},
			{"what the feed does not show of an address", func() error {
				_, err := h.UpdateCustomer(ctx, h.Owner, a.ID, 0, core.Changes{"billing.street2": "3rd floor", "billing.state": "Viken"})
				return err
			}, nil},
			{"the reference taken away", func() error {
				_, err := h.UpdateCustomer(ctx, h.Owner, a.ID, 0, core.Changes{"reference": ""})
				return err
			}, nil},
			{"the reference given back", func() error {
				_, err := h.UpdateCustomer(ctx, h.Owner, a.ID, 0, core.Changes{"reference": "a"})
				return err
			}, []string{"a"}},
			{"a channel", func() error {
				var err error
				channel, _, err = h.AddChannel(ctx, h.Owner, a.ID, core.NewChannel{Name: "vipps", Address: "+47 900 00 001", ConsentAt: h.Clock.Now()})
				return err
			}, []string{"a"}},
			{"a channel withdrawn", func() error { _, err := h.WithdrawChannel(ctx, h.Owner, channel.ID); return err }, []string{"a"}},
			{"a deletion", func() error { return h.DeleteCustomer(ctx, h.Owner, a.ID, 0, "") }, nil},
			{"a restoration", func() error { return h.RestoreCustomer(ctx, h.Owner, a.ID, core.KeepReference) }, []string{"a"}},
		} {
			if err := tt.act(); err != nil {
				t.Fatalf("%s: %v", tt.name, err)
			}
			var got []string
			if got, last = feed(t, h, last); !slices.Equal(got, tt.want) {
				t.Errorf("after %s the feed has %q, want %q", tt.name, got, tt.want)
			}
		}
		if got, _ := feed(t, h, 0); !slices.Equal(got, []string{"b", "a"}) {
			t.Errorf("from the start the feed has %q, want each once, the last changed last", got)
		}
		if found, _ := h.EnrolledCustomers(ctx, h.Other, core.PersonEnrolled, 0, time.Time{}, 10); len(found) != 0 {
			t.Errorf("another merchant sees %d", len(found))
		}
	})
}

func TestEnrolmentsAreRefusedOneByOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		there := h.Customer(t, "name", "There Already", "reference", "there")
		done, err := h.Enrol(t.Context(), h.Owner, core.PersonEnrolled, core.FromCDC, []core.Enrolment{
			{Reference: "good", Changes: core.Changes{"first_name": "Ann"}},
			{Reference: "b d", Changes: core.Changes{"first_name": "Bad"}},
			{Reference: "bad", Changes: core.Changes{"email": "nobody"}},
			{Reference: "there", Changes: core.Changes{"first_name": "Ann", "last_name": "Other"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		var bad core.Invalid
		for i, refused := range []bool{false, true, true, false} {
			if errors.As(done[i].Err, &bad) != refused {
				t.Errorf("no. %d: %v", i, done[i].Err)
			}
		}
		if got := done[3].Enrolled.Customer; got.ID != there.ID || got.FullName() != "Ann Other" || got.Source != core.FromPage {
			t.Errorf("who was there is %+v", got)
		}
		if got, _ := feed(t, h, 0); !slices.Equal(got, []string{"good", "there"}) {
			t.Errorf("the feed has %q", got)
		}
	})
}

func TestEndOfEnrolmentDeletesOnlyWhomItMade(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		enrol(t, h, "made", "first_name", "Ann")
		noted := enrol(t, h, "noted", "first_name", "Bo").Enrolled.Customer
		if _, err := h.AddNote(ctx, h.Owner, noted.ID, core.Note{Text: "keep"}); err != nil {
			t.Fatal(err)
		}
		page := h.Customer(t, "name", "Of a Page", "reference", "page")
		enrol(t, h, "page")
		if _, _, err := h.AddChannel(ctx, h.Owner, page.ID, core.NewChannel{Name: "vipps", Address: "90000001", ConsentAt: h.Clock.Now()}); err != nil {
			t.Fatal(err)
		}
		for _, reference := range []string{"made", "noted", "page"} {
			if err := h.EndEnrolment(ctx, h.Owner, core.CompanyEnrolled, reference); !errors.Is(err, core.ErrNotFound) {
				t.Errorf("as a company: %v", err)
			}
			if err := h.EndEnrolment(ctx, h.Owner, core.PersonEnrolled, reference); err != nil {
				t.Fatalf("%s: %v", reference, err)
			}
			if err := h.EndEnrolment(ctx, h.Owner, core.PersonEnrolled, reference); !errors.Is(err, core.ErrNotFound) {
				t.Errorf("%s again: %v", reference, err)
			}
		}
		if got, _ := feed(t, h, 0); len(got) != 0 {
			t.Errorf("the feed has %q", got)
		}
		if _, err := h.CustomerByReference(ctx, h.Owner, "made"); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("whom the enrolment made is still there: %v", err)
		}
		for _, id := range []int64{noted.ID, page.ID} {
			if c, err := h.Store.Customer(ctx, h.Owner, id); err != nil || !c.Living() {
				t.Errorf("customer %d: %v, living %v", id, err, c.Living())
			}
		}
		if left, err := h.Channels(ctx, h.Owner, page.ID); err != nil || len(left) != 0 {
			t.Errorf("%d channels are left (%v)", len(left), err)
		}
	})
}

func TestWhomAnEnrolledCustomerIsMergedIntoIsEnrolled(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		enrol(t, h, "goes", "first_name", "Ann", "last_name", "Ek")
		goes, err := h.CustomerByReference(ctx, h.Owner, "goes")
		if err != nil {
			t.Fatal(err)
		}
		stays := h.Customer(t, "name", "Ann Ek", "reference", "stays")
		_, last := feed(t, h, 0)
		if _, err := h.MergeCustomers(ctx, h.Owner, stays.ID, goes.ID, core.MergeVersions{}, nil); err != nil {
			t.Fatal(err)
		}
		got, last := feed(t, h, last)
		if !slices.Equal(got, []string{"stays"}) {
			t.Errorf("merged, the feed goes on with %q", got)
		}
		if _, err := h.EnrolledCustomer(ctx, h.Owner, core.PersonEnrolled, "stays"); err != nil {
			t.Error(err)
		}
		if _, err := h.Undo(ctx, h.Owner, lastEvent(t, h, stays.ID).ID); err != nil {
			t.Fatal(err)
		}
		if got, _ := feed(t, h, last); !slices.Equal(got, []string{"goes"}) {
			t.Errorf("parted, the feed goes on with %q", got)
		}
		if _, err := h.EnrolledCustomer(ctx, h.Owner, core.PersonEnrolled, "stays"); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("parted, the other is still enrolled: %v", err)
		}
		// Who is enrolled already stays as it is.
		enrol(t, h, "stays", "first_name", "Ann", "last_name", "Ek")
		_, last = feed(t, h, 0)
		if _, err := h.MergeCustomers(ctx, h.Owner, stays.ID, goes.ID, core.MergeVersions{}, nil); err != nil {
			t.Fatal(err)
		}
		if got, _ := feed(t, h, last); !slices.Equal(got, []string{"stays"}) {
			t.Errorf("merged again, the feed goes on with %q", got)
		}
		if _, err := h.Undo(ctx, h.Owner, lastEvent(t, h, stays.ID).ID); err != nil {
			t.Fatal(err)
		}
		if got, _ := feed(t, h, last); !slices.Equal(got, []string{"stays", "goes"}) {
			t.Errorf("parted again, the feed goes on with %q", got)
		}
	})
}
