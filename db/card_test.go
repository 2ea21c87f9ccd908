package db_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"kontor/db/core"
	"kontor/db/dbtest"
)

func TestOnlyTheEndsOfACardAreKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		c := h.Customer(t, "name", "Edward Johnson")
		n := h.NewCard(t, dbtest.VisaNumber)
		n.Description = "business card"
		card, added, err := h.AddCard(t.Context(), h.Owner, c.ID, n)
		if err != nil || added != core.Added {
			t.Fatalf("%s, %v", added, err)
		}
		if n.Number.Reveal() != nil || n.Code.Reveal() != nil {
			t.Error("number and code were not wiped")
		}
		got, err := h.Store.Card(t.Context(), h.Owner, card.ID)
		if err != nil || got != card {
			t.Errorf("read %+v, %v\nwant %+v", got, err, card)
		}
		want := core.Card{
			ID: card.ID, Merchant: h.First.ID, Customer: c.ID, Version: 1, Token: card.Token, Brand: core.Visa, FirstSix: "411111",
			LastFour: "1111", Expiry: core.Expiry{Year: 2030, Month: time.August}, Holder: "Edward Johnson", Description: "business card",
			Default: true, Active: true, KeepUntil: time.Date(2031, 10, 1, 12, 0, 0, 0, time.UTC), CreatedAt: card.CreatedAt, UpdatedAt: card.CreatedAt,
		}
		if card != want || len(card.Token) != 64 {
			t.Errorf("got  %+v\nwant %+v", card, want)
		}
		for _, table := range dbtest.Tables {
			for _, row := range h.Rows(t, table.Name, table.Key) {
				if strings.Contains(row, "4111111111111111") {
					t.Errorf("%s: %s", table.Name, row)
				}
			}
		}
	})
}

func TestTheSameNumberMakesNoTwin(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx, c := t.Context(), h.Customer(t, "name", "Edward Johnson")
		first := h.Card(t, c.ID, dbtest.VisaNumber)
		before := countEvents(t, h)
		again, added, err := h.AddCard(ctx, h.Owner, c.ID, h.NewCard(t, dbtest.VisaNumber))
		if err != nil || added != core.Updated || again != first || countEvents(t, h) != before {
			t.Errorf("the same again: %s, %v, version %d, %d events", added, err, again.Version, countEvents(t, h)-before)
		}
		d, _ := core.ReadCard("4111-1111-1111-1111", "1/32", "123", "", h.Clock.Now())
		later, added, err := h.AddCard(ctx, h.Owner, c.ID, core.NewCard{CardDetails: d})
		if err != nil || added != core.Updated || later.ID != first.ID || later.Expiry.String() != "01/32" || later.Holder != first.Holder {
			t.Errorf("with another expiry: %s, %v, %+v", added, err, later)
		}
		if _, err := h.RemoveCard(ctx, h.Owner, first.ID, 0, 0); err != nil {
			t.Fatal(err)
		}
		back, added, err := h.AddCard(ctx, h.Owner, c.ID, h.NewCard(t, dbtest.VisaNumber))
		if err != nil || added != core.Revived || back.ID != first.ID || !back.Default || !back.RemovedAt.IsZero() {
			t.Errorf("after removal: %s, %v, %+v", added, err, back)
		}
		other := h.Card(t, h.Customer(t, "name", "Another").ID, dbtest.VisaNumber)
		if other.ID == first.ID {
			t.Error("another customer has the same card")
		}
		if n := h.Count(t, "SELECT COUNT(DISTINCT fingerprint) FROM cards"); n != 1 {
			t.Errorf("%d fingerprints of one number", n)
		}
	})
}

func TestARequestSentTwiceAddsOneCard(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx, c := t.Context(), h.Customer(t, "name", "Edward Johnson")
		add := func() (core.Card, core.Addition) {
			t.Helper()
			n := h.NewCard(t, dbtest.VisaNumber)
			n.Request = "form-1"
			card, added, err := h.AddCard(ctx, h.Owner, c.ID, n)
			if err != nil {
				t.Fatal(err)
			}
			return card, added
		}
		one, _ := add()
		if _, err := h.RemoveCard(ctx, h.Owner, one.ID, 0, 0); err != nil {
			t.Fatal(err)
		}
		before := countEvents(t, h)
		two, added := add()
		if two.ID != one.ID || added != core.Added || two.RemovedAt.IsZero() || countEvents(t, h) != before {
			t.Errorf("sent again: card %d, %s, removed %s", two.ID, added, two.RemovedAt)
		}
	})
}

