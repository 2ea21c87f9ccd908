package db_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// silent is a processor that does not answer.
type silent struct{ core.Processor }

func (silent) Tokenize(context.Context, core.CardDetails) (string, error) {
	return "", errors.New("connection refused")
}

func TestAnIBANIsSealedAndShownMasked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		c := h.Customer(t, "name", "Ingrid Hansen")
		m := h.Mandate(t, c.ID)
		if m.Address != "DE ···· 3000" || m.Type != core.DirectDebit || m.Label() != "SEPA Direct Debit DE ···· 3000" {
			t.Errorf("%+v", m)
		}
		for _, table := range dbtest.Tables {
			for _, row := range h.Rows(t, table.Name, table.Key) {
				if strings.Contains(row, "0532013000") || strings.Contains(row, "0532 0130 00") {
					t.Errorf("%s: %s", table.Name, row)
				}
			}
		}
	})
}

func TestAChannelComesBackWithItsAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx, c := t.Context(), h.Customer(t, "name", "Ingrid Hansen")
		add := func(n core.NewChannel, want core.Addition) core.Channel {
			t.Helper()
			n.Source = core.FromCDC
			got, added, err := h.AddChannel(ctx, h.Owner, c.ID, n)
			if err != nil || added != want {
				t.Fatalf("%s, %v, want %s", added, err, want)
			}
			return got
		}
		vipps := core.NewChannel{Name: "vipps", Address: "+47 912 34 567"}
		first := add(vipps, core.Added)
		before := countEvents(t, h)
		vipps.Address = "004791234567"
		if other := add(vipps, core.Added); other.ID == first.ID {
			t.Error("other digits are another address")
		}
		vipps.Address = "+4791234567"
		if again := add(vipps, core.Updated); again.ID != first.ID || again.Version != 1 || countEvents(t, h) != before+1 {
			t.Errorf("the same address again: %+v", again)
		}
		vipps.ConsentAt = h.Clock.Now()
		if again := add(vipps, core.Updated); again.Version != 2 || again.ConsentAt.IsZero() {
			t.Errorf("with a consent: %+v", again)
		}
		gone, err := h.WithdrawChannel(ctx, h.Owner, first.ID)
		if err != nil {
			t.Fatal(err)
		}
		if list, err := h.Channels(ctx, h.Owner, c.ID); err != nil || len(list) != 1 {
			t.Errorf("%d channels, %v", len(list), err)
		}
		if _, err := h.WithdrawChannel(ctx, h.Owner, first.ID); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("withdrawn twice: %v", err)
		}
		if _, err := h.Undo(ctx, h.Owner, gone); err != nil {
			t.Fatal(err)
		}
		if back, err := h.Channel(ctx, h.Owner, first.ID); err != nil || back.ConsentAt.IsZero() {
			t.Errorf("%+v, %v", back, err)
		}
		if _, err := h.WithdrawChannel(ctx, h.Owner, first.ID); err != nil {
			t.Fatal(err)
		}
		if back := add(vipps, core.Revived); back.ID != first.ID {
			t.Errorf("%+v", back)
		}
	})
}
