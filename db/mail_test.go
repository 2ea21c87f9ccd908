package db_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// A postbox takes mails for the store, and fails as it is told to.
type postbox struct {
	took []core.Mail
	fail []error // the next ones
}

func (p *postbox) SendMail(_ context.Context, m core.Mail) error {
	if len(p.fail) > 0 {
		err := p.fail[0]
		p.fail = p.fail[1:]
		if err != nil {
			return err
		}
	}
	p.took = append(p.took, m)
	return nil
}

// withMail is a house that has a mail server.
func withMail(t *testing.T, h *dbtest.House) *dbtest.House {
	t.Helper()
	h.SendsMail = true
	h.Reopen(t)
	return h
}

// send sends what is due.
func send(t *testing.T, h *dbtest.House, to *postbox) {
	t.Helper()
	if _, err := h.SendDueMail(t.Context(), to); err != nil && !errors.As(err, new(core.MailError)) {
		t.Fatal(err)
	}
}

func invite(t *testing.T, h *dbtest.House, name string) core.User {
	t.Helper()
	u, token, err := h.InviteUser(t.Context(), h.Owner, core.User{
		Name: name, Email: strings.ToLower(name) + "@first.example", Role: core.Member, Merchant: h.First.ID,
	})
	if err != nil || token != "" {
		t.Fatalf("token %q, %v", token, err)
	}
	return u
}

func mails(t *testing.T, h *dbtest.House, by core.Actor, l core.MailList) []core.Mail {
	t.Helper()
	all, err := h.Mails(t.Context(), by, l, 100)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestMailIsSentOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		withMail(t, h)
		u := invite(t, h, "Lena")
		var box postbox
		send(t, h, &box)
		send(t, h, &box)
		if len(box.took) != 1 {
			t.Fatalf("took %d mails", len(box.took))
		}
		m := box.took[0]
		if m.To != "lena@first.example" || m.From != "Bäckerei Sonne" || m.ObjectID != u.ID || m.Kind != core.InvitationMail {
			t.Errorf("took %+v", m)
		}
		var v core.Invitation
		if err := json.Unmarshal(m.Values, &v); err != nil || v != (core.Invitation{Person: "Lena", By: "Owner Person", Role: core.Member}) {
			t.Errorf("values %+v, %v", v, err)
		}
		if got := mails(t, h, h.Owner, core.MailList{})[0]; got.State != core.MailSent || got.Sent.IsZero() || got.Tries != 1 || got.Token != "" {
			t.Errorf("kept as %+v", got)
		}
		if _, err := h.UseLink(t.Context(), m.Token, goodPassword, ""); err != nil {
			t.Errorf("the link in the mail: %v", err)
		}
	})
}

func TestMailIsTriedAgainAndThenGivenUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		withMail(t, h)
		invite(t, h, "Lena")
		busy := core.MailError{Trouble: core.MailContentRefused, Code: 451}
		box := postbox{fail: []error{busy, errors.New("broken pipe"), nil}}
		send(t, h, &box)
		now := func() core.Mail { return mails(t, h, h.Owner, core.MailList{})[0] }
		if m := now(); m.State != core.MailQueued || m.Trouble != core.MailContentRefused || m.Code != 451 || m.Tries != 1 {
			t.Errorf("after a busy server: %+v", m)
		}
		send(t, h, &box) // not due yet
		h.Clock.Advance(2 * time.Minute)
		send(t, h, &box)
		if m := now(); m.Trouble != core.MailUnreachable || m.Code != 0 || m.Tries != 2 {
			t.Errorf("after a broken line: %+v", m)
		}
		h.Clock.Advance(10 * time.Minute)
		send(t, h, &box)
		if m := now(); m.State != core.MailSent || m.Trouble != "" || len(box.took) != 1 {
			t.Errorf("in the end: %+v", m)
		}

		invite(t, h, "Emir")
		tries := 0
		for now().State == core.MailQueued {
			box.fail = []error{busy}
			h.Clock.Advance(24 * time.Hour)
			send(t, h, &box)
			if tries++; tries > 20 {
				t.Fatal("is tried for ever")
			}
		}
		if m := now(); m.State != core.MailFailed || m.Tries != tries || tries < 5 {
			t.Errorf("given up after %d tries as %+v", tries, m)
		}

		invite(t, h, "Clara")
		box.fail = []error{core.MailError{Trouble: core.MailRecipientRefused, Code: 550, Final: true}}
		send(t, h, &box)
		if m := now(); m.State != core.MailFailed || m.Tries != 1 || m.Code != 550 {
			t.Errorf("refused for good: %+v", m)
		}
	})
}

