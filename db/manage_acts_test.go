package db_test

import (
	"context"
	"crypto/rand"
	"errors"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// manages are the acts for whoever runs the merchant: they too must leave an
// event and let no other merchant in.
func manages() map[string]act {
	return map[string]act{
		"CreateUser": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			_, _, err := h.CreateUser(ctx, by, core.User{Email: "new@example.com", Name: "New", Role: core.Member, Merchant: h.First.ID})
			return err
		},
		"UpdateUser": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			_, err := h.UpdateUser(ctx, by, core.User{ID: h.Viewer.ID, Name: "Changed", Role: core.Viewer})
			return err
		},
		"DeactivateUser": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			u, err := h.Person(ctx, h.Owner, h.Viewer.ID)
			if err == nil && !u.Active {
				_, err = h.ReactivateUser(ctx, h.Owner, h.Viewer.ID, 0)
			}
			if err == nil {
				_, err = h.DeactivateUser(ctx, by, h.Viewer.ID, 0)
			}
			return err
		},
		"ReactivateUser": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			_, err := h.DeactivateUser(ctx, h.Owner, h.Member.ID, 0)
			if err == nil {
				_, err = h.ReactivateUser(ctx, by, h.Member.ID, 0)
			}
			return err
		},
		"EndUserSessions": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			_, err := h.EndUserSessions(ctx, by, h.Member.ID)
			return err
		},
		"TakeOut": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			c, err := h.CreateCustomer(ctx, h.Owner, core.FromPage, core.Changes{"name": "Subject"})
			if err == nil {
				_, err = h.TakeOut(ctx, by, c.ID)
			}
			return err
		},
		"EraseCustomer": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			c, err := h.CreateCustomer(ctx, h.Owner, core.FromPage, core.Changes{"name": "Subject"})
			if err != nil {
				return err
			}
			return h.EraseCustomer(ctx, by, c.ID, 0)
		},
		"InviteUser": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			_, _, err := h.InviteUser(ctx, by, core.User{Email: rand.Text() + "@first.example", Name: "New", Role: core.Member, Merchant: h.First.ID})
			return err
		},
		"UpdateApplicationUser": onProgram(func(ctx context.Context, h *dbtest.House, by core.Actor, a core.ApplicationUser) error {
			_, err := h.UpdateApplicationUser(ctx, by, core.ApplicationUser{ID: a.ID, Name: "Changed", Role: core.Viewer})
			return err
		}),
		"RotateApplicationKey": onProgram(func(ctx context.Context, h *dbtest.House, by core.Actor, a core.ApplicationUser) error {
			_, _, err := h.RotateApplicationKey(ctx, by, a.ID, 0)
			return err
		}),
		"RevokeApplicationUser": onProgram(func(ctx context.Context, h *dbtest.House, by core.Actor, a core.ApplicationUser) error {
			return h.RevokeApplicationUser(ctx, by, a.ID)
		}),
		"CreateSetUpLink": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			_, _, err := h.CreateSetUpLink(ctx, by, h.Owner.ID)
			return err
		},
	}
}

// teamView saves a view for the team under a name nobody else has.
func teamView(ctx context.Context, h *dbtest.House, by core.Actor) (core.View, error) {
	return h.CreateView(ctx, by, core.View{Name: rand.Text(), Query: "city:Oslo", Team: true})
}

// installs are the acts beside merchants' records: those of the installation,
// and those that make something where the actor stands.
func installs() map[string]act {
	return map[string]act{
		"CreateMerchant": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			_, err := h.CreateMerchant(ctx, by, core.Merchant{Name: "New", Country: "DE", Currency: "EUR", Zone: "UTC"})
			return err
		},
		"EnterMerchant": func(ctx context.Context, h *dbtest.House, by core.Actor) error { return h.EnterMerchant(ctx, by) },
		"UpdateMerchant": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			_, err := h.UpdateMerchant(ctx, by, 0, core.Changes{"name": "Changed"})
			return err
		},
		"CloseMerchant": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			if err := h.CloseMerchant(ctx, by, 0); err != nil {
				return err
			}
			return h.ReopenMerchant(ctx, h.Admin, 0)
		},
		"ReopenMerchant": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			if err := h.CloseMerchant(ctx, h.Admin, 0); err != nil {
				return err
			}
			return errors.Join(h.ReopenMerchant(ctx, by, 0), h.ReopenMerchant(ctx, h.Admin, 0))
		},
		"DeleteMerchant": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			m, err := h.CreateMerchant(ctx, h.Admin, core.Merchant{Name: "Empty", Country: "DE", Currency: "EUR", Zone: "UTC"})
			if err != nil {
				return err
			}
			return h.DeleteMerchant(ctx, by.In(m.ID), 0)
		},
		"ResumeWorker": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			if _, err := h.SeeTime(ctx, core.System(0), core.ClockAhead); err != nil {
				return err
			}
			return h.ResumeWorker(ctx, by)
		},
		"CreateLink": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			_, err := h.CreateLink(ctx, by, h.Viewer.ID, core.SignInLink)
			return err
		},
		"CreateApplicationUser": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			_, _, err := h.CreateApplicationUser(ctx, by, core.ApplicationUser{Name: "shop"})
			return err
		},
		"SignOut": func(ctx context.Context, h *dbtest.House, by core.Actor) error { return h.SignOut(ctx, by) },
		"CreateView": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			_, err := teamView(ctx, h, by)
			return err
		},
	}
}

// owns are the acts of people on what is their own: every role may, and leaves
// an event.
func owns() map[string]act {
	return map[string]act{
		"SetOwnName": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			return h.SetOwnName(ctx, by, "New Name")
		},
		"SetOwnPassword": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			return h.SetOwnPassword(ctx, by, "", goodPassword)
		},
		"EndOwnSession": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			key, err := session(ctx, h, by)
			if err != nil {
				return err
			}
			return h.EndOwnSession(ctx, by, core.SessionID(key))
		},
		"EndOtherSessions": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			if _, err := session(ctx, h, by); err != nil {
				return err
			}
			_, err := h.EndOtherSessions(ctx, by, nil)
			return err
		},
	}
}

// session signs the actor in on one more device and returns its key's hash.
func session(ctx context.Context, h *dbtest.House, by core.Actor) ([]byte, error) {
	key, now := []byte(rand.Text()), h.Clock.Now()
	return key, h.AddSession(ctx, key, core.Session{
		User: core.User{ID: by.ID}, Agent: "Firefox", Origin: "192.0.2.9", CreatedAt: now, SeenAt: now,
	})
}

// onProgram makes a program of the first merchant for each call.
func onProgram(f func(ctx context.Context, h *dbtest.House, by core.Actor, a core.ApplicationUser) error) act {
	return func(ctx context.Context, h *dbtest.House, by core.Actor) error {
		a, _, err := h.CreateApplicationUser(ctx, h.Owner, core.ApplicationUser{Name: "shop"})
		if err != nil {
			return err
		}
		return f(ctx, h, by, a)
	}
}
