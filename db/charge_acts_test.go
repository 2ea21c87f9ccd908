package db_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"kontor/db/billing"
	"kontor/db/core"
	"kontor/db/dbtest"
)

// chargeActs are what people do with charges. Each makes a charge of its own,
// as it is once the worker has seen it.
func chargeActs(t *testing.T, h *dbtest.House) map[string]act {
	t.Helper()
	limit := func(ctx context.Context, h *dbtest.House) error {
		_, err := h.UpdateMerchant(ctx, h.Owner, 0, core.Changes{"refund_limit": "100"})
		return err
	}
	after := func(sc billing.Script, f func(ctx context.Context, by core.Actor, c core.Charge) error) act {
		c := h.Customer(t, "name", "Charged")
		h.ScriptCard(t, c, sc)
		made, err := h.CreateCharge(t.Context(), h.Owner, core.NewCharge{
			Customer: c.ID, Amount: core.Money{Minor: 100, Currency: "EUR"}, Description: "One cake", Source: core.FromPage,
		})
		if err != nil {
			t.Fatal(err)
		}
		w := billing.NewWorker(h.Store, h.Sandbox(t), billing.Options{Now: h.Clock.Now})
		if err := w.Do(t.Context(), core.Work{Kind: core.ChargeWork, ID: made.ID, Merchant: made.Merchant}); err != nil {
			t.Fatal(err)
		}
		return func(ctx context.Context, _ *dbtest.House, by core.Actor) error { return f(ctx, by, made) }
	}
	if err := limit(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	parked := h.Subscriber(t, billing.Approves)
	h.Exec(t, "UPDATE subscriptions SET parked_at = 1 WHERE id = "+itoa(parked.ID))
	charged := h.Customer(t, "name", "Charged")
	h.ScriptCard(t, charged, billing.Approves)
	refund := func(ctx context.Context, by core.Actor, c core.Charge) (core.RefundRecord, error) {
		return h.CreateRefund(ctx, by, 0, core.NewRefund{Charge: c.ID, Amount: core.Money{Minor: 10, Currency: "EUR"}, Note: "stale"})
	}
	return map[string]act{
		"CreateCharge": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			_, err := h.CreateCharge(ctx, by, core.NewCharge{Customer: charged.ID, Amount: core.Money{Minor: 100, Currency: "EUR"}, Description: "One cake"})
			return err
		},
		"RetryCharge": after(billing.InsufficientFunds, func(ctx context.Context, by core.Actor, c core.Charge) error {
			_, err := h.RetryCharge(ctx, by, c.ID, 0, 0)
			return err
		}),
		"MarkChargePaid": after(billing.InsufficientFunds, func(ctx context.Context, by core.Actor, c core.Charge) error {
			_, err := h.MarkChargePaid(ctx, by, c.ID, 0, "cash")
			return err
		}),
		"WaiveCharge": after(billing.InsufficientFunds, func(ctx context.Context, by core.Actor, c core.Charge) error {
			_, err := h.WaiveCharge(ctx, by, c.ID, 0, "a gift")
			return err
		}),
		"ResolveCharge": after(billing.TimesOut, func(ctx context.Context, by core.Actor, c core.Charge) error {
			h.Exec(t, "UPDATE charges SET next_at = 0 WHERE id = "+itoa(c.ID))
			return h.ResolveCharge(ctx, by, c.ID, 0, core.DidNotMove)
		}),
		"CreateRefund": after(billing.Approves, func(ctx context.Context, by core.Actor, c core.Charge) error {
			_, err := refund(ctx, by, c)
			return err
		}),
		"ResolveRefund": after(billing.Approves, func(ctx context.Context, by core.Actor, c core.Charge) error {
			r, err := refund(ctx, h.Owner, c)
			if err != nil {
				return err
			}
			h.Exec(t, "UPDATE refunds SET state = 'unknown', next_at = 0 WHERE id = "+itoa(r.ID))
			return h.ResolveRefund(ctx, by, r.ID, core.DidMove)
		}),
		"UnparkSubscription": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			return h.UnparkSubscription(ctx, by, parked.ID, core.ChargeFromNow)
		},
	}
}

