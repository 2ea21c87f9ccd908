package db_test

import (
	"context"
	"testing"
	"time"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// subscriptionActs are the acts on plans and subscriptions.
func subscriptionActs(t *testing.T, h *dbtest.House) map[string]act {
	t.Helper()
	c := h.Customer(t, "name", "Subscriber")
	card := h.CardRow(t, c, core.Visa, "4242", "2030-01")
	named := func(ctx context.Context, h *dbtest.House) (core.Plan, error) {
		return h.CreatePlan(ctx, h.Owner, core.Plan{
			Name: "Plan " + itoa(h.Clock.Now().UnixMilli()), Amount: core.Money{Minor: 1900, Currency: "EUR"}, Every: core.EveryMonth,
		})
	}
	onPlan := func(f func(ctx context.Context, h *dbtest.House, by core.Actor, p core.Plan) error) act {
		return func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			p, err := named(ctx, h)
			if err != nil {
				return err
			}
			return f(ctx, h, by, p)
		}
	}
	onSubscription := func(f func(ctx context.Context, h *dbtest.House, by core.Actor, id int64) error) act {
		return onPlan(func(ctx context.Context, h *dbtest.House, by core.Actor, p core.Plan) error {
			s, err := h.StartSubscription(ctx, h.Owner, core.NewSubscription{Customer: c.ID, Plan: p.ID, Source: core.FromPage})
			if err != nil {
				return err
			}
			return f(ctx, h, by, s.ID)
		})
	}
	return map[string]act{
		"CreatePlan": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			_, err := h.CreatePlan(ctx, by, core.Plan{
				Name: "New " + itoa(h.Clock.Now().UnixMilli()), Amount: core.Money{Minor: 1, Currency: "JPY"}, Every: core.EveryDay,
			})
			return err
		},
		"UpdatePlan": onPlan(func(ctx context.Context, h *dbtest.House, by core.Actor, p core.Plan) error {
			p.Amount.Minor = 2100
			_, _, err := h.UpdatePlan(ctx, by, p, core.NewOnly)
			return err
		}),
		"ArchivePlan": onPlan(func(ctx context.Context, h *dbtest.House, by core.Actor, p core.Plan) error {
			return h.ArchivePlan(ctx, by, p.ID, 0)
		}),
		"UnarchivePlan": onPlan(func(ctx context.Context, h *dbtest.House, by core.Actor, p core.Plan) error {
			if err := h.ArchivePlan(ctx, h.Owner, p.ID, 0); err != nil {
				return err
			}
			return h.UnarchivePlan(ctx, by, p.ID, 0)
		}),
		"DeletePlan": onPlan(func(ctx context.Context, h *dbtest.House, by core.Actor, p core.Plan) error {
			return h.DeletePlan(ctx, by, p.ID, 0)
		}),
		"StartSubscription": onPlan(func(ctx context.Context, h *dbtest.House, by core.Actor, p core.Plan) error {
			_, err := h.StartSubscription(ctx, by, core.NewSubscription{Customer: c.ID, Plan: p.ID, Card: card.ID, Source: core.FromPage})
			return err
		}),
		"PauseSubscription": onSubscription(func(ctx context.Context, h *dbtest.House, by core.Actor, id int64) error {
			_, err := h.PauseSubscription(ctx, by, id, 0, time.Time{})
			return err
		}),
		"ResumeSubscription": onSubscription(func(ctx context.Context, h *dbtest.House, by core.Actor, id int64) error {
			if _, err := h.PauseSubscription(ctx, h.Owner, id, 0, time.Time{}); err != nil {
				return err
			}
			_, err := h.ResumeSubscription(ctx, by, id, 0)
			return err
		}),
		"ChangeSubscription": onSubscription(func(ctx context.Context, h *dbtest.House, by core.Actor, id int64) error {
			_, err := h.ChangeSubscription(ctx, by, id, 0, core.SubscriptionChange{Amount: &core.Money{Minor: 5, Currency: "EUR"}})
			return err
		}),
		"CancelSubscription": onSubscription(func(ctx context.Context, h *dbtest.House, by core.Actor, id int64) error {
			_, err := h.CancelSubscription(ctx, by, id, 0, core.AtOnce)
			return err
		}),
		"KeepSubscription": onSubscription(func(ctx context.Context, h *dbtest.House, by core.Actor, id int64) error {
			if _, err := h.CancelSubscription(ctx, h.Owner, id, 0, core.AtPeriodEnd); err != nil {
				return err
			}
			_, err := h.KeepSubscription(ctx, by, id, 0)
			return err
		}),
	}
}

// subscriptionReads are the methods that read plans and subscriptions, of a
// customer who has one.
func subscriptionReads() map[string]func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
	return map[string]func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error){
		"PlanSubscriptions": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			p, err := h.PlanByName(ctx, h.Owner, "Read Me Monthly")
			if err != nil {
				return 0, err
			}
			ever, _, err := h.PlanSubscriptions(ctx, by, p.ID)
			return ever, err
		},
		"Plan": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			p, err := h.PlanByName(ctx, h.Owner, "Read Me Monthly")
			if err != nil {
				return 0, err
			}
			if _, err = h.Store.Plan(ctx, by, p.ID); err != nil {
				return 0, err
			}
			return 1, nil
		},
		"PlanByName": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			if _, err := h.PlanByName(ctx, by, "read me monthly"); err != nil {
				return 0, err
			}
			return 1, nil
		},
		"PlanSubscribers": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			p, err := h.PlanByName(ctx, h.Owner, "Read Me Monthly")
			if err != nil {
				return 0, err
			}
			return h.Store.PlanSubscribers(ctx, by, p.ID)
		},
		"Plans": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			page, err := h.Plans(ctx, by, core.PlanList{})
			return len(page.Items), err
		},
		"Subscription": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			all, err := h.CustomerSubscriptions(ctx, h.Owner, c.ID)
			if err != nil || len(all) != 1 {
				return 0, err
			}
			if _, err := h.Store.Subscription(ctx, by, all[0].ID); err != nil {
				return 0, err
			}
			return 1, nil
		},
		"Subscriptions": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			page, err := h.Subscriptions(ctx, by, core.SubscriptionList{})
			return len(page.Items), err
		},
		"SubscriptionEvents": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			all, err := h.CustomerSubscriptions(ctx, h.Owner, c.ID)
			if err != nil || len(all) != 1 {
				return 0, err
			}
			events, err := h.SubscriptionEvents(ctx, by, all[0].ID, 10)
			return len(events), err
		},
		"SubscriptionsOf": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			found, err := h.SubscriptionsOf(ctx, by, []int64{c.ID})
			return len(found[c.ID]), err
		},
		"CustomerSubscriptions": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			all, err := h.CustomerSubscriptions(ctx, by, c.ID)
			return len(all), err
		},
	}
}