func TestMailWaitsOutAServerThatIsAway(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		withMail(t, h)
		for i := range 3 {
			invite(t, h, fmt.Sprintf("Person%d", i))
		}
		away := core.MailError{Trouble: core.MailUnreachable}
		box := postbox{fail: []error{away, away, away}}
		run, err := h.SendDueMail(t.Context(), &box)
		if !errors.Is(err, away) || run.Later != 1 || len(box.fail) != 2 {
			t.Errorf("asked a server that is away for each mail: %+v, %v", run, err)
		}
		box.fail = nil
		h.Clock.Advance(time.Hour)
		if run, err := h.SendDueMail(t.Context(), &box); err != nil || run.Sent != 3 {
			t.Errorf("then %+v, %v", run, err)
		}
	})
}

// A program that ends while it sends leaves a mail that is nobody's for a
// while, and then is sent as the same one.
func TestMailOfAProgramThatEnded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		withMail(t, h)
		invite(t, h, "Lena")
		ended := postbox{}
		crash := sender(func(ctx context.Context, m core.Mail) error {
			ended.took = append(ended.took, m)
			other := postbox{}
			send(t, h, &other)
			if len(other.took) > 0 {
				t.Error("two send one mail at once")
			}
			panic("power cut")
		})
		func() {
			defer func() { recover() }()
			h.SendDueMail(t.Context(), crash)
		}()
		var box postbox
		send(t, h, &box)
		if len(box.took) > 0 {
			t.Error("is sent again at once")
		}
		h.Clock.Advance(10 * time.Minute)
		send(t, h, &box)
		if len(box.took) != 1 || box.took[0].ID != ended.took[0].ID || !box.took[0].Created.Equal(ended.took[0].Created) {
			t.Errorf("sent %+v after %+v", box.took, ended.took)
		}
		for _, m := range []core.Mail{ended.took[0], box.took[0]} { // either may be the one that arrived
			if _, _, err := h.Link(t.Context(), m.Token); err != nil {
				t.Errorf("link of try %d: %v", m.Tries, err)
			}
		}
	})
}

type sender func(context.Context, core.Mail) error

func (f sender) SendMail(ctx context.Context, m core.Mail) error { return f(ctx, m) }

