package billing_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kontor/db"
	"kontor/db/billing"
	"kontor/db/core"
)

// told are the mails about a customer, oldest first, as words: the day, the kind,
// whom it is to and what it tells.
func (c *till) told(customer int64) []string {
	c.t.Helper()
	all, err := c.Mails(c.t.Context(), c.Owner, core.MailList{Customer: customer}, 100)
	if err != nil {
		c.t.Fatal(err)
	}
	slices.Reverse(all)
	zone := c.First.Location()
	var out []string
	for _, m := range all {
		var v struct {
			core.DeclinedPayment
			Given   core.Money  `json:"given"`
			Expires core.Expiry `json:"expires"`
		}
		if err := json.Unmarshal(m.Values, &v); err != nil {
			c.t.Fatal(err)
		}
		parts := []string{m.Created.In(zone).Format("02."), string(m.Kind), strings.Join(m.Recipients(), "+"), v.Amount.String()}
		for _, fact := range []string{v.For, v.From, v.Through, v.LastFour, string(v.Reason), string(v.State)} {
			if fact != "" {
				parts = append(parts, fact)
			}
		}
		if !v.Next.IsZero() {
			parts = append(parts, "next "+v.Next.In(zone).Format("02.15h"))
		}
		if v.Last {
			parts = append(parts, "last")
		}
		if v.Given.Minor > 0 {
			parts = append(parts, "given "+v.Given.String())
		}
		if v.Expires.Year > 0 {
			parts = append(parts, "expires "+v.Expires.String())
		}
		out = append(out, strings.Join(parts, " "))
	}
	return out
}

