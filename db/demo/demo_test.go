package demo_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kontor/db/core"
	"kontor/db/dbtest"
	"kontor/db/demo"
)

var now = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

func fill(t testing.TB, h *dbtest.House, o demo.Options) {
	t.Helper()
	if o.Now.IsZero() {
		o.Now = now
	}
	if err := demo.Fill(t.Context(), h.Store, o); err != nil {
		t.Fatal(err)
	}
}

// customers are all of the merchant's, the deleted too.
func customers(t testing.TB, h *dbtest.House, merchant int64) []core.Customer {
	t.Helper()
	var all []core.Customer
	for _, deleted := range []bool{false, true} {
		l := core.List{Deleted: deleted, Limit: 100}
		for {
			page, err := h.Customers(t.Context(), core.System(merchant), l)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range page.Items {
				c, err := h.Store.Customer(t.Context(), core.System(merchant), s.ID)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, c)
			}
			if page.Next.ID == 0 {
				break
			}
			l.After = page.Next
		}
	}
	return all
}

func merchants(t testing.TB, h *dbtest.House) []core.Merchant {
	t.Helper()
	all, err := h.Merchants(t.Context(), core.System(0), "", 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestSameSeedGivesSameRows(t *testing.T) {
	dbtest.EachEmpty(t, func(t *testing.T, h *dbtest.House) {
		other := dbtest.EmptySQLite(t)
		if h.Postgres {
			other = dbtest.EmptyPostgres(t)
		}
		fill(t, h, demo.Options{Customers: 300, Seed: 7})
		other.Clock.Advance(time.Hour) // the time is the options'
		fill(t, other, demo.Options{Customers: 300, Seed: 7})
		for _, table := range dbtest.Tables {
			if diff := cmp.Diff(h.Rows(t, table.Name, table.Key), other.Rows(t, table.Name, table.Key)); diff != "" {
				t.Errorf("%s: %s", table.Name, diff)
			}
		}
		if h.Postgres {
			lite := dbtest.EmptySQLite(t)
			fill(t, lite, demo.Options{Customers: 300, Seed: 7})
			for _, table := range dbtest.Tables {
				if diff := cmp.Diff(h.Rows(t, table.Name, table.Key), lite.Rows(t, table.Name, table.Key)); diff != "" {
					t.Errorf("%s of both engines: %s", table.Name, diff)
				}
			}
		}
		third := dbtest.EmptySQLite(t)
		fill(t, third, demo.Options{Customers: 300, Seed: 8})
		if got, want := digest(t, third), digest(t, h); got == want {
			t.Error("another seed gives the same people")
		}
	})
}

// digest sums up the customers' rows.
func digest(t testing.TB, h *dbtest.House) string {
	sum := sha256.New()
	h.EachRow(t, "customers", "id", func(row string) { fmt.Fprintln(sum, row) })
	return fmt.Sprintf("%x", sum.Sum(nil))
}

func TestMerchantsAreOfUnequalSize(t *testing.T) {
	dbtest.EachEmpty(t, func(t *testing.T, h *dbtest.House) {
		last := 0
		fill(t, h, demo.Options{Customers: 500, Progress: func(done, total int) { last = done * 1000 / total }})
		if last != 1000 {
			t.Errorf("progress ends at %d of 1000", last)
		}
		var sizes []int
		total := 0
		for _, m := range merchants(t, h) {
			sizes = append(sizes, len(customers(t, h, m.ID)))
			total += sizes[len(sizes)-1]
		}
		if total != 500 || len(sizes) != 7 || sizes[0] < 290 || sizes[5] > 9 || sizes[6] != 0 || !slices.IsSortedFunc(sizes, func(a, b int) int { return b - a }) {
			t.Errorf("sizes %v, together %d", sizes, total)
		}
		if m := merchants(t, h)[0]; m.ID != 1 || m.Name != "Bäckerei Sonne" {
			t.Errorf("merchant 1 is %+v", m)
		}
		for email, role := range map[string]core.Role{demo.AdminEmail: core.Admin, demo.OwnerEmail: core.Owner} {
			if u, err := h.UserByEmail(t.Context(), email); err != nil || u.Role != role || !u.Active {
				t.Errorf("%s: %+v, %v", email, u, err)
			}
		}
	})
}

func TestOneMerchantHasNearlyAll(t *testing.T) {
	for _, n := range []int{10_000, 200_000, 1_000_000} {
		sizes, payers := demo.Sizes(n)
		if sizes[0] < n/2 || (n == 1_000_000 && sizes[0] < n*95/100) || sizes[2] != 1000 {
			t.Errorf("of %d customers the merchants have %v", n, sizes)
		}
		if payers > 200_001 || payers < float64(min(sizes[0], 199_999)) {
			t.Errorf("of %d customers %v pay", sizes[0], payers)
		}
	}
}

func TestFillLeavesOtherDataAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		err := demo.Fill(t.Context(), h.Store, demo.Options{Customers: 10, Now: now})
		if !errors.Is(err, demo.ErrNotEmpty) {
			t.Error(err)
		}
	})
}