func TestMailIsKeptWithoutAServer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		u, token, err := h.InviteUser(ctx, h.Owner, core.User{Name: "Lena", Email: "lena@first.example", Role: core.Member, Merchant: h.First.ID})
		if err != nil || token == "" {
			t.Fatalf("no token to hand over: %v", err)
		}
		if _, err := h.UseLink(ctx, token, goodPassword, ""); err != nil {
			t.Fatal(err)
		}
		if got := mails(t, h, h.Owner, core.MailList{}); len(got) != 0 {
			t.Errorf("a first password is no change: %+v", got)
		}
		if err := h.SetOwnPassword(ctx, u.Actor(""), goodPassword, goodPassword+" too"); err != nil {
			t.Fatal(err)
		}
		kept := mails(t, h, h.Owner, core.MailList{State: core.MailKept})
		if len(kept) != 1 || kept[0].Kind != core.PasswordChangeMail {
			t.Fatalf("kept %+v", kept)
		}
		var box postbox
		if send(t, h, &box); len(box.took) > 0 {
			t.Error("what is kept was sent")
		}
		if _, err := h.ResendMail(ctx, h.Owner, kept[0].ID); !errors.Is(err, core.ErrConflict) {
			t.Errorf("resend without a server: %v", err)
		}
		if _, err := h.MailSetUpLink(ctx, h.Owner, u.ID); !errors.Is(err, core.ErrConflict) {
			t.Errorf("mail a link without a server: %v", err)
		}
		if err := h.AskForPassword(ctx, u.Email, "192.0.2.1"); !errors.Is(err, core.ErrConflict) {
			t.Errorf("ask without a server: %v", err)
		}
		withMail(t, h)
		if send(t, h, &box); len(box.took) > 0 {
			t.Error("a server that came later got what was kept")
		}
		if _, err := h.ResendMail(ctx, h.Owner, kept[0].ID); err != nil {
			t.Fatal(err)
		}
		if send(t, h, &box); len(box.took) != 1 || box.took[0].ID != kept[0].ID {
			t.Errorf("sent %+v", box.took)
		}
	})
}

func TestMailIsResent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		withMail(t, h)
		ctx := t.Context()
		u := invite(t, h, "Lena")
		box := postbox{fail: []error{core.MailError{Trouble: core.MailRecipientRefused, Code: 550, Final: true}}}
		send(t, h, &box)
		id := mails(t, h, h.Owner, core.MailList{})[0].ID
		before := countEvents(t, h)
		if m, err := h.ResendMail(ctx, h.Owner, id); err != nil || m.ID != id || countEvents(t, h) != before+1 {
			t.Fatalf("resent what had failed as %d, %v, with %d events", m.ID, err, countEvents(t, h)-before)
		}
		send(t, h, &box)
		again, err := h.ResendMail(ctx, h.Owner, id)
		if err != nil || again.ID == id || again.Again != id {
			t.Fatalf("resent what was sent as %+v, %v", again, err)
		}
		send(t, h, &box)
		if len(box.took) != 2 || box.took[0].Token == box.took[1].Token {
			t.Fatalf("took %+v", box.took)
		}
		if _, err := h.DeactivateUser(ctx, h.Owner, u.ID, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := h.ResendMail(ctx, h.Owner, id); err != nil {
			t.Fatal(err)
		}
		send(t, h, &box)
		if m := mails(t, h, h.Owner, core.MailList{})[0]; len(box.took) != 2 || m.State != core.MailFailed || m.Trouble != core.MailPersonGone {
			t.Errorf("to somebody who cannot sign in: %+v", m)
		}
	})
}

func TestForgottenPasswordTellsNobodyApart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		withMail(t, h)
		ctx := t.Context()
		gone := invite(t, h, "Gone")
		if _, err := h.DeactivateUser(ctx, h.Owner, gone.ID, 0); err != nil {
			t.Fatal(err)
		}
		send(t, h, &postbox{})
		before := countEvents(t, h)
		for _, email := range []string{"MEMBER@first.example", "nobody@first.example", gone.Email} {
			if err := h.AskForPassword(ctx, email, "192.0.2.7"); err != nil {
				t.Errorf("%s: %v", email, err)
			}
		}
		if got := countEvents(t, h) - before; got != 3 {
			t.Errorf("left %d events, want one each", got)
		}
		var box postbox
		send(t, h, &box)
		if len(box.took) != 1 || box.took[0].To != "member@first.example" || box.took[0].Kind != core.NewPasswordMail {
			t.Fatalf("mailed %+v", box.took)
		}
		h.Clock.Advance(core.ResetLife + time.Minute)
		if _, err := h.UseLink(ctx, box.took[0].Token, goodPassword, ""); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("a link that is too old: %v", err)
		}
		for range core.AccountTries {
			h.AskForPassword(ctx, "nobody@first.example", "192.0.2.8")
		}
		if err := h.AskForPassword(ctx, "nobody@first.example", "192.0.2.9"); !errors.As(err, new(core.Throttled)) {
			t.Errorf("asked too often: %v", err)
		}
	})
}

