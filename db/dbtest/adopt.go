package dbtest

import (
	"context"
	"fmt"

	"kontor/db/core"
)

// Adopt makes the first two merchants that are there, and people of theirs,
// the house's. Staff and roles of the first that nobody has are added.
func (h *House) Adopt(ctx context.Context) error {
	sys := core.System(0)
	merchants, err := h.Merchants(ctx, sys, "", 0, 2)
	if err != nil {
		return err
	}
	if len(merchants) < 2 {
		return fmt.Errorf("%d merchants are there", len(merchants))
	}
	h.First, h.Second = merchants[0], merchants[1]
	for _, p := range []struct {
		actor    *core.Actor
		role     core.Role
		merchant int64
	}{
		{&h.Admin, core.Admin, 0},
		{&h.Agent, core.Agent, 0},
		{&h.Auditor, core.Auditor, 0},
		{&h.Owner, core.Owner, h.First.ID},
		{&h.Member, core.Member, h.First.ID},
		{&h.Viewer, core.Viewer, h.First.ID},
		{&h.Other, core.Owner, h.Second.ID},
	} {
		u, _, err := h.CreateUser(ctx, core.System(p.merchant), core.User{
			Email: fmt.Sprintf("%s-%d@adopted.example", p.role, p.merchant), Name: string(p.role) + " adopted", Role: p.role, Merchant: p.merchant,
		})
		if err != nil {
			return err
		}
		*p.actor = u.Actor("192.0.2.1").In(h.First.ID)
	}
	return nil
}