func TestAnyNumberOfCustomers(t *testing.T) {
	for _, n := range []int{0, 1, 19, 81} {
		h := dbtest.EmptySQLite(t)
		fill(t, h, demo.Options{Customers: n})
		total := 0
		for _, m := range merchants(t, h) {
			total += len(customers(t, h, m.ID))
		}
		if total != n {
			t.Errorf("%d customers, want %d", total, n)
		}
	}
}

func TestCustomersKeepTheRules(t *testing.T) {
	dbtest.EachEmpty(t, func(t *testing.T, h *dbtest.House) {
		fill(t, h, demo.Options{Customers: 600})
		phones, valid, withShipping, withMeta, noEmail, companies, deleted, duplicates, edited := 0, 0, 0, 0, 0, 0, 0, 0, 0
		sources := map[core.Source]int{}
		quarters := make([]int, 4)
		for _, m := range merchants(t, h) {
			by := core.System(m.ID)
			references := map[string]bool{}
			for _, c := range customers(t, h, m.ID) {
				if !c.CreatedAt.Equal(core.IDTime(c.ID)) || c.CreatedAt.After(now) || c.UpdatedAt.After(now) || c.UpdatedAt.Before(c.CreatedAt) {
					t.Errorf("%d: created %s, updated %s, ID of %s", c.ID, c.CreatedAt, c.UpdatedAt, core.IDTime(c.ID))
				}
				line, err := h.CustomerEvents(t.Context(), by, c.ID, 0, 100)
				if err != nil {
					t.Fatal(err)
				}
				first := line.Events[len(line.Events)-1]
				if first.Action != core.CustomerCreated || !first.At.Equal(c.CreatedAt) || first.Actor.Name == "" {
					t.Errorf("%d begins with %+v", c.ID, first)
				}
				if slices.ContainsFunc(line.Events, func(e core.Event) bool { return e.Action == core.CustomerUpdated }) {
					edited++
				}
				if c.Living() && c.Reference != "" {
					if references[c.Reference] {
						t.Errorf("reference %s twice", c.Reference)
					}
					references[c.Reference] = true
				}
				if core.HasCardNumber(c.PhoneE164) {
					t.Errorf("%s looks like a card", c.PhoneE164)
				}
				for name, text := range c.Fields() {
					if core.HasCardNumber(text) || core.HasCardNumber(core.Digits(text)) {
						t.Errorf("%s %q looks like a card", name, text)
					}
				}
				if c.Email != "" && !reserved(c.Email) {
					t.Errorf("e-mail %s", c.Email)
				}
				if c.Phone != "" {
					country := m.Country
					if a, ok := c.Billing(); ok && a.Country != "" {
						country = a.Country
					}
					phones++
					if core.PlausiblePhone(c.Phone, country) {
						valid++
					}
				}
				defaults := map[core.AddressType]int{}
				for _, a := range c.Addresses {
					if a.Default {
						defaults[a.Type]++
					}
				}
				if defaults[core.Billing] > 1 || defaults[core.Shipping] > 1 || defaults[core.Both] > 1 || (len(c.Addresses) > 0 && len(defaults) == 0) {
					t.Errorf("%d has defaults %v of %d addresses", c.ID, defaults, len(c.Addresses))
				}
				same, err := h.LikelyDuplicates(t.Context(), by, c)
				if err != nil {
					t.Fatal(err)
				}
				sources[c.Source]++
				quarters[min(3, int(c.CreatedAt.Sub(now.AddDate(-2, 0, 0))*4/now.Sub(now.AddDate(-2, 0, 0))))]++
				count(&withShipping, len(c.Addresses) > 1)
				count(&withMeta, len(c.Metadata) > 0)
				count(&noEmail, c.Email == "")
				count(&companies, c.Company != "")
				count(&deleted, !c.Living() && c.DeletedAt.After(now.AddDate(0, 0, -30)))
				count(&duplicates, len(same) > 0)
			}
		}
		if valid*100 < phones*98 {
			t.Errorf("%d of %d phone numbers are valid", valid, phones)
		}
		if !slices.IsSorted(quarters) {
			t.Errorf("customers by half-year: %v", quarters)
		}
		for what, n := range map[string]int{
			"several addresses": withShipping, "metadata": withMeta, "no e-mail": noEmail, "company": companies,
			"deleted": deleted, "likely duplicates": duplicates, "a later event": edited,
		} {
			if n == 0 || n > 500 {
				t.Errorf("%s: %d of 600", what, n)
			}
		}
		for _, s := range []core.Source{core.FromPage, core.FromImport, core.FromWallee, core.FromMonri, core.FromPayfirma, core.FromAcquired} {
			if sources[s] == 0 {
				t.Errorf("none came from %s: %v", s, sources)
			}
		}
	})
}

