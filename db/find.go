package db

import (
	"context"
	"fmt"

	"kontor/db/core"
)

// maxMatches is how many customers an exact jump names.
const maxMatches = 20

// Find returns the customers that a text names exactly: by ID, UUID or lookup
// ID, deleted ones too, and the living by reference, e-mail address or phone
// number. What named one that was merged names the one it is part of now, its
// reference while no other has that. An actor who stands in a merchant looks there; staff who stand in
// none look in all.
func (s *Store) Find(ctx context.Context, by core.Actor, text string) ([]core.Match, error) {
	if !by.May(core.Read) || (by.Merchant == 0 && !by.Role.Staff()) {
		return nil, core.ErrForbidden
	}
	var found []core.Match
	seen := map[int64]bool{}
	var look func(cond string, args ...any) error
	look = func(cond string, args ...any) error {
		var w where
		if by.Merchant != 0 {
			w.and(`merchant_id = ?`, by.Merchant)
		}
		w.and(cond, args...)
		var rows []customerRow
		err := s.read.all(ctx, &rows, `
			SELECT `+customerColumns+`
			FROM customers`+w.sql()+`
			ORDER BY deleted_at, id DESC
			LIMIT ?`, append(w.args, maxMatches)...)
		if err != nil {
			return fmt.Errorf("find customer: %w", err)
		}
		for _, r := range rows {
			if r.MergedInto != 0 {
				if err := look(`id = ?`, r.MergedInto); err != nil {
					return err
				}
				continue
			}
			if c := r.customer(); !seen[c.ID] && len(found) < maxMatches {
				seen[c.ID] = true
				found = append(found, core.Match{
					ID: c.ID, Merchant: c.Merchant, Title: c.Title(), Email: c.Email, Reference: c.Reference, Deleted: !c.Living(),
				})
			}
		}
		return nil
	}
	if id, ok := core.ReadID(text); ok {
		if err := look(`id = ?`, id); err != nil {
			return nil, err
		}
	}
	if text == "" {
		return nil, nil
	}
	if err := look(`reference = ? AND reference <> '' AND deleted_at = 0`, text); err != nil {
		return nil, err
	}
	if len(found) == 0 {
		if err := look(`reference = ? AND merged_into > 0`, text); err != nil {
			return nil, err
		}
	}
	if core.Email(text) {
		if err := look(`email_key = ? AND email_key <> '' AND deleted_at = 0`, core.Fold(text)); err != nil {
			return nil, err
		}
	}
	if digits := core.Digits(text); len(digits) >= 7 && core.PhoneLike(text) {
		if err := look(`phone_key = ? AND phone_key <> '' AND deleted_at = 0`, digits); err != nil {
			return nil, err
		}
		if err := look(`phone_e164 = ? AND phone_e164 <> '' AND deleted_at = 0`, "+"+digits); err != nil {
			return nil, err
		}
	}
	return found, nil
}
