package db_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// Whatever way a search takes, it finds what it asks for and nothing else, once
// each, newest first, on pages that lead forth and back.
func TestPaymentsAreFoundOnEveryWay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		amara, bob := h.Customer(t, "name", "Amara Okafor"), h.Customer(t, "name", "Bob Sonne")
		plan := h.Plan(t, "Sonne Monthly", 4900)
		sub := h.Subscription(t, amara, plan)
		now := h.Clock.Now()
		states := []core.ChargeState{core.ChargePaid, core.ChargeDeclined, core.ChargeRetrying, core.ChargePaid, core.ChargeChecking}
		amounts := []core.Money{{Minor: 4900, Currency: "EUR"}, {Minor: 49, Currency: "JPY"}, {Minor: 49000, Currency: "KWD"}, {Minor: 4900, Currency: "JPY"}}
		var all []int64 // newest first
		add := func(c core.Customer, state core.ChargeState, amount core.Money, due time.Time) int64 {
			h.Clock.Advance(time.Second)
			h.ChargeRow(t, c, state, amount, due)
			id := int64(h.Count(t, "SELECT MAX(id) FROM charges"))
			all = slices.Insert(all, 0, id)
			return id
		}
		want := map[string][]int64{}
		finds := func(id int64, queries ...string) {
			for _, q := range queries {
				want[q] = slices.Insert(want[q], 0, id)
			}
		}
		for i := range 60 {
			c := []core.Customer{amara, bob, bob}[i%3]
			state, amount, ago := states[i%len(states)], amounts[i%len(amounts)], i%4*40
			due := now.Add(-time.Duration(ago) * 24 * time.Hour)
			id := add(c, state, amount, due)
			finds(id, "", "customer:"+strconv.FormatInt(c.ID, 10), "status:"+map[core.ChargeState]string{
				core.ChargePaid: "paid", core.ChargeDeclined: "declined", core.ChargeRetrying: "declined", core.ChargeChecking: "checking",
			}[state], map[bool]string{true: "amount:49", false: "amount:4900"}[i%4 != 3], "date:"+due.UTC().Format(time.DateOnly))
			if amount.Currency == "EUR" && i%5 == 0 {
				h.Exec(t, fmt.Sprintf(`UPDATE charges SET refunded = 100 WHERE id = %d`, id))
				finds(id, "status:refunded", "amount:49 status:refunded")
			}
			if i%6 == 0 {
				h.Exec(t, fmt.Sprintf(`UPDATE charges SET card_id = %d, plan_id = %d WHERE id = %d`, sub.Card, plan.ID, id))
				finds(id, "card:4242", "plan:~sonne")
			}
			if i%6 == 0 || c.ID == bob.ID { // of the plan, or of the name
				finds(id, "sonne")
			}
			if c.ID == amara.ID && state == core.ChargePaid {
				finds(id, "okafor status:paid")
			}
			if ago >= 80 {
				finds(id, "date:<"+now.Add(-70*24*time.Hour).UTC().Format(time.DateOnly))
			} else {
				finds(id, "date:>"+now.Add(-70*24*time.Hour).UTC().Format(time.DateOnly))
			}
			if ago == 0 {
				finds(id, "date:>"+now.Add(-20*24*time.Hour).UTC().Format(time.DateOnly))
			}
		}
		want["status:waived"], want["amount:1.234"], want["card:9999"] = nil, nil, nil
		want[strconv.FormatInt(all[7], 10)] = all[7:8]
		for text, ids := range want {
			q, err := core.ParseQuery(text, core.ChargeFields, time.UTC)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			for _, limit := range []int{1000, 25} {
				var got []int64
				l := core.ChargeList{Query: q, Limit: limit}
				for {
					page, err := h.Charges(t.Context(), h.Owner, l)
					if err != nil {
						t.Fatalf("%s: %v", text, err)
					}
					if page.Count != len(ids) {
						t.Errorf("%s counts %d, want %d", text, page.Count, len(ids))
					}
					got = append(got, chargeIDs(page)...)
					if page.Prev.ID != 0 {
						back, err := h.Charges(t.Context(), h.Owner, core.ChargeList{Query: q, Limit: limit, Before: page.Prev})
						if err != nil || !slices.Equal(chargeIDs(back), got[len(got)-len(page.Items)-limit:len(got)-len(page.Items)]) {
							t.Errorf("%s: the page before is %v (%v)", text, chargeIDs(back), err)
						}
					}
					if l.After = page.Next; l.After.ID == 0 {
						break
					}
				}
				if !slices.Equal(got, ids) {
					t.Errorf("%s, %d to a page: %d found, want %d: %v, want %v", text, limit, len(got), len(ids), got, ids)
				}
			}
		}
	})
}

func chargeIDs(p core.Page[core.ChargeLine]) []int64 {
	ids := make([]int64, len(p.Items))
	for i, c := range p.Items {
		ids[i] = c.ID
	}
	return ids
}