func count(n *int, ok bool) {
	if ok {
		*n++
	}
}

// reserved reports whether an address is of a domain that RFC 2606 keeps.
func reserved(email string) bool {
	_, host, _ := strings.Cut(email, "@")
	return strings.HasSuffix(host, ".example") || host == "example.com" || host == "example.org" || host == "example.net"
}

func TestGuestsAreFound(t *testing.T) {
	dbtest.EachEmpty(t, func(t *testing.T, h *dbtest.House) {
		fill(t, h, demo.Options{Customers: 400})
		by := core.System(1)
		for _, ask := range []string{"edward johnson", "reference:customer_number_00001", "okafor amara sarajevo", "reference:cust-10482", `company:"Northwind Traders"`} {
			q, err := core.ParseQuery(ask, core.CustomerFields, nil)
			if err != nil {
				t.Fatal(err)
			}
			if page, err := h.Customers(t.Context(), by, core.List{Query: q}); err != nil || len(page.Items) != 1 {
				t.Errorf("%s finds %d, %v", ask, len(page.Items), err)
			}
		}
		matches, err := h.Find(t.Context(), by, "edward.johnson@example.com")
		if err != nil || len(matches) != 1 {
			t.Fatalf("%v, %v", matches, err)
		}
		c, err := h.Store.Customer(t.Context(), by, matches[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		line, err := h.CustomerEvents(t.Context(), by, c.ID, 0, 10)
		if a, _ := c.Billing(); err != nil || a.Street != "156 Aldgate Drive" || len(line.Events) != 6 || !c.ShippingIsBilling() {
			t.Errorf("%+v with %d events, %v", c, len(line.Events), err)
		}
		subs, err := h.CustomerSubscriptions(t.Context(), by, c.ID)
		if err != nil || len(subs) != 1 || subs[0].PlanName != "Sonne Monthly" || subs[0].State != core.Active || subs[0].Cycles != (core.Cycles{Total: 12, Completed: 3}) {
			t.Errorf("subscribes %+v, %v", subs, err)
		}
		charges, err := h.CustomerCharges(t.Context(), by, c.ID, 10)
		var got []string
		for _, h := range charges {
			got = append(got, fmt.Sprintf("%d %s %s in %d, back %d", h.Cycle, h.State, h.Amount, h.Tries, h.Refunded))
		}
		if diff := cmp.Diff(got, []string{"3 paid 49.00 EUR in 1, back 0", "2 paid 49.00 EUR in 2, back 0", "1 paid 49.00 EUR in 1, back 1000"}); err != nil || diff != "" {
			t.Errorf("%s, %v", diff, err)
		}
	})
}

// BenchmarkFill makes a whole demo; one op is one customer.
func BenchmarkFill(b *testing.B) {
	for _, engine := range []struct {
		name string
		open func(testing.TB) *dbtest.House
	}{{"sqlite", dbtest.EmptySQLite}, {"postgres", dbtest.EmptyPostgres}} {
		b.Run(engine.name, func(b *testing.B) {
			h := engine.open(b)
			b.ReportAllocs()
			b.ResetTimer()
			fill(b, h, demo.Options{Customers: b.N})
		})
	}
}

func TestCustomersPayInManyWays(t *testing.T) {
	dbtest.EachEmpty(t, func(t *testing.T, h *dbtest.House) {
		fill(t, h, demo.Options{Customers: 1500, Seed: 3})
		for what, query := range map[string]string{
			"cards":          "cards",
			"second cards":   "cards WHERE is_default = 0",
			"other brands":   "cards WHERE brand NOT IN ('visa', 'mastercard')",
			"expired":        "cards WHERE expires < '2026-11'",
			"expiring":       "cards WHERE expires IN ('2026-11', '2026-12')",
			"direct debits":  "channels WHERE name = 'sepa' AND mandate <> ''",
			"other channels": "channels WHERE name <> 'sepa'",
		} {
			n := h.Count(t, "SELECT COUNT(*) FROM "+query)
			if n == 0 || (what != "cards" && n > 400) {
				t.Errorf("%s: %d", what, n)
			}
		}
		if n := h.Count(t, "SELECT COUNT(*) FROM (SELECT customer_id FROM cards GROUP BY customer_id HAVING SUM(is_default) <> 1) AS wrong"); n != 0 {
			t.Errorf("%d customers have cards and not one default", n)
		}
	})
}

func TestThereAreSubscriptionsInEveryState(t *testing.T) {
	h := dbtest.EmptySQLite(t)
	fill(t, h, demo.Options{Customers: 600, Seed: 1})
	by := core.System(1)
	found := map[core.State]int{}
	l := core.SubscriptionList{Limit: 100}
	for {
		page, err := h.Subscriptions(t.Context(), by, l)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range page.Items {
			found[s.State]++
			if s.Due(now.Add(-time.Hour)) || s.StartedAt.IsZero() || s.Cycles.Endless() && s.State == core.Completed {
				t.Errorf("%+v", s.Subscription)
			}
		}
		if page.Next.ID == 0 {
			break
		}
		l.After = page.Next
	}
	if n := h.Count(t, `SELECT COUNT(*) FROM charges WHERE due_at < `+fmt.Sprint(now.AddDate(-1, -6, 0).UnixMilli())); n == 0 {
		t.Error("no charge is older than one year and a half")
	}
	if n := h.Count(t, `SELECT COUNT(*) FROM subscriptions s WHERE s.last_run > 0 AND NOT EXISTS (SELECT 1 FROM charges h WHERE h.subscription_id = s.id)`); n != 0 {
		t.Errorf("%d have run and have no charge", n)
	}
	if faults, err := h.CheckBooks(t.Context(), core.System(0)); err != nil || len(faults) > 0 {
		t.Errorf("the books: %v, %v", faults, err)
	}
	for _, state := range core.States {
		if found[state] == 0 {
			t.Errorf("none is %s: %v", state, found)
		}
	}
}
