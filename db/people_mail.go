package db

import (
	"context"
	"errors"

	"kontor/db/core"
)

// InviteUser is [Store.CreateUser] with an invitation by mail. Where there is
// no mail server it returns the token, to be handed over; else the token is ""
// and the link is in the mail.
func (s *Store) InviteUser(ctx context.Context, by core.Actor, u core.User) (made core.User, token string, err error) {
	if !s.mails {
		return s.CreateUser(ctx, by, u)
	}
	made, err = s.createUser(ctx, by, u, func(t *tx, made core.User) error {
		return t.mailUser(ctx, made, core.Invitation{Person: made.Name, By: by.Name, Role: made.Role})
	})
	if err != nil {
		return core.User{}, "", err
	}
	return made, "", nil
}

// MailSetUpLink mails one of the active people of where the actor stands a link
// by which they set a new password. The password they have works until then.
// [core.ErrConflict] where there is no mail server.
func (s *Store) MailSetUpLink(ctx context.Context, by core.Actor, id int64) (core.User, error) {
	var u core.User
	err := s.update(ctx, by, peopleRight(by), func(t *tx) error {
		p, err := person(ctx, t, by, t.at, id)
		if err != nil {
			return err
		}
		if !p.Active {
			return core.ErrNotFound
		}
		if !s.mails {
			return core.ErrConflict
		}
		u = p.User
		if u.HasPassword {
			err = t.mailUser(ctx, u, core.NewPassword{Person: u.Name})
		} else {
			err = t.mailUser(ctx, u, core.Invitation{Person: u.Name, By: by.Name, Role: u.Role})
		}
		if err != nil {
			return err
		}
		_, err = t.record(ctx, core.Event{Action: core.LinkCreated, Object: core.UserObject, ObjectID: id, Fields: []string{"mailed"}})
		return err
	})
	if err != nil {
		return core.User{}, err
	}
	return u, nil
}

// AskForPassword mails a link for a new password to whoever has the e-mail
// address and may sign in. It says nothing of whether anybody does, and takes
// as long; [core.Throttled] after too many tries for the address or from the
// origin, and [core.ErrConflict] where there is no mail server.
func (s *Store) AskForPassword(ctx context.Context, email, origin string) error {
	if !s.mails {
		return core.ErrConflict
	}
	if err := s.countAsking(ctx, email, origin); err != nil {
		return err
	}
	row, err := userByEmail(ctx, s.read, email)
	if err != nil && !errors.Is(err, core.ErrNotFound) {
		return err
	}
	u := row.user()
	if !u.Active {
		u = core.User{}
	}
	stranger := core.Actor{Kind: core.BySystem, Name: "Sign-in", Role: core.Admin, Merchant: u.Merchant, Origin: origin}
	return s.update(ctx, stranger, core.Read, func(t *tx) error {
		if u.ID != 0 {
			if err := t.mailUser(ctx, u, core.NewPassword{Person: u.Name}); err != nil {
				return err
			}
		}
		_, err := t.record(ctx, core.Event{Action: core.LinkAsked, Object: core.UserObject, ObjectID: u.ID})
		return err
	})
}

// countAsking is [Store.countTry] for links: asking for one takes no tries
// from signing in.
func (s *Store) countAsking(ctx context.Context, email, origin string) error {
	return s.quietly(ctx, func(t *tx) error {
		if err := t.countTry(ctx, "link "+accountBucket(email), core.AccountTries); err != nil {
			return err
		}
		return t.countTry(ctx, "link "+addressBucket(origin), core.AddressTries)
	})
}

// mailUser writes a mail to somebody who signs in. It is the mail of where they
// belong, wherever the actor stands.
func (t *tx) mailUser(ctx context.Context, u core.User, values core.MailValues) error {
	stands := t.by.Merchant
	defer func() { t.by.Merchant = stands }()
	t.by.Merchant = u.Merchant
	return t.mail(ctx, core.Mail{To: u.Email, Object: core.UserObject, ObjectID: u.ID}, values)
}

// tellPasswordChange mails somebody that their password is another now, so that
// they learn of it when it was not they.
func (t *tx) tellPasswordChange(ctx context.Context, u core.User) error {
	v := core.PasswordChange{Person: u.Name, At: t.at}
	if u.Merchant != 0 {
		m, err := merchant(ctx, t, u.Merchant)
		if err != nil {
			return err
		}
		v.Zone = m.Zone
	}
	return t.mailUser(ctx, u, v)
}
