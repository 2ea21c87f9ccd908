package db_test

import (
	"context"
	"testing"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// tokenActs are the acts on tokens.
func tokenActs(t *testing.T, h *dbtest.House) map[string]act {
	made := 0
	token := func(do func(ctx context.Context, by core.Actor, id int64) error) act {
		return func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			made++
			k, err := h.CreateToken(ctx, h.Owner, core.Token{ExternalID: "act-" + itoa(int64(made))})
			if err != nil {
				return err
			}
			return do(ctx, by, k.ID)
		}
	}
	return map[string]act{
		"CreateToken": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			made++
			_, err := h.CreateToken(ctx, by, core.Token{ExternalID: "create-" + itoa(int64(made))})
			return err
		},
		"UpdateToken": token(func(ctx context.Context, by core.Actor, id int64) error {
			_, err := h.UpdateToken(ctx, by, id, 0, core.TokenEdit{Reference: new("changed")})
			return err
		}),
		"DeleteToken": token(func(ctx context.Context, by core.Actor, id int64) error { return h.DeleteToken(ctx, by, id) }),
	}
}

// tokenReads are the reads of tokens, and of subscriptions and plans as programs
// list them.
func tokenReads() map[string]func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
	ofCard := func(ctx context.Context, h *dbtest.House, c core.Customer) int64 {
		cards, _ := h.CustomerCards(ctx, h.Owner, c.ID)
		return cards[0].ID
	}
	return map[string]func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error){
		"TokenRecords": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			found, err := h.TokenRecords(ctx, by, core.Range{})
			return len(found.Items), err
		},
		"Token": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			k, err := h.Token(ctx, by, ofCard(ctx, h, c))
			return int(min(k.ID, 1)), err
		},
		"TokenVersionRecords": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			found, err := h.TokenVersionRecords(ctx, by, core.Range{})
			return len(found.Items), err
		},
		"SubscriptionRecords": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			found, err := h.SubscriptionRecords(ctx, by, core.Range{})
			return len(found.Items), err
		},
		"PlanRecords": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			found, err := h.PlanRecords(ctx, by, core.Range{})
			return len(found.Items), err
		},
		"TokenVersion": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			v, err := h.TokenVersion(ctx, by, core.Token{Card: ofCard(ctx, h, c)}, 0)
			return int(min(v.ID, 1)), err
		},
	}
}
