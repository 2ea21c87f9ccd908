package db_test

import (
	"context"
	"maps"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// reads are the methods that only read, each asked for the first merchant's
// customer; what they return for it must not be there for another merchant.
func reads() map[string]func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (n int, err error) {
	one := func(_ any, err error) (int, error) {
		if err != nil {
			return 0, err
		}
		return 1, nil
	}
	all := subscriptionReads()
	maps.Copy(all, cardReads())
	maps.Copy(all, enrolmentReads())
	maps.Copy(all, tokenReads())
	maps.Copy(all, chargeReads())
	maps.Copy(all, overviewReads())
	maps.Copy(all, map[string]func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error){
		"Customer": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			return one(h.Store.Customer(ctx, by, c.ID))
		},
		"CompareCustomers": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			other, err := h.CreateCustomer(ctx, h.Owner, core.FromPage, core.Changes{"name": "Another"})
			if err != nil {
				return 0, err
			}
			return one(h.CompareCustomers(ctx, by, c.ID, other.ID))
		},
		"CustomerAt": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			then, _, err := h.CustomerAt(ctx, by, c.ID, 1)
			return one(then, err)
		},
		"Activity": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			page, err := h.Activity(ctx, by, core.ActivityList{Merchant: h.First.ID})
			n := 0
			for _, e := range page.Events {
				if e.Customer == c.ID {
					n++
				}
			}
			return n, err
		},
		"Customers": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			page, err := h.Customers(ctx, by, core.List{})
			return len(page.Items), err
		},
		"CustomerRecords": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			found, err := h.CustomerRecords(ctx, by, core.Range{})
			return len(found.Items), err
		},
		"CustomerWith": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			found, err := h.CustomerWith(ctx, by, c.ID, core.WithAll)
			return int(min(found.ID, 1)), err
		},
		"CountCustomers": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			return h.CountCustomers(ctx, by, core.Query{})
		},
		"CustomerByReference": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			return one(h.CustomerByReference(ctx, by, c.Reference))
		},
		"CustomerEvents": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			line, err := h.CustomerEvents(ctx, by, c.ID, 0, 10)
			return len(line.Events), err
		},
		"Notes": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			notes, err := h.Notes(ctx, by, c.ID)
			return len(notes), err
		},
		"Find": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			n := 0
			for _, text := range []string{itoa(c.ID), c.UUID, c.LookupID, c.Email, c.Phone, c.Reference} {
				found, err := h.Find(ctx, by, text)
				if err != nil {
					return 0, err
				}
				n += len(found)
			}
			return n, nil
		},
		"LikelyDuplicates": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			c.ID = 1 // a record of one's own with the same e-mail address
			found, err := h.LikelyDuplicates(ctx, by, c)
			return len(found), err
		},
		"Duplicates": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			if _, err := h.CreateCustomer(ctx, h.Owner, core.FromPage, core.Changes{"email": c.Email}); err != nil {
				return 0, err
			}
			page, err := h.Duplicates(ctx, by, core.PairList{})
			return len(page.Items), err
		},
		"MerchantAndViews": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			_, views, err := h.MerchantAndViews(ctx, by)
			return len(views), err
		},
		"Views": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			views, err := h.Views(ctx, by)
			return len(views), err
		},
		"Merchant": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			m, err := h.Merchant(ctx, by)
			if m.ID != h.First.ID {
				return 0, err
			}
			return 1, err
		},
		"Merchants": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			ms, err := h.Merchants(ctx, by, "", 0, 10)
			if by.Role.Staff() {
				return 1, err
			}
			return len(ms), err
		},
	})
	return all
}
