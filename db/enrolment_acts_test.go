package db_test

import (
	"context"
	"crypto/rand"
	"time"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// enrolmentActs are the acts on who is in the feed.
func enrolmentActs() map[string]act {
	return map[string]act{
		"Enrol": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			_, err := h.Enrol(ctx, by, core.PersonEnrolled, core.FromCDC, []core.Enrolment{{Reference: rand.Text(), Changes: core.Changes{"name": "New"}}})
			return err
		},
		"EndEnrolment": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			reference := rand.Text()
			_, err := h.Enrol(ctx, h.Owner, core.PersonEnrolled, core.FromCDC, []core.Enrolment{{Reference: reference, Changes: core.Changes{"name": "New"}}})
			if err != nil {
				return err
			}
			return h.EndEnrolment(ctx, by, core.PersonEnrolled, reference)
		},
	}
}

// enrolmentReads are the reads of the feed.
func enrolmentReads() map[string]func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
	return map[string]func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error){
		"EnrolledCustomer": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			e, err := h.EnrolledCustomer(ctx, by, core.PersonEnrolled, c.Reference)
			return int(min(e.Changed, 1)), err
		},
		"EnrolledCustomers": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			found, err := h.EnrolledCustomers(ctx, by, core.PersonEnrolled, 0, time.Time{}, 10)
			return len(found), err
		},
	}
}
