package e2e

import (
	"context"
	"net/http"
	"regexp"
	"testing"
	"time"

	"kontor/db/core"
	"kontor/e2e/smtp"
	"kontor/views"
)

// mails has the program send its mails to a server from now on.
func (h *house) mails(t *testing.T) *smtp.Server {
	t.Helper()
	server := smtp.Listen(t)
	h.stop()
	h.env = append(h.env, "KONTOR_SMTP=smtp://"+server.Addr+"?from=office@kontor.example")
	h.serve()
	return server
}

// next waits for the next mail.
func next(t *testing.T, server *smtp.Server) smtp.Message {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	m, err := server.Next(ctx)
	if err != nil {
		t.Fatalf("no mail came: %v", err)
	}
	return m
}

var mailedLink = regexp.MustCompile(`/link/\w+`)

func TestMemberIsInvitedAndForgetsThePassword(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		server := h.mails(t)
		p := h.as(t, v, core.Owner)
		p.open(views.NewPersonURL(views.Place(h.first.ID)))
		p.says(p.main(), "They get a mail with a link")
		p.fill("Name", "Lena Vogt")
		p.fill("E-mail", "lena@sonne.example")
		p.choose("Role", "Member: the daily work")
		p.click(p.button("Invite"))
		p.told("An invitation is on its way to lena@sonne.example")
		m := next(t, server)
		if len(m.To) != 1 || m.To[0] != "lena@sonne.example" || m.Head("From") != "Bäckerei Sonne <office@kontor.example>" {
			t.Errorf("sent to %v from %s", m.To, m.Head("From"))
		}

		lena := h.page(t, v)
		lena.open(mailedLink.FindString(m.Data))
		lena.fill("Password", goodPassword)
		lena.click(lena.button("Save and sign in"))
		lena.at(h.home)

		// Another browser, where she has forgotten it.
		lena = h.page(t, v)
		lena.open("/login")
		lena.click(lena.link("Forgotten your password?"))
		looks(t, lena)
		lena.allow(http.StatusUnprocessableEntity)
		lena.fill("E-mail", "lena")
		lena.click(lena.button("Mail me a link"))
		lena.see(lena.heading("There is a problem"))
		looks(t, lena)
		lena.fill("E-mail", "lena@sonne.example")
		lena.click(lena.button("Mail me a link"))
		lena.see(lena.heading("Look in your mail"))
		looks(t, lena)
		lena.open(mailedLink.FindString(next(t, server).Data))
		lena.fill("Password", goodPassword+" again")
		lena.click(lena.button("Save and sign in"))
		lena.at(h.home)
		if m := next(t, server); m.Head("Subject") != "Your password was changed" {
			t.Errorf("then %q", m.Head("Subject"))
		}

		p.click(p.link("Mail"))
		p.at(views.MailsURL(views.Place(h.first.ID)))
		p.lists("Your password was changed", "A new password for Bäckerei Sonne", "Clara Sommer invites you to Bäckerei Sonne")
		looks(t, p)
	})
}

func TestMailThatWasRefusedIsSentAgain(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		server := h.mails(t)
		server.Say("RCPT", "550 5.1.1 <member@sonne.example> is nobody here")
		p := h.as(t, v, core.Owner)
		p.open(views.TeamURL(h.first.ID))
		p.click(p.link("Emir Hadžić"))
		p.click(p.button("Mail a link to set a password"))
		p.told("A link is on its way to member@sonne.example")
		failed := views.MailsQuery(views.Place(h.first.ID), core.MailList{State: core.MailFailed})
		for p.open(failed); ; p.open(failed) { // until the program has tried
			n, err := p.rows().Count()
			p.must(err)
			if n > 0 {
				break
			}
		}
		p.click(p.link("Clara Sommer invites you to Bäckerei Sonne"))
		p.says(p.main(), "The mail server refused the recipient. Check the address. Its answer was 550.")
		p.silent(p.main(), "nobody here")
		p.says(p.Locator(".letter-text"), "Welcome, Emir Hadžić")
		p.must(expect.Locator(p.FrameLocator("iframe").Locator("h1")).ToHaveText("Welcome, Emir Hadžić"))
		looks(t, p)
		p.click(p.button("Send"))
		p.told("The mail is on its way")
		if m := next(t, server); !mailedLink.MatchString(m.Data) {
			t.Errorf("without a link:\n%s", m.Data)
		}
	})
}

// What a mail says is known only to those it concerns.
func TestMailOfATeamIsForItsOwners(t *testing.T) {
	h := newHouse(t)
	h.mails(t)
	p := h.as(t, visitor{}, core.Owner)
	p.open(views.TeamURL(h.first.ID))
	p.click(p.link("Emir Hadžić"))
	p.click(p.button("Mail a link to set a password"))
	p.click(p.link("Mail"))
	p.click(p.link("Clara Sommer invites you to Bäckerei Sonne"))
	path := p.URL()
	member := h.as(t, visitor{}, core.Member)
	member.allow(http.StatusNotFound)
	member.click(member.link("Mail"))
	member.see(member.heading("No mail yet"))
	member.open(path)
	member.see(member.heading("There is nothing here"))
}

func TestMailPagesOnAPhone(t *testing.T) {
	h := newHouse(t)
	p := h.as(t, visitor{}, core.Owner)
	p.open("/forgot") // no server yet
	looks(t, p)
	p.open(views.MailsURL(views.Place(h.first.ID)))
	p.says(p.main(), "has no mail server")
	looks(t, p)
	h.mails(t)
	for _, v := range []visitor{{Phone: true}, {Phone: true, Dark: true}, {Dark: true}} {
		p := h.as(t, v, core.Owner)
		p.open(views.TeamURL(h.first.ID))
		p.click(p.link("Emir Hadžić"))
		p.click(p.button("Mail a link to set a password"))
		p.open(views.MailsURL(views.Place(h.first.ID)))
		looks(t, p)
		picture(t, p, "mails")
		p.click(p.link("Clara Sommer invites you to Bäckerei Sonne").First())
		p.see(p.heading("As text"))
		looks(t, p)
		picture(t, p, "mail")
	}
}
