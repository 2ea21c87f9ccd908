package payfirma_test

import (
	"context"
	"sync"
	"testing"

	"kontor/db"
	"kontor/db/core"
	"kontor/db/dbtest"
	"kontor/handlers/api"
	"kontor/handlers/api/apitest"
	"kontor/handlers/api/payfirma"
)

var face = apitest.Face{
	New:  func(s *db.Store) *api.Face { return payfirma.Face(s) },
	Sign: apitest.Bearer,
	Setup: func(t testing.TB, w *apitest.World) {
		other := w.Customer(t, "name", "Somebody Else", "email", "else@example.com")
		w.Set("elses_card", core.LookupID(w.Card(t, other.ID, dbtest.MastercardNumber).ID))
		w.Set("declined", dbtest.RefusedNumber)
	},
	IDs: map[string]apitest.ID{
		"customer": apitest.CustomerLookup,
		"card": func(t testing.TB, w *apitest.World) (own, theirs, nobodys string) {
			return names(records(t, w), "card")
		},
		"plan": func(t testing.TB, w *apitest.World) (own, theirs, nobodys string) {
			return names(records(t, w), "plan")
		},
		"subscription": func(t testing.TB, w *apitest.World) (own, theirs, nobodys string) {
			return names(records(t, w), "subscription")
		},
	},
	Bodies: map[string]string{
		"POST /customer-service/customer/subscription":                            `{"plan_lookup_id": "{{plan}}", "card_lookup_id": "{{card}}", "start_date": 1798884000000}`,
		"POST /customer-service/customer/{customer}/subscription":                 `{"plan_lookup_id": "{{plan}}", "card_lookup_id": "{{card}}", "start_date": 1798884000000}`,
		"PATCH /customer-service/customer/{customer}/subscription/{subscription}": `{"card_lookup_id": "{{card}}"}`,
	},
}

// records are the IDs of a card, a plan and a subscription of each merchant,
// made once.
func records(t testing.TB, w *apitest.World) (of [2]map[string]int64) {
	t.Helper()
	ctx := context.Background()
	customer, theirs, _ := apitest.CustomerLookup(t, w)
	for i, lookup := range []string{customer, theirs} {
		by := w.Actor([]string{"shop", "other"}[i])
		id, _ := core.IDFromLookup(lookup)
		k, _, err := w.AddCard(ctx, by, id, w.NewCard(t, dbtest.VisaNumber)) // the same again is the same card
		if err != nil {
			t.Fatal(err)
		}
		p, err := w.PlanByName(ctx, by, "Made before")
		if err != nil {
			p, err = w.CreatePlan(ctx, by, core.Plan{Name: "Made before", Amount: core.Money{Minor: 1000, Currency: "EUR"}, Every: core.EveryMonth})
		}
		if err != nil {
			t.Fatal(err)
		}
		s, err := w.StartSubscription(ctx, by, core.NewSubscription{Customer: id, Plan: p.ID, Card: k.ID, Key: "made-before"})
		if err != nil {
			t.Fatal(err)
		}
		of[i] = map[string]int64{"card": k.ID, "plan": p.ID, "subscription": s.ID}
	}
	return of
}

func names(of [2]map[string]int64, what string) (own, theirs, nobodys string) {
	return core.LookupID(of[0][what]), core.LookupID(of[1][what]), core.LookupID(of[1][what] + 1)
}

func TestTranscripts(t *testing.T) { face.Transcripts(t) }

func TestStrangers(t *testing.T) { face.Strangers(t) }

func FuzzCalls(f *testing.F) { face.Fuzz(f) }

// The document has no versions, so that nobody can be told that another came
// first: what each sends is changed.
func TestManyWhoChangeOneSubscriptionAreAllHeard(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		w := face.World(t, h)
		of := records(t, w)[0]
		s, err := w.Store.Subscription(t.Context(), w.Owner, of["subscription"])
		if err != nil {
			t.Fatal(err)
		}
		path := "/customer-service/customer/" + core.LookupID(s.Customer) + "/subscription/" + core.LookupID(s.ID)
		plan := "/plan-service/plan/" + core.LookupID(s.Plan)
		var all sync.WaitGroup
		for range 3 {
			for at, bodies := range map[string][]string{
				path: {`{"amount": 7.5}`, `{"description": "Bread"}`, `{"email": "bread@example.com"}`, `{"status": "PAUSED"}`},
				plan: {`{"amount": 12}`, `{"send_receipt": true}`, `{"number_of_payments": 5}`},
			} {
				for _, body := range bodies {
					all.Go(func() {
						if out := face.Call(w, "shop", "PATCH", at, body); out.Code != 200 {
							t.Errorf("%s: %d %s", body, out.Code, out.Body)
						}
					})
				}
			}
		}
		all.Wait()
		now, err := w.Store.Subscription(t.Context(), w.Owner, s.ID)
		if err != nil || now.Amount.Minor != 750 || now.Description != "Bread" || now.Email != "bread@example.com" || now.State != core.Paused {
			t.Errorf("%+v, %v", now, err)
		}
		p, err := w.Store.Plan(t.Context(), w.Owner, s.Plan)
		if err != nil || p.Amount.Minor != 1200 || !p.SendReceipt || p.Payments != 5 {
			t.Errorf("%+v, %v", p, err)
		}
	})
}
