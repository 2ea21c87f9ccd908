package db_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// pages calls a list from its start, then from each of its cursors.
func pages[T any](read func(after, before core.Cursor) (core.Page[T], error)) error {
	first, err := read(core.Cursor{}, core.Cursor{})
	if err != nil {
		return err
	}
	if first.Next.ID == 0 {
		first.Next = core.Cursor{Key: "5", ID: 1 << 60}
	}
	_, next := read(first.Next, core.Cursor{})
	_, previous := read(core.Cursor{}, first.Next)
	return errors.Join(next, previous)
}

// ranges calls a list of programs in the ways that ranges have, and with each
// query.
func ranges(queries []core.Query, read func(core.Range) error) error {
	var err error
	for _, r := range []core.Range{
		{}, {After: 5}, {Before: 1 << 60}, {Order: []core.Order{{Field: core.FieldID, Descending: true}}}, {After: 5, Before: 1 << 60}, {Offset: 100},
	} {
		r.With = core.WithAll
		err = errors.Join(err, read(r))
	}
	for _, q := range queries {
		err = errors.Join(err, read(core.Range{Query: q}))
	}
	return err
}

// lists are the lists, searches and pages that people and programs ask for, in
// all the ways they can. They are called beside what the tests of all acts call.
func lists(t *testing.T, h *dbtest.House) map[string]func(ctx context.Context) error {
	by := h.Owner
	customers := searches(t, core.CustomerFields, customerSearches...)
	one := func(_ any, err error) error { return err }
	person := by.Person()
	return map[string]func(ctx context.Context) error{
		"Customers": func(ctx context.Context) error {
			var err error
			for _, deleted := range []bool{false, true} {
				for _, sort := range []core.Sort{"", core.ByUpdated, core.ByName, core.ByDeleted} {
					for _, ascending := range []bool{false, true} {
						if (sort == core.ByDeleted) != deleted && sort != "" {
							continue
						}
						l := core.List{Deleted: deleted, Sort: sort, Ascending: ascending}
						err = errors.Join(err, pages(func(after, before core.Cursor) (core.Page[core.CustomerSummary], error) {
							l.After, l.Before = after, before
							return h.Customers(ctx, by, l)
						}))
					}
				}
			}
			for _, q := range customers {
				for _, l := range []core.List{{Query: q}, {Query: q, Sort: core.ByName, Ascending: true}, {Query: q, Deleted: true}} {
					err = errors.Join(err, one(h.Customers(ctx, by, l)))
				}
			}
			return err
		},
		"CustomerRecords": func(ctx context.Context) error {
			sorted := core.Range{Order: []core.Order{{Field: core.FieldName}}}
			latest := core.Range{Order: []core.Order{{Field: core.FieldUpdated, Descending: true}}}
			return errors.Join(one(h.CustomerRecords(ctx, by, sorted)), one(h.CustomerRecords(ctx, by, latest)),
				ranges(customers, func(r core.Range) error { return one(h.CustomerRecords(ctx, by, r)) }))
		},
		"CountCustomers": func(ctx context.Context) error {
			var err error
			for _, q := range customers {
				err = errors.Join(err, one(h.CountCustomers(ctx, by, q)))
			}
			return err
		},
		"Charges": func(ctx context.Context) error {
			var err error
			for _, q := range searches(t, core.ChargeFields) {
				err = errors.Join(err, one(h.Charges(ctx, by, core.ChargeList{Query: q})))
			}
			return errors.Join(err, pages(func(after, before core.Cursor) (core.Page[core.ChargeLine], error) {
				return h.Charges(ctx, by, core.ChargeList{After: after, Before: before})
			}))
		},
		"Subscriptions": func(ctx context.Context) error {
			var err error
			for _, soon := range []bool{false, true} {
				for _, q := range searches(t, core.SubscriptionFields) {
					err = errors.Join(err, one(h.Subscriptions(ctx, by, core.SubscriptionList{Query: q, Soon: soon})))
				}
				err = errors.Join(err, pages(func(after, before core.Cursor) (core.Page[core.SubscriptionSummary], error) {
					return h.Subscriptions(ctx, by, core.SubscriptionList{Soon: soon, After: after, Before: before})
				}))
			}
			return err
		},
		"PaymentMethods": func(ctx context.Context) error {
			var err error
			for _, q := range searches(t, core.MethodFields) {
				err = errors.Join(err, one(h.PaymentMethods(ctx, by, core.MethodList{Query: q})))
			}
			for _, tab := range core.MethodTabs {
				err = errors.Join(err, pages(func(after, before core.Cursor) (core.Page[core.PaymentMethod], error) {
					return h.PaymentMethods(ctx, by, core.MethodList{Tab: tab, After: after, Before: before})
				}))
			}
			return err
		},
		"Plans": func(ctx context.Context) error {
			var err error
			for _, l := range []core.PlanList{{}, {Words: "month"}, {Archived: true}} {
				err = errors.Join(err, pages(func(after, before core.Cursor) (core.Page[core.PlanSummary], error) {
					l.After, l.Before = after, before
					return h.Plans(ctx, by, l)
				}))
			}
			return err
		},
		"SubscriptionRecords": func(ctx context.Context) error {
			return ranges(searches(t, core.SubscriptionRecordFields), func(r core.Range) error { return one(h.SubscriptionRecords(ctx, by, r)) })
		},
		"PlanRecords": func(ctx context.Context) error {
			return ranges(searches(t, core.PlanFields), func(r core.Range) error { return one(h.PlanRecords(ctx, by, r)) })
		},
		"TokenRecords": func(ctx context.Context) error {
			return ranges(searches(t, core.TokenFields), func(r core.Range) error { return one(h.TokenRecords(ctx, by, r)) })
		},
		"TokenVersionRecords": func(ctx context.Context) error {
			return ranges(searches(t, core.TokenVersionFields), func(r core.Range) error { return one(h.TokenVersionRecords(ctx, by, r)) })
		},
		"CardRecords": func(ctx context.Context) error {
			var err error
			for _, l := range []core.CardRange{{}, {Descending: true}, {After: 5}, {Before: 1 << 60}, {Customer: 5}, {Customer: 5, Descending: true}, {Offset: 50}} {
				err = errors.Join(err, one(h.CardRecords(ctx, by, l)))
			}
			return err
		},
		"CountCards": func(ctx context.Context) error {
			return errors.Join(one(h.CountCards(ctx, by, 0)), one(h.CountCards(ctx, by, 5)))
		},
		"Duplicates": func(ctx context.Context) error {
			var err error
			for _, dismissed := range []bool{false, true} {
				err = errors.Join(err, pages(func(after, before core.Cursor) (core.Page[core.Pair], error) {
					return h.Duplicates(ctx, by, core.PairList{Dismissed: dismissed, After: after, Before: before})
				}))
			}
			return err
		},
		"Activity": func(ctx context.Context) error {
			var err error
			day := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
			for _, who := range []core.Actor{by, h.Admin.In(0)} {
				for _, l := range []core.ActivityList{
					{},
					{After: 1 << 60},
					{Before: 5},
					{Person: person},
					{Action: core.CustomerUpdated},
					{Object: core.CustomerObject},
					{Refused: true},
					{From: day, Until: day.AddDate(0, 0, 1)},
					{Person: person, Action: core.CustomerUpdated},
					{Person: person, Object: core.CustomerObject},
				} {
					err = errors.Join(err, one(h.Activity(ctx, who, l)))
				}
				if who.Merchant == 0 {
					err = errors.Join(err, one(h.Activity(ctx, who, core.ActivityList{Merchant: h.First.ID})))
				}
			}
			return err
		},
		"CustomerEvents": func(ctx context.Context) error {
			return errors.Join(one(h.CustomerEvents(ctx, by, 5, 0, 20)), one(h.CustomerEvents(ctx, by, 5, 1<<60, 20)))
		},
		"Find": func(ctx context.Context) error {
			var err error
			for _, who := range []core.Actor{by, h.Admin.In(0)} {
				for _, text := range []string{"7301234567890123456", "r-1", "anna@example.com", "+49 30 901820"} {
					err = errors.Join(err, one(h.Find(ctx, who, text)))
				}
			}
			return err
		},
		"EnrolledCustomers": func(ctx context.Context) error {
			var err error
			for _, kind := range []core.EnrolmentKind{core.PersonEnrolled, core.CompanyEnrolled} {
				err = errors.Join(err, one(h.EnrolledCustomers(ctx, by, kind, 0, time.Time{}, 100)), one(h.EnrolledCustomers(ctx, by, kind, 5, h.Clock.Now(), 100)))
			}
			return err
		},
		"Runs": func(ctx context.Context) error {
			return errors.Join(one(h.Runs(ctx, by, 0, 20)), one(h.Runs(ctx, by, 1<<60, 20)))
		},
	}
}

// customerSearches are searches for customers by more than one thing.
var customerSearches = []string{
	"city:berlin anna", "city:berlin -anna", "-country:DE", "country:DE", "anna schmidt -city:berlin", "(city:berlin OR city:hamburg)", "(anna OR email:anna@example.com)",
	"metadata.tier:bronze anna", "metadata.tier:bronze metadata.segment:a", "country:DE language:de", "card:1111 anna", "1111", "7802 anna", "plan:month card:1111", "-note:~hello", "name:anna email:anna@example.com",
	"created:>2026-01-01 anna", "updated:>2026-11-01", "email:~example city:berlin", "phone:+4930901820", "reference:~r-",
}