// chargeReads are the methods that read charges, of a customer who has one.
func chargeReads() map[string]func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
	made := func(ctx context.Context, h *dbtest.House, c core.Customer) (core.Charge, error) {
		return h.CreateCharge(ctx, h.Owner, core.NewCharge{
			Customer: c.ID, Amount: core.Money{Minor: 100, Currency: "EUR"}, Description: "One cake", Request: "read me",
		})
	}
	return map[string]func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error){
		"Charge": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			one, err := made(ctx, h, c)
			if err == nil {
				_, err = h.Charge(ctx, by, one.ID)
			}
			if err != nil {
				return 0, err
			}
			return 1, nil
		},
		"Charges": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			if _, err := made(ctx, h, c); err != nil {
				return 0, err
			}
			page, err := h.Charges(ctx, by, core.ChargeList{})
			return len(page.Items), err
		},
		"Runs": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			if _, err := h.BeginRun(ctx, core.System(h.First.ID)); err != nil {
				return 0, err
			}
			runs, err := h.Runs(ctx, by, 0, 10)
			return len(runs), err
		},
		"Run": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			id, err := h.BeginRun(ctx, core.System(h.First.ID))
			if err == nil {
				_, _, err = h.Store.Run(ctx, by, id)
			}
			if err != nil {
				return 0, err
			}
			return 1, nil
		},
		"FaultyRun": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			id, err := h.BeginRun(ctx, core.System(h.First.ID))
			if err == nil {
				_, err = h.FinishRun(ctx, core.System(h.First.ID), id, []core.CheckFault{{Reason: core.FaultNoLedger, Object: core.ChargeObject, ObjectID: 1}})
			}
			if err == nil {
				_, err = h.FaultyRun(ctx, by)
			}
			if err != nil {
				return 0, err
			}
			return 1, nil
		},
		"RunCharges": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			one, err := h.CreateCharge(ctx, h.Owner, core.NewCharge{Customer: c.ID, Amount: core.Money{Minor: 7, Currency: "EUR"}, Description: "One roll"})
			if err != nil {
				return 0, err
			}
			run, err := h.BeginRun(ctx, core.System(h.First.ID))
			if err != nil {
				return 0, err
			}
			if _, _, err := h.TakeWork(ctx, core.System(0), core.Work{Kind: core.ChargeWork, ID: one.ID, Merchant: c.Merchant}, run); err != nil {
				return 0, err
			}
			all, err := h.RunCharges(ctx, by, run, 5)
			return len(all), err
		},
		"Forecast": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			if err := h.AskForecast(ctx, h.Owner); err != nil {
				return 0, err
			}
			f, err := h.Forecast(ctx, by)
			if err != nil || !f.Waiting() {
				return 0, err
			}
			return 1, nil
		},
		"CustomerCharges": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			if _, err := made(ctx, h, c); err != nil {
				return 0, err
			}
			all, err := h.CustomerCharges(ctx, by, c.ID, 5)
			return len(all), err
		},
		"SubscriptionCharges": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			subs, err := h.CustomerSubscriptions(ctx, h.Owner, c.ID)
			if err != nil {
				return 0, err
			}
			w := billing.NewWorker(h.Store, mum{}, billing.Options{Now: h.Clock.Now})
			if err := w.Do(ctx, core.Work{Kind: core.BeginWork, ID: subs[0].ID, Merchant: c.Merchant}); err != nil {
				return 0, err
			}
			all, err := h.SubscriptionCharges(ctx, by, subs[0].ID, 5)
			return len(all), err
		},
		"PaidToDate": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			one, err := made(ctx, h, c)
			if err != nil {
				return 0, err
			}
			w := billing.NewWorker(h.Store, yes{}, billing.Options{Now: h.Clock.Now})
			if err := w.Do(ctx, core.Work{Kind: core.ChargeWork, ID: one.ID, Merchant: c.Merchant}); err != nil {
				return 0, err
			}
			sums, err := h.PaidToDate(ctx, by, c.ID)
			return len(sums), err
		},
	}
}

// mum is a processor that answers nothing.
type mum struct{ core.Processor }

func (mum) Charge(context.Context, core.ChargeOrder) (core.Outcome, error) {
	return core.Outcome{}, errors.New("silence")
}

// yes is a processor that approves.
type yes struct{ core.Processor }

func (yes) Charge(_ context.Context, o core.ChargeOrder) (core.Outcome, error) {
	return core.Outcome{Key: o.Key}, nil
}

func TestWorkIsTheSystemsOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx, by := t.Context(), h.Owner
		_, _, take := h.TakeWork(ctx, by, core.Work{}, 0)
		_, due := h.DueWork(ctx, by, 1)
		_, next := h.NextWork(ctx, by)
		_, begin := h.BeginRun(ctx, by)
		_, finish := h.FinishRun(ctx, by, 1, nil)
		_, cut := h.CutOffRuns(ctx, by)
		_, books := h.CheckBooks(ctx, by)
		_, seen := h.SeeTime(ctx, by, "")
		_, halted := h.WorkerHalted(ctx, core.Actor{})
		for i, err := range []error{
			take, due, next, begin, finish, cut, books, seen, halted, h.SettleWork(ctx, by, core.CallOrder{}, nil),
			h.RunCalls(ctx, by, 1, nil), h.Calls(ctx, by, nil),
		} {
			if !errors.Is(err, core.ErrForbidden) {
				t.Errorf("method %d: %v", i, err)
			}
		}
	})
}

func TestRunThatWasCutOffIsAddedUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx, sys := t.Context(), core.System(0)
		s := h.Subscriber(t, billing.Approves)
		run, err := h.BeginRun(ctx, sys.In(h.First.ID))
		if err != nil {
			t.Fatal(err)
		}
		o, ok, err := h.TakeWork(ctx, sys, core.Work{Kind: core.BeginWork, ID: s.ID, Merchant: h.First.ID}, run)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		sandbox := h.Sandbox(t)
		if _, err := sandbox.Charge(ctx, o.Charge); err != nil { // and then the program was killed
			t.Fatal(err)
		}
		h.Clock.Advance(time.Hour)
		w := billing.NewWorker(h.Store, sandbox, billing.Options{Now: h.Clock.Now, Simulated: true})
		if _, err := w.Pass(ctx); err != nil {
			t.Fatal(err)
		}
		got, err := h.FinishRun(ctx, sys, run, nil)
		if err != nil || got.Charged != 1 || got.Faults != 0 || got.FinishedAt.IsZero() {
			t.Errorf("%+v, %v", got, err)
		}
	})
}
