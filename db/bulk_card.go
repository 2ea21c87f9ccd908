package db

import (
	"context"
	"fmt"

	"kontor/db/core"
)

// KeepCard adds a card to a living customer as [Store.AddCard] does, but for
// one whose number no processor is asked to keep: its token is known. The
// print stands for the number's fingerprint.
func (h *History) KeepCard(ctx context.Context, by core.Actor, customer int64, c core.Card, print []byte) (core.Card, error) {
	c.Merchant, c.Customer, c.Version, c.Active = by.Merchant, customer, 1, true
	err := h.update(ctx, by, core.Write, func(t *tx) error {
		if err := t.living(ctx, customer); err != nil {
			return err
		}
		var err error
		c, _, err = t.addCard(ctx, c, print, core.NewCard{Default: c.Default})
		return err
	})
	return c, err
}

// KeepChannel adds a channel to a living customer as [Store.AddChannel] does,
// but with nothing sealed, which only one machine's key file could open: of an
// account there is what is shown of it. The print stands for the address's
// fingerprint.
func (h *History) KeepChannel(ctx context.Context, by core.Actor, customer int64, c core.Channel, print []byte) (core.Channel, error) {
	scheme, ok := core.FindScheme(c.Name)
	if !ok {
		return c, fmt.Errorf("no payment scheme is called %q", c.Name)
	}
	c.Type, c.Merchant, c.Customer, c.Version = scheme.Type, by.Merchant, customer, 1
	err := h.update(ctx, by, core.Write, func(t *tx) error {
		if err := t.living(ctx, customer); err != nil {
			return err
		}
		var err error
		c, err = t.addChannel(ctx, c, print, "")
		return err
	})
	return c, err
}
