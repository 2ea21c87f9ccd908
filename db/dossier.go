package db

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"kontor/db/core"
)

// mostOfEach is how many charges and mails of one customer a dossier has at
// the most.
const mostOfEach = 100_000

// Dossier returns everything that is held about a customer of the actor's
// merchant, living or deleted. It takes [core.Manage].
func (s *Store) Dossier(ctx context.Context, by core.Actor, id int64) (core.Dossier, error) {
	d := core.Dossier{Made: s.now()}
	if !by.May(core.Manage) {
		return d, core.ErrForbidden
	}
	var err error
	if d.Merchant, err = merchant(ctx, s.read, by.Merchant); err != nil {
		return d, err
	}
	if d.Customer, err = current(ctx, s.read, by.Merchant, id); err != nil {
		return d, err
	}
	id = d.Customer.ID
	for _, read := range []func() error{
		func() (err error) { d.Merged, err = s.mergedInto(ctx, by, id); return err },
		func() (err error) { d.Notes, err = s.allNotes(ctx, by, id); return err },
		func() (err error) { d.Cards, err = s.allCards(ctx, by, id); return err },
		func() (err error) { d.Channels, err = s.allChannels(ctx, by, id); return err },
		func() (err error) { d.Subscriptions, err = s.CustomerSubscriptions(ctx, by, id); return err },
		func() (err error) { d.Charges, err = s.CustomerCharges(ctx, by, id, mostOfEach); return err },
		func() (err error) {
			d.Mails, err = s.Mails(ctx, by, core.MailList{Customer: id}, mostOfEach)
			return err
		},
		func() (err error) { d.Events, err = s.allEvents(ctx, by, id); return err },
	} {
		if err := read(); err != nil {
			return core.Dossier{}, err
		}
	}
	return d, nil
}

// TakeOut is [Store.Dossier] for handing it over: it records that what is held
// about the customer was taken out.
func (s *Store) TakeOut(ctx context.Context, by core.Actor, id int64) (core.Dossier, error) {
	d, err := s.Dossier(ctx, by, id)
	if err != nil {
		return d, err
	}
	// A closed merchant stays readable, so this takes no more than reading.
	err = s.update(ctx, by, core.Read, func(t *tx) error {
		_, err := t.record(ctx, core.Event{
			Action: core.CustomerTaken, Object: core.CustomerObject, ObjectID: d.Customer.ID, Customer: d.Customer.ID,
			Version: d.Customer.Version, To: core.Changes{"count": strconv.Itoa(len(d.Events))}, From: core.Changes{},
		})
		return err
	})
	return d, err
}

func (s *Store) mergedInto(ctx context.Context, by core.Actor, id int64) ([]core.Customer, error) {
	var rows []customerRow
	err := s.read.all(ctx, &rows, `
		SELECT `+customerColumns+`, erased_at
		FROM customers
		WHERE merged_into = ? AND merged_into > 0 AND merchant_id = ?
		ORDER BY id`, id, by.Merchant)
	if err != nil {
		return nil, fmt.Errorf("read who was merged into customer %d: %w", id, err)
	}
	out := make([]core.Customer, len(rows))
	for i, r := range rows {
		out[i] = r.customer()
	}
	return out, nil
}

func (s *Store) allNotes(ctx context.Context, by core.Actor, id int64) ([]core.Note, error) {
	var rows []noteRow
	err := s.read.all(ctx, &rows, `
		SELECT `+noteColumns+`
		FROM notes
		WHERE customer_id = ? AND +merchant_id = ? AND staff_only <= ?
		ORDER BY id`, id, by.Merchant, bit(seesStaffNotes(by)))
	if err != nil {
		return nil, fmt.Errorf("read notes of customer %d: %w", id, err)
	}
	out := make([]core.Note, len(rows))
	for i, r := range rows {
		out[i] = r.note()
	}
	return out, nil
}

func (s *Store) allCards(ctx context.Context, by core.Actor, id int64) ([]core.Card, error) {
	var rows []cardRow
	err := s.read.all(ctx, &rows, `
		SELECT `+cardColumns+`
		FROM `+cardTables+`
		WHERE k.customer_id = ? AND +k.merchant_id = ? AND k.brand <> ''
		ORDER BY k.id`, id, by.Merchant)
	if err != nil {
		return nil, fmt.Errorf("read cards of customer %d: %w", id, err)
	}
	out := make([]core.Card, len(rows))
	for i, r := range rows {
		out[i] = r.card()
	}
	return out, nil
}

func (s *Store) allChannels(ctx context.Context, by core.Actor, id int64) ([]core.Channel, error) {
	var rows []channelRow
	err := s.read.all(ctx, &rows, `
		SELECT `+channelColumns+`
		FROM channels h
		WHERE h.customer_id = ? AND +h.merchant_id = ?
		ORDER BY h.id`, id, by.Merchant)
	if err != nil {
		return nil, fmt.Errorf("read channels of customer %d: %w", id, err)
	}
	out := make([]core.Channel, len(rows))
	for i, r := range rows {
		out[i] = r.channel()
	}
	return out, nil
}

// allEvents are a customer's events, oldest first, but for what was done to
// notes among staff where the reader is not one of them.
func (s *Store) allEvents(ctx context.Context, by core.Actor, id int64) ([]core.Event, error) {
	var all []core.Event
	for before := int64(0); ; {
		line, err := s.CustomerEvents(ctx, by, id, before, 500)
		if err != nil {
			return nil, err
		}
		all = append(all, line.Events...)
		if before = line.More; before == 0 {
			slices.Reverse(all)
			return all, nil
		}
	}
}
