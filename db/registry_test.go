package db_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// found is a registry that finds the same channel for everybody, or fails.
type found struct {
	asked int
	err   error
}

func (f *found) Find(context.Context, core.Enrolled) ([]core.NewChannel, error) {
	f.asked++
	return []core.NewChannel{{Name: "vipps", Address: "90000001"}}, f.err
}

func TestRegistryIsAskedLaterAndOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		c := enrol(t, h, "a", "first_name", "Ann").Enrolled.Customer
		_, last := feed(t, h, 0)
		registry := &found{err: errors.New("busy")}
		if n, err := h.ScanChannels(ctx, registry); n != 0 || err != nil || registry.asked != 0 {
			t.Errorf("at once: %d, %v", n, err)
		}
		h.Clock.Advance(core.ScanDelay)
		if _, err := h.ScanChannels(ctx, registry); err == nil {
			t.Error("a registry that fails is no error")
		}
		registry.err = nil
		if n, err := h.ScanChannels(ctx, registry); n != 1 || err != nil {
			t.Errorf("later: %d, %v", n, err)
		}
		if n, err := h.ScanChannels(ctx, registry); n != 0 || err != nil {
			t.Errorf("again: %d, %v", n, err)
		}
		if got, _ := feed(t, h, last); !slices.Equal(got, []string{"a"}) {
			t.Errorf("the feed has %q", got)
		}
		e, err := h.EnrolledCustomer(ctx, h.Viewer, core.PersonEnrolled, "a")
		if err != nil || !slices.Equal(e.Channels(), []string{"vipps"}) || e.Customer.ID != c.ID {
			t.Errorf("%+v, %v", e, err)
		}
	})
}

// leaving is a registry that finds a channel for everybody, who leaves meanwhile.
type leaving struct{ leave func(core.Enrolled) }

func (l leaving) Find(_ context.Context, e core.Enrolled) ([]core.NewChannel, error) {
	l.leave(e)
	return []core.NewChannel{{Name: "vipps", Address: "90000001"}}, nil
}

func TestWhoLeavesWhileTheRegistryIsAskedGetsNoChannel(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		kept := h.Customer(t, "name", "Made on a page", "reference", "kept")
		for _, reference := range []string{"kept", "deleted", "stays"} {
			enrol(t, h, reference, "first_name", "Ann", "last_name", "Ek")
		}
		h.Clock.Advance(core.ScanDelay)
		n, err := h.ScanChannels(ctx, leaving{func(e core.Enrolled) {
			var err error
			switch e.Customer.Reference {
			case "kept":
				err = h.EndEnrolment(ctx, h.Owner, core.PersonEnrolled, "kept")
			case "deleted":
				err = h.DeleteCustomer(ctx, h.Owner, e.Customer.ID, 0, "")
			}
			if err != nil {
				t.Error(err)
			}
		}})
		if n != 3 || err != nil {
			t.Errorf("asked for %d, %v", n, err)
		}
		if has, err := h.Channels(ctx, h.Viewer, kept.ID); err != nil || len(has) != 0 {
			t.Errorf("who withdrew has %+v, %v", has, err)
		}
		e, err := h.EnrolledCustomer(ctx, h.Viewer, core.PersonEnrolled, "stays")
		if err != nil || !slices.Equal(e.Channels(), []string{"vipps"}) {
			t.Errorf("who stays has %q, %v", e.Channels(), err)
		}
	})
}
