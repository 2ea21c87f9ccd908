package db_test

import (
	"context"
	"testing"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// cardActs are the acts on what customers pay with.
func cardActs(t *testing.T, h *dbtest.House) map[string]act {
	fresh := func() core.Customer { return h.Customer(t, "name", "Payer") }
	card := func(do func(ctx context.Context, by core.Actor, id int64) error) act {
		c := fresh()
		h.Card(t, c.ID, dbtest.VisaNumber)
		id := h.Card(t, c.ID, dbtest.AmexNumber).ID
		return func(ctx context.Context, _ *dbtest.House, by core.Actor) error { return do(ctx, by, id) }
	}
	mandate := h.Mandate(t, fresh().ID)
	return map[string]act{
		"AddCard": on(fresh(), func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) error {
			_, _, err := h.AddCard(ctx, by, c.ID, h.NewCard(t, dbtest.VisaNumber))
			return err
		}),
		"UpdateCard": card(func(ctx context.Context, by core.Actor, id int64) error {
			_, err := h.UpdateCard(ctx, by, id, 0, core.CardEdit{Description: new("Office")})
			return err
		}),
		"SetDefaultCard": card(func(ctx context.Context, by core.Actor, id int64) error {
			_, err := h.SetDefaultCard(ctx, by, id)
			return err
		}),
		"RemoveCard": card(func(ctx context.Context, by core.Actor, id int64) error {
			_, err := h.RemoveCard(ctx, by, id, 0, 0)
			return err
		}),
		"AddChannel": on(fresh(), func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) error {
			_, _, err := h.AddChannel(ctx, by, c.ID, core.NewChannel{Name: "vipps", Address: "+47 912 34 567", Source: core.FromPage})
			return err
		}),
		"WithdrawChannel": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			_, err := h.WithdrawChannel(ctx, by, mandate.ID)
			return err
		},
	}
}

// cardReads are the reads of what customers pay with.
func cardReads() map[string]func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
	ofCard := func(ctx context.Context, h *dbtest.House, c core.Customer) int64 {
		cards, _ := h.CustomerCards(ctx, h.Owner, c.ID)
		return cards[0].ID
	}
	return map[string]func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error){
		"CustomerCards": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			cards, err := h.CustomerCards(ctx, by, c.ID)
			return len(cards), err
		},
		"CardRecords": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			found, err := h.CardRecords(ctx, by, core.CardRange{})
			return len(found.Items), err
		},
		"CardsOf": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			found, err := h.CardsOf(ctx, by, []int64{c.ID})
			return len(found[c.ID]), err
		},
		"CountCards": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			return h.CountCards(ctx, by, 0)
		},
		"Card": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			card, err := h.Store.Card(ctx, by, ofCard(ctx, h, c))
			return int(card.Version), err
		},
		"PaymentMethods": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			page, err := h.PaymentMethods(ctx, by, core.MethodList{})
			return len(page.Items), err
		},
		"CardUses": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			uses, err := h.CardUses(ctx, by, ofCard(ctx, h, c))
			return len(uses), err
		},
		"CustomerCardUses": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			uses, err := h.CustomerCardUses(ctx, by, c.ID)
			return len(uses), err
		},
		"Channels": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			channels, err := h.Channels(ctx, by, c.ID)
			return len(channels), err
		},
		"Channel": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			channels, _ := h.Channels(ctx, h.Owner, c.ID)
			one, err := h.Channel(ctx, by, channels[0].ID)
			return int(one.Version), err
		},
	}
}