func (c *till) wantMails(customer int64, want ...string) {
	c.t.Helper()
	got := c.told(customer)
	if !slices.Equal(got, want) {
		c.t.Errorf("mails\ngot  %s\nwant %s", strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

// sendReceipts has the plan of a subscription send receipts.
func (c *till) sendReceipts(s core.Subscription) {
	c.t.Helper()
	p, err := c.Store.Plan(c.t.Context(), c.Owner, s.Plan)
	if err != nil {
		c.t.Fatal(err)
	}
	p.SendReceipt = true
	if _, _, err := c.UpdatePlan(c.t.Context(), c.Owner, p, core.NewOnly); err != nil {
		c.t.Fatal(err)
	}
}

func (c *till) set(changes core.Changes) {
	c.t.Helper()
	m, err := c.UpdateMerchant(c.t.Context(), c.Owner, 0, changes)
	if err != nil {
		c.t.Fatal(err)
	}
	c.First = m
}

func TestReceiptsGoWhereTheyShould(t *testing.T) {
	each(t, func(c *till) {
		s := c.Subscriber(c.t, billing.Approves)
		c.pass()
		c.wantMails(s.Customer) // the plan sends none
		c.sendReceipts(s)
		if _, err := c.UpdateCustomer(c.t.Context(), c.Owner, s.Customer, 0, core.Changes{"bcc": "books@example.com, Boss@example.com"}); err != nil {
			c.t.Fatal(err)
		}
		c.until(30)
		const paid = "21. receipt %s 49.00 EUR Sonne Monthly 2026-12-21 2027-01-20 9995"
		first := c.told(s.Customer)
		if len(first) != 1 {
			c.t.Fatalf("mails %q", first)
		}
		c.want("first", strings.Replace(first[0], last4(c, s), "9995", 1), fmt.Sprintf(paid, "subscriber@example.com+books@example.com+Boss@example.com"))
		email, bcc, text := "team@example.com", "boss@example.com, subscriber@example.com", "Bread for the team"
		if _, err := c.ChangeSubscription(c.t.Context(), c.Owner, s.ID, 0, core.SubscriptionChange{Email: &email, BCC: &bcc, Description: &text}); err != nil {
			c.t.Fatal(err)
		}
		c.until(31)
		got := c.told(s.Customer)
		if len(got) != 2 {
			c.t.Fatalf("mails %q", got)
		}
		c.want("second", strings.Replace(got[1], last4(c, s), "9995", 1),
			"21. receipt team@example.com+boss@example.com+subscriber@example.com+books@example.com 49.00 EUR Bread for the team 2027-01-21 2027-02-20 9995")
		c.pass()
		c.want("after another pass", len(c.told(s.Customer)), "2")
	})
}

// last4 is how the card of a subscription ends.
func last4(c *till, s core.Subscription) string {
	c.t.Helper()
	v, err := c.Store.Subscription(c.t.Context(), c.Owner, s.ID)
	if err != nil {
		c.t.Fatal(err)
	}
	return v.LastFour
}

func TestDeclinesAreMailedFirstBeforeTheLastAndAtTheEnd(t *testing.T) {
	for rule, state := range map[core.SpentRule]core.State{
		core.SpentUnpaid: core.Unpaid, core.SpentCancel: core.Canceled, core.SpentPastDue: core.PastDue,
	} {
		t.Run(string(rule), func(t *testing.T) {
			each(t, func(c *till) {
				c.set(core.Changes{"spent_rule": string(rule)})
				s := c.Subscriber(c.t, billing.InsufficientFunds)
				c.sendReceipts(s)
				c.until(20)
				facts := "subscriber@example.com 49.00 EUR Sonne Monthly 2026-11-21 2026-12-20 " + last4(c, s) + " insufficient_funds "
				c.wantMails(s.Customer,
					"21. decline "+facts+"past_due next 22.09h",
					"26. last_try "+facts+"past_due next 28.09h last",
					"28. given_up "+facts+string(state),
				)
			})
		})
	}
}

func TestOneRetryOrNoneIsToldAtOnce(t *testing.T) {
	for days, want := range map[string][]string{
		"2": {"21. decline past_due next 23.09h last", "23. given_up unpaid"},
		"":  {"21. given_up unpaid"},
	} {
		t.Run(days, func(t *testing.T) {
			each(t, func(c *till) {
				c.set(core.Changes{"retry_days": days})
				s := c.Subscriber(c.t, billing.InsufficientFunds)
				c.until(10)
				facts := "subscriber@example.com 49.00 EUR Sonne Monthly 2026-11-21 2026-12-20 " + last4(c, s) + " insufficient_funds "
				var got []string
				for _, m := range c.told(s.Customer) {
					got = append(got, strings.Replace(m, facts, "", 1))
				}
				c.want("mails", got, fmt.Sprint(want))
			})
		})
	}
}

func TestHardDeclineAsksForAnotherCard(t *testing.T) {
	each(t, func(c *till) {
		s := c.Subscriber(c.t, billing.StolenCard)
		c.until(20)
		facts := "subscriber@example.com 49.00 EUR Sonne Monthly 2026-11-21 2026-12-20 " + last4(c, s) + " stolen_card "
		c.wantMails(s.Customer, "21. card_wanted "+facts+"past_due next 28.09h", "28. given_up "+facts+"unpaid")
		all, err := c.SubscriptionCharges(c.t.Context(), c.Owner, s.ID, 1)
		if err != nil {
			c.t.Fatal(err)
		}
		if _, err := c.RetryCharge(c.t.Context(), c.Owner, all[0].ID, 0, 0); err != nil {
			c.t.Fatal(err)
		}
		c.pass()
		c.want("once somebody tried it by hand", len(c.told(s.Customer)), "2")
	})
}

func TestDeclinesOfWhoIsDeletedAreNotMailed(t *testing.T) {
	each(t, func(c *till) {
		s := c.Subscriber(c.t, billing.InsufficientFunds)
		c.pass()
		if err := c.DeleteCustomer(c.t.Context(), c.Owner, s.Customer, 0, ""); err != nil {
			c.t.Fatal(err)
		}
		c.until(20)
		c.want("mails", len(c.told(s.Customer)), "1")
	})
}

func TestRefundIsMailedWhereReceiptsAre(t *testing.T) {
	each(t, func(c *till) {
		s := c.Subscriber(c.t, billing.Approves)
		c.sendReceipts(s)
		c.pass()
		all, err := c.SubscriptionCharges(c.t.Context(), c.Owner, s.ID, 1)
		if err != nil {
			c.t.Fatal(err)
		}
		_, err = c.CreateRefund(c.t.Context(), c.Owner, 0, core.NewRefund{Charge: all[0].ID, Amount: core.Money{Minor: 900, Currency: "EUR"}, Note: "stale"})
		if err != nil {
			c.t.Fatal(err)
		}
		c.pass()
		facts := "subscriber@example.com 49.00 EUR Sonne Monthly 2026-11-21 2026-12-20 " + last4(c, s)
		c.wantMails(s.Customer, "21. receipt "+facts, "21. refund "+facts+" given 9.00 EUR")
	})
}

func TestExpiryIsMailedOnceForEachCardAndCharge(t *testing.T) {
	each(t, func(c *till) {
		s := c.Subscriber(c.t, billing.Approves)
		later := c.Subscriber(c.t, billing.Approves)
		c.Exec(c.t, fmt.Sprintf("UPDATE cards SET expires = '2026-11' WHERE customer_id = %d", s.Customer))
		c.Exec(c.t, fmt.Sprintf("UPDATE cards SET expires = '2026-12' WHERE customer_id = %d", later.Customer))
		c.pass()
		c.wantMails(s.Customer) // a month ahead
		c.Clock.Advance(20 * 24 * time.Hour)
		c.pass()
		want := "11. expiring_card subscriber@example.com 49.00 EUR Sonne Monthly " + last4(c, s) + " next 21.09h expires 11/26"
		c.wantMails(s.Customer, want)
		c.wantMails(later.Customer) // good until after it
		again := c.another()
		if _, err := again.Pass(c.t.Context()); err != nil {
			c.t.Fatal(err)
		}
		c.Clock.Advance(2 * time.Hour)
		c.pass()
		c.wantMails(s.Customer, want)
		fresh := c.ScriptCard(c.t, core.Customer{ID: s.Customer, Merchant: c.First.ID}, billing.Approves)
		if _, err := c.ChangeSubscription(c.t.Context(), c.Owner, s.ID, 0, core.SubscriptionChange{Card: &fresh.ID}); err != nil {
			c.t.Fatal(err)
		}
		c.Clock.Advance(2 * time.Hour)
		c.pass()
		c.wantMails(s.Customer, want)
	})
}

func TestFailedReceiptIsMendedAndSentAgain(t *testing.T) {
	each(t, func(c *till) {
		c.SendsMail = true
		c.Reopen(c.t)
		c.worker = c.another()
		s := c.Subscriber(c.t, billing.Approves)
		c.sendReceipts(s)
		c.Exec(c.t, fmt.Sprintf("UPDATE customers SET email = 'nowhere' WHERE id = %d", s.Customer))
		c.pass()
		q, err := c.LeftToPeople(c.t.Context(), c.Owner, 10)
		if err != nil || len(q.Mails) != 1 || q.Len() != 1 || q.Mails[0].Trouble != core.MailBadAddress {
			c.t.Fatalf("queue %+v, %v", q, err)
		}
		if n, err := c.CountLeftToPeople(c.t.Context(), c.Owner, 10); err != nil || n != 1 {
			c.t.Errorf("%d are counted, %v", n, err)
		}
		if _, err := c.ResendMail(c.t.Context(), c.Owner, q.Mails[0].ID); err != core.ErrConflict {
			c.t.Errorf("sent to nowhere: %v", err)
		}
		if _, err := c.UpdateCustomer(c.t.Context(), c.Owner, s.Customer, 0, core.Changes{"email": "ana@example.com"}); err != nil {
			c.t.Fatal(err)
		}
		m, err := c.ResendMail(c.t.Context(), c.Owner, q.Mails[0].ID)
		if err != nil || m.To != "ana@example.com" || m.State != core.MailQueued {
			c.t.Errorf("%+v, %v", m, err)
		}
		if q, err := c.LeftToPeople(c.t.Context(), c.Owner, 10); err != nil || q.Len() != 0 {
			c.t.Errorf("queue %+v, %v", q, err)
		}
	})
}

func TestNobodyIsWrittenToWhileHistoryIsWritten(t *testing.T) {
	each(t, func(c *till) {
		s := c.Subscriber(c.t, billing.Approves)
		c.sendReceipts(s)
		system := core.System(0)
		o, ok, err := c.TakeWork(c.t.Context(), system, core.Work{Kind: core.BeginWork, ID: s.ID, Merchant: s.Merchant}, 0)
		if err != nil || !ok {
			c.t.Fatal(ok, err)
		}
		err = c.WriteHistory(c.t.Context(), system, func(h *db.History) error {
			h.At(c.Clock.Now())
			return h.SettleWork(c.t.Context(), system, o, &core.Outcome{Key: o.Key(), At: c.Clock.Now()})
		})
		if err != nil {
			c.t.Fatal(err)
		}
		c.want("paid in history", c.subscription(s.ID).Cycles.Completed, "1")
		c.wantMails(s.Customer)
	})
}

func TestNobodyIsWrittenToFromScratchBooks(t *testing.T) {
	each(t, func(c *till) {
		s := c.Subscriber(c.t, billing.InsufficientFunds)
		scratch, err := db.Open(c.t.Context(), filepath.Join(c.t.TempDir(), "books.db"), db.Options{Now: c.Clock.Now, Scratch: true})
		if err != nil {
			c.t.Fatal(err)
		}
		defer scratch.Close()
		if err := c.CopyBooks(c.t.Context(), c.Owner, scratch); err != nil {
			c.t.Fatal(err)
		}
		w := billing.NewWorker(scratch, c.sandbox, billing.Options{Now: c.Clock.Now, Parallel: 1, Simulated: true})
		if err := w.Simulate(c.t.Context(), c.Clock.Now().Add(20*24*time.Hour), c.Clock.AdvanceTo, nil); err != nil {
			c.t.Fatal(err)
		}
		end, err := scratch.Subscription(c.t.Context(), c.Owner, s.ID)
		if err != nil || end.State != core.Unpaid {
			c.t.Errorf("%+v, %v", end, err)
		}
		if all, err := scratch.Mails(c.t.Context(), c.Owner, core.MailList{}, 1); err != nil || len(all) > 0 {
			c.t.Errorf("%+v, %v", all, err)
		}
	})
}