func TestThereIsOneDefaultWhileThereIsACard(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx, c := t.Context(), h.Customer(t, "name", "Edward Johnson")
		defaults := func() (ids []int64) {
			t.Helper()
			cards, err := h.CustomerCards(ctx, h.Owner, c.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, card := range cards {
				if card.Default {
					ids = append(ids, card.ID)
				}
			}
			return ids
		}
		is := func(want ...int64) {
			t.Helper()
			if got := defaults(); !slices.Equal(got, want) {
				t.Errorf("default %d, want %d", got, want)
			}
		}
		remove := func(id, next int64) int64 {
			t.Helper()
			event, err := h.RemoveCard(ctx, h.Owner, id, 0, next)
			if err != nil {
				t.Fatal(err)
			}
			return event
		}
		undo := func(event int64, want error) {
			t.Helper()
			if _, err := h.Undo(ctx, h.Owner, event); !errors.Is(err, want) {
				t.Errorf("undo: %v, want %v", err, want)
			}
		}
		visa := h.Card(t, c.ID, dbtest.VisaNumber).ID
		master := h.Card(t, c.ID, dbtest.MastercardNumber).ID
		n := h.NewCard(t, dbtest.AmexNumber)
		is(visa)
		n.Default = true
		american, _, err := h.AddCard(ctx, h.Owner, c.ID, n)
		if err != nil || !american.Default {
			t.Fatalf("%+v, %v", american, err)
		}
		amex := american.ID
		is(amex)

		gone := remove(amex, 0)
		is(visa) // the oldest
		undo(gone, nil)
		is(amex)
		undo(gone, core.ErrNotFound)
		gone = remove(amex, master)
		is(master)
		if _, err := h.RemoveCard(ctx, h.Owner, master, 0, amex); err == nil {
			t.Error("a removed card follows")
		}
		set, err := h.SetDefaultCard(ctx, h.Owner, visa)
		if err != nil {
			t.Fatal(err)
		}
		undo(gone, nil)
		is(visa) // chosen since
		undo(set, nil)
		is(master)
		remove(visa, 0)
		is(master)
		remove(master, 0)
		is(amex)
		remove(amex, 0)
		is()
	})
}

func TestACardInUseStays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx, c := t.Context(), h.Customer(t, "name", "Edward Johnson")
		card := h.Card(t, c.ID, dbtest.VisaNumber)
		sub := h.Subscription(t, c, h.Plan(t, "Sonne Monthly", 4900))
		_, removed := h.RemoveCard(ctx, h.Owner, card.ID, 0, 0)
		_, off := h.UpdateCard(ctx, h.Owner, card.ID, 0, core.CardEdit{Active: new(false)})
		for name, err := range map[string]error{"removed": removed, "switched off": off} {
			var used core.CardInUse
			if !errors.As(err, &used) || !errors.Is(err, core.ErrConflict) ||
				!slices.Equal(used.Uses, []core.CardUse{{Subscription: sub.ID, Plan: "Sonne Monthly", State: sub.State, NextRun: sub.NextRun}}) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if got, err := h.Store.Card(ctx, h.Owner, card.ID); err != nil || got != card {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestWhatIsKeptOfACardCanBeChanged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx, c := t.Context(), h.Customer(t, "name", "Edward Johnson")
		h.Card(t, c.ID, dbtest.VisaNumber)
		card := h.Card(t, c.ID, dbtest.MastercardNumber)
		got, err := h.UpdateCard(ctx, h.Owner, card.ID, 1, core.CardEdit{
			Expiry: &core.Expiry{Year: 2031, Month: time.May}, Holder: new("E. Johnson"), Description: new(" Office "),
			Active: new(false), Default: true,
		})
		if err != nil || got.Expiry.String() != "05/31" || got.Holder != "E. Johnson" || got.Description != "Office" || got.Active || !got.Default {
			t.Errorf("%+v, %v", got, err)
		}
		if read, err := h.Store.Card(ctx, h.Owner, card.ID); err != nil || read != got {
			t.Errorf("read %+v, %v\nwant %+v", read, err, got)
		}
		if _, err := h.UpdateCard(ctx, h.Owner, card.ID, 1, core.CardEdit{}); !errors.Is(err, core.ErrConflict) {
			t.Errorf("stale: %v", err)
		}
		before := countEvents(t, h)
		if _, err := h.UpdateCard(ctx, h.Owner, card.ID, got.Version, core.CardEdit{Holder: new("E. Johnson")}); err != nil || countEvents(t, h) != before {
			t.Errorf("no change: %v", err)
		}
		for field, edit := range map[string]core.CardEdit{
			"expiry":      {Expiry: &core.Expiry{Year: 2026, Month: time.October}},
			"holder":      {Holder: new("4111 1111 1111 1111")},
			"description": {Description: new("number 4111-1111-1111-1111")},
		} {
			var bad core.Invalid
			if _, err := h.UpdateCard(ctx, h.Owner, card.ID, 0, edit); !errors.As(err, &bad) || len(bad) != 1 || bad[0].Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		for _, row := range h.Rows(t, "event_values", "event_id") {
			if strings.Contains(row, "Johnson") || strings.Contains(row, "2031") {
				t.Errorf("card data in the record of acts: %s", row)
			}
		}
	})
}

func TestACardThatTheProcessorRefusesIsNotKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		c := h.Customer(t, "name", "Edward Johnson")
		_, _, err := h.AddCard(t.Context(), h.Owner, c.ID, h.NewCard(t, dbtest.RefusedNumber))
		var declined core.Declined
		if !errors.As(err, &declined) || declined.Reason != core.InvalidNumber {
			t.Errorf("%v", err)
		}
		h.Processor = silent{h.Processor}
		h.Reopen(t)
		if _, _, err = h.AddCard(t.Context(), h.Owner, c.ID, h.NewCard(t, dbtest.VisaNumber)); !errors.Is(err, core.ErrProcessor) || !errors.Is(err, core.ErrUnavailable) {
			t.Errorf("%v", err)
		}
		if n := h.Count(t, "SELECT COUNT(*) FROM cards"); n != 0 {
			t.Errorf("%d cards", n)
		}
	})
}

func TestCardsOfTheDeletedAreKeptAndCannotBeUsed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx, c := t.Context(), h.Customer(t, "name", "Edward Johnson")
		card := h.Card(t, c.ID, dbtest.VisaNumber)
		deleted(t, h, c)
		if cards, err := h.CustomerCards(ctx, h.Owner, c.ID); err != nil || len(cards) != 1 {
			t.Errorf("%d cards, %v", len(cards), err)
		}
		_, read := h.Store.Card(ctx, h.Owner, card.ID)
		_, removed := h.RemoveCard(ctx, h.Owner, card.ID, 0, 0)
		_, set := h.SetDefaultCard(ctx, h.Owner, card.ID)
		_, _, added := h.AddCard(ctx, h.Owner, c.ID, h.NewCard(t, dbtest.AmexNumber))
		for name, err := range map[string]error{"read": read, "removed": removed, "set": set, "added": added} {
			if !errors.Is(err, core.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestExpiredCardsAreRemovedInTime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx, c := t.Context(), h.Customer(t, "name", "Edward Johnson")
		used, old, good := h.Card(t, c.ID, dbtest.VisaNumber), h.Card(t, c.ID, dbtest.AmexNumber), h.Card(t, c.ID, dbtest.MastercardNumber)
		h.Subscription(t, c, h.Plan(t, "Sonne Monthly", 4900))
		if _, err := h.UpdateCard(ctx, h.Owner, good.ID, 0, core.CardEdit{Expiry: &core.Expiry{Year: 2030, Month: time.September}}); err != nil {
			t.Fatal(err)
		}
		run := func(at time.Time, want int) {
			t.Helper()
			h.Clock.Advance(at.Sub(h.Clock.Now()))
			if n, err := h.RemoveExpiredCards(ctx, core.System(0)); err != nil || n != want {
				t.Errorf("at %s: %d removed, %v, want %d", at, n, err, want)
			}
		}
		run(old.KeepUntil.Add(-time.Minute), 0)
		run(old.KeepUntil, 1)
		run(old.KeepUntil, 0)
		cards, err := h.CustomerCards(ctx, h.Owner, c.ID)
		if err != nil || len(cards) != 2 || cards[0].ID != used.ID || cards[1].ID != good.ID {
			t.Errorf("%+v, %v", cards, err)
		}
		if _, err := h.RemoveExpiredCards(ctx, h.Owner); !errors.Is(err, core.ErrForbidden) {
			t.Errorf("an owner: %v", err)
		}
	})
}
