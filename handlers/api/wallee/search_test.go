package wallee_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"testing"
	"time"

	"kontor/db/core"
	"kontor/db/dbtest"
	"kontor/handlers/api/apitest"
)

// shown is what a list or search answers of one field, by ID; "" for null.
func shown(t *testing.T, w *apitest.World, path, field string) map[int64]string {
	t.Helper()
	out := face.Call(w, "shop", "GET", "/api/v2.0"+path, "")
	var page struct {
		Data    []map[string]any
		HasMore bool
	}
	if err := json.Unmarshal(out.Body.Bytes(), &page); err != nil || out.Code != 200 || page.HasMore {
		t.Fatalf("%s: %d %.300s", path, out.Code, out.Body)
	}
	all := map[int64]string{}
	for _, o := range page.Data {
		text, _ := o[field].(string)
		all[int64(o["id"].(float64))] = text
	}
	return all
}

// Who reads a time in an answer finds by it what has it, what has less and what
// has more, and by none what has null.
func TestSearchesCompareTheTimesThatAreShown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		w := face.World(t, h)
		ctx, plan := t.Context(), w.Plan(t, "Brot", 900)
		start := func(in time.Duration) core.Subscription {
			c := w.Customer(t, "name", "Subscriber")
			s, err := w.StartSubscription(ctx, w.Owner, core.NewSubscription{Customer: c.ID, Plan: plan.ID, Card: w.Card(t, c.ID, dbtest.VisaNumber).ID, Start: w.Clock.Now().Add(in)})
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		start(24 * time.Hour)
		if _, err := w.PauseSubscription(ctx, w.Owner, start(48*time.Hour).ID, 0, time.Time{}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.CancelSubscription(ctx, w.Owner, start(72*time.Hour).ID, 0, core.AtOnce); err != nil {
			t.Fatal(err)
		}
		for _, month := range []string{"2026-01", "2027-12", "2028-01"} {
			w.CardRow(t, w.Customer(t, "name", "Holder"), core.Visa, "1111", month)
		}
		for _, of := range []struct{ path, field string }{
			{"/subscriptions", "activatedOn"},
			{"/subscriptions", "terminatedOn"},
			{"/subscriptions", "createdOn"},
			{"/payment/token-versions", "expiresOn"},
			{"/payment/token-versions", "createdOn"},
		} {
			all := shown(t, w, of.path+"?limit=100", of.field)
			find := func(op, value string, fits func(shown string) bool) {
				var want, got []int64
				for id, text := range all {
					if fits(text) {
						want = append(want, id)
					}
				}
				for id := range shown(t, w, of.path+"/search?limit=100&query="+url.QueryEscape(of.field+op+value), of.field) {
					got = append(got, id)
				}
				slices.Sort(want)
				if slices.Sort(got); !slices.Equal(got, want) {
					t.Errorf("%s %s%s%s finds %d of %d, want %d", of.path, of.field, op, value, len(got), len(all), len(want))
				}
			}
			find(":*", "", func(shown string) bool { return shown == "" })
			for _, v := range all {
				if v == "" {
					continue
				}
				find(":", v, func(shown string) bool { return shown == v })
				find(":<", v, func(shown string) bool { return shown != "" && shown < v })
				find(":<=", v, func(shown string) bool { return shown != "" && shown <= v })
				find(":>", v, func(shown string) bool { return shown > v })
				find(":>=", v, func(shown string) bool { return shown >= v })
				find(":", v[:10], func(shown string) bool { return shown != "" && shown[:10] == v[:10] })
				find(":<", v[:10], func(shown string) bool { return shown != "" && shown < v[:10] })
			}
		}
	})
}