func TestAddressThatIsNoneFails(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		withMail(t, h)
		if _, err := h.UpdateMerchant(t.Context(), h.Owner, 0, core.Changes{"name": "Sonne\r\nBcc: thief@example.com"}); err != nil {
			t.Fatal(err)
		}
		invite(t, h, "Lena")
		// An address of before the rule that refuses it.
		h.Exec(t, "UPDATE users SET email = 'a@b.example\r\nBcc: thief@example.com' WHERE id = "+itoa(h.Member.ID))
		if _, err := h.MailSetUpLink(t.Context(), h.Owner, h.Member.ID); err != nil {
			t.Fatal(err)
		}
		var box postbox
		send(t, h, &box)
		if len(box.took) != 1 || box.took[0].From != "Sonne Bcc: thief@example.com" {
			t.Errorf("took %+v", box.took)
		}
		if m := mails(t, h, h.Owner, core.MailList{State: core.MailFailed}); len(m) != 1 || m[0].Trouble != core.MailBadAddress {
			t.Errorf("failed %+v", m)
		}
	})
}

func TestMailsAreForThoseTheyConcern(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		withMail(t, h)
		ctx := t.Context()
		invite(t, h, "Lena")
		if _, _, err := h.InviteUser(ctx, h.Admin.In(0), core.User{Name: "Ada", Email: "ada@kontor.example", Role: core.Agent}); err != nil {
			t.Fatal(err)
		}
		ours, theirs := mails(t, h, h.Owner, core.MailList{})[0], mails(t, h, h.Admin.In(0), core.MailList{})[0]
		for _, c := range []struct {
			by   core.Actor
			sees []int64
		}{
			{h.Owner, []int64{ours.ID}},
			{h.Admin, []int64{ours.ID}},
			{h.Member, nil},
			{h.Viewer, nil},
			{h.Agent, nil},
			{h.Other, nil}, // to one of the team
			{h.Auditor.In(0), []int64{theirs.ID}},
		} {
			var got []int64
			for _, m := range mails(t, h, c.by, core.MailList{}) {
				got = append(got, m.ID)
			}
			if !slices.Equal(got, c.sees) {
				t.Errorf("%s in %d sees %v", c.by.Role, c.by.Merchant, got)
			}
			for _, m := range []core.Mail{ours, theirs} {
				if _, err := h.Mail(ctx, c.by, m.ID); (err == nil) != slices.Contains(c.sees, m.ID) {
					t.Errorf("%s in %d: mail of %d is %v", c.by.Role, c.by.Merchant, m.Merchant, err)
				}
			}
		}
		if _, err := h.Mails(ctx, h.Owner.In(0), core.MailList{}, 1); err != nil { // who cannot move stays
			t.Error(err)
		}
		if _, err := h.ResendMail(ctx, h.Other, ours.ID); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("another merchant resends: %v", err)
		}
		for _, by := range []core.Actor{h.Member, h.Other, h.Auditor.In(0)} {
			before := countEvents(t, h)
			if _, err := h.MailSetUpLink(ctx, by, h.Viewer.ID); !refused(err) || countEvents(t, h) != before {
				t.Errorf("%s in %d mails a link: %v", by.Role, by.Merchant, err)
			}
		}
		before := countEvents(t, h)
		if _, err := h.MailSetUpLink(ctx, h.Owner, h.Viewer.ID); err != nil || countEvents(t, h) != before+1 {
			t.Errorf("an owner mails a link: %v, %d events", err, countEvents(t, h)-before)
		}
		if _, err := h.ResendMail(ctx, h.Auditor.In(0), theirs.ID); !errors.Is(err, core.ErrForbidden) {
			t.Errorf("an auditor resends: %v", err)
		}
	})
}
