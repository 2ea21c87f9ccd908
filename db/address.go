package db

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kontor/db/core"
)

// AddAddress adds an address to a living customer, of the fields of
// [core.AddressFields], "type" and "default". It returns it as stored. Faults
// name those fields; one that says nothing breaks [core.Required] as "address".
func (s *Store) AddAddress(ctx context.Context, by core.Actor, customerID int64, ch core.Changes) (core.Address, error) {
	return s.changeAddress(ctx, by, customerID, 0, 0, ch)
}

// UpdateAddress changes an address of a living customer likewise. Unless
// version is 0 it must be the address's, else [core.ErrConflict]. It counts as
// a change of the customer, whose version goes up too.
func (s *Store) UpdateAddress(ctx context.Context, by core.Actor, customerID, id, version int64, ch core.Changes) (core.Address, error) {
	if id <= 0 {
		return core.Address{}, core.ErrNotFound
	}
	return s.changeAddress(ctx, by, customerID, id, version, ch)
}

// changeAddress adds an address where id is 0, else changes that one.
func (s *Store) changeAddress(ctx context.Context, by core.Actor, customerID, id, version int64, ch core.Changes) (core.Address, error) {
	var made core.Address
	err := s.update(ctx, by, core.Write, func(t *tx) error {
		old, err := t.addressee(ctx, customerID, id, version)
		if err != nil {
			return err
		}
		key := "address.new."
		if id != 0 {
			key = "address." + strconv.FormatInt(id, 10) + "."
		}
		all := core.Changes{}
		for name, v := range ch {
			all[key+name] = v
		}
		c, err := t.updateCustomer(ctx, customerID, old.Version, all, core.Event{Action: core.CustomerUpdated})
		if err != nil {
			return ofAddress(anew(err))
		}
		i := slices.IndexFunc(c.Addresses, func(a core.Address) bool {
			if id != 0 {
				return a.ID == id
			}
			return indexAddress(old, a.ID) < 0
		})
		if i < 0 { // an address that says nothing is none
			return core.Invalid{{Field: "address", Rule: core.Required}}
		}
		made = c.Addresses[i]
		return nil
	})
	if err != nil {
		return core.Address{}, err
	}
	return made, nil
}

// DeleteAddress takes an address off a living customer. Where it was a default
// another of its type becomes it.
func (s *Store) DeleteAddress(ctx context.Context, by core.Actor, customerID, id int64) error {
	return s.update(ctx, by, core.Write, func(t *tx) error {
		if id <= 0 {
			return core.ErrNotFound
		}
		old, err := t.addressee(ctx, customerID, id, 0)
		if err != nil {
			return err
		}
		gone := core.Changes{"address." + strconv.FormatInt(id, 10): ""}
		_, err = t.updateCustomer(ctx, customerID, old.Version, gone, core.Event{Action: core.CustomerUpdated})
		return anew(err)
	})
}

// anew has the transaction run again where the customer, whose version nobody
// named, has changed since it was read there, as on PostgreSQL it may.
func anew(err error) error {
	if errors.Is(err, core.ErrConflict) {
		return fmt.Errorf("%w: %w", errAgain, err)
	}
	return err
}

// addressee returns the living customer that has the address, if one is named,
// in that version, if one is named.
func (t *tx) addressee(ctx context.Context, customerID, id, version int64) (core.Customer, error) {
	c, err := current(ctx, t, t.by.Merchant, customerID)
	if err != nil {
		return core.Customer{}, err
	}
	if !c.Living() {
		return core.Customer{}, core.ErrNotFound
	}
	if id == 0 {
		return c, nil
	}
	i := indexAddress(c, id)
	if i < 0 {
		return core.Customer{}, core.ErrNotFound
	}
	if version != 0 && c.Addresses[i].Version != version {
		return core.Customer{}, core.ErrConflict
	}
	return c, nil
}

func indexAddress(c core.Customer, id int64) int {
	return slices.IndexFunc(c.Addresses, func(a core.Address) bool { return a.ID == id })
}

// ofAddress names faults as the address's own: a customer's say which address
// they mean, by its ID or its role.
func ofAddress(err error) error {
	bad, ok := errors.AsType[core.Invalid](err)
	if !ok {
		return err
	}
	bad = slices.Clone(bad)
	for i, f := range bad {
		bad[i].Field = f.Field[strings.LastIndexByte(f.Field, '.')+1:]
	}
	return bad
}
