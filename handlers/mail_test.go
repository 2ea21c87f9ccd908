package handlers_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"kontor/db/core"
)

// A postbox takes the mails that a site sends, or refuses them.
type postbox struct {
	took []core.Mail
	fail error
}

func (p *postbox) SendMail(_ context.Context, m core.Mail) error {
	if p.fail == nil {
		p.took = append(p.took, m)
	}
	return p.fail
}

// deliver sends what is due and returns what was taken.
func (s *site) deliver(fail error) []core.Mail {
	s.t.Helper()
	box := postbox{fail: fail}
	if _, err := s.SendDueMail(s.t.Context(), &box); err != nil && !errors.As(err, new(core.MailError)) {
		s.t.Fatal(err)
	}
	return box.took
}

// newMailSite is a site with a mail server.
func newMailSite(t *testing.T) *site {
	t.Helper()
	s := newSite(t)
	s.SendsMail = true
	s.Reopen(t)
	return siteOver(t, s.House)
}

func TestInvitationIsMailed(t *testing.T) {
	s := newMailSite(t)
	a := s.get(s.Owner, team+"/new")
	if got := a.text("main"); !strings.Contains(got, "They get a mail with a link") {
		t.Errorf("says %q", got)
	}
	form := a.form("main form")
	form.Set("name", "Lena Vogt")
	form.Set("email", "lena@first.example")
	a = s.post(s.Owner, team+"/new", form)
	want(t, a, 303)
	person := a.location()
	took := s.deliver(nil)
	if len(took) != 1 || took[0].To != "lena@first.example" {
		t.Fatalf("mailed %+v", took)
	}
	a = s.get(core.Actor{}, "/link/"+took[0].Token)
	want(t, a, 200)
	want(t, s.post(s.Owner, person+"/mail", nil), 303)
	if took = s.deliver(nil); len(took) != 1 || took[0].Kind != core.InvitationMail {
		t.Errorf("who has no password yet is mailed %+v", took)
	}
	want(t, s.post(s.Owner, team+fmt.Sprintf("/%d/mail", s.Other.ID), nil), 404)
}

func TestForgottenPasswordByMail(t *testing.T) {
	s := newMailSite(t)
	if href, _ := s.get(core.Actor{}, "/login").Find(`a[href="/forgot"]`).Attr("href"); href == "" {
		t.Error("the sign-in page leads nowhere")
	}
	for _, email := range []string{"", "not an address", "a@b.example\r\nBcc: thief@example.com"} {
		a := s.post(core.Actor{}, "/forgot", url.Values{"email": {email}})
		want(t, a, 422)
		if got := a.form("form").Get("email"); email != "" && strings.TrimSpace(got) == "" {
			t.Errorf("%q is not kept", email)
		}
	}
	var answers []string
	for _, email := range []string{"owner@first.example", "nobody@first.example"} {
		a := s.post(core.Actor{}, "/forgot", url.Values{"email": {email}})
		want(t, a, 303)
		answers = append(answers, a.location(), s.get(core.Actor{}, a.location()).text("main"))
	}
	if answers[0] != answers[2] || answers[1] != answers[3] || strings.Contains(answers[1], "@") {
		t.Errorf("tells them apart: %q", answers)
	}
	took := s.deliver(nil)
	if len(took) != 1 || took[0].To != "owner@first.example" {
		t.Fatalf("mailed %+v", took)
	}
	want(t, s.post(core.Actor{}, "/link/"+took[0].Token, url.Values{"password": {"some words that are long"}}), 303)
	want(t, s.get(core.Actor{}, "/link/"+took[0].Token), 404)
	for range core.AccountTries + 1 {
		s.post(core.Actor{}, "/forgot", url.Values{"email": {"owner@first.example"}})
	}
	if a := s.post(core.Actor{}, "/forgot", url.Values{"email": {"owner@first.example"}}); a.Code != 429 || a.Header().Get("Retry-After") == "" {
		t.Errorf("too often: %d", a.Code)
	}
}

func TestForgottenPasswordWithoutAMailServer(t *testing.T) {
	s := newSite(t)
	a := s.get(core.Actor{}, "/forgot")
	want(t, a, 200)
	if a.Find("form").Length() != 0 || !strings.Contains(a.text("main"), "Ask an owner") {
		t.Errorf("says %q", a.text("main"))
	}
	want(t, s.post(core.Actor{}, "/forgot", url.Values{"email": {"owner@first.example"}}), 303)
	if a := s.get(s.Owner, personPath(s.Member.ID)); strings.Contains(a.text("main"), "Mail a link") {
		t.Error("offers to mail a link")
	}
	want(t, s.post(s.Owner, personPath(s.Member.ID)+"/mail", nil), 409)
}

func TestMailIsLookedAtAndSentAgain(t *testing.T) {
	s := newMailSite(t)
	want(t, s.post(s.Owner, personPath(s.Member.ID)+"/mail", nil), 303)
	s.deliver(core.MailError{Trouble: core.MailRecipientRefused, Code: 550, Final: true})
	a := s.get(s.Owner, "/m/1/mail")
	want(t, a, 200)
	if got := a.text(".mail-rows tbody tr"); !strings.Contains(got, "Owner Person invites you to Bäckerei Sonne") || !strings.Contains(got, "member@first.exampleFailed") {
		t.Errorf("the list has %q", got)
	}
	path, _ := a.Find(".mail-rows a").Attr("href")
	a = s.get(s.Owner, path)
	want(t, a, 200)
	if got := a.text(".facts"); !strings.Contains(got, "The mail server refused the recipient. Check the address. Its answer was 550.") {
		t.Errorf("says %q", got)
	}
	if got := a.text(".letter-text"); !strings.Contains(got, "Welcome, Member Person") || strings.Contains(got, "/link/") {
		t.Errorf("the text is %q", got)
	}
	frame, _ := a.Find("iframe[sandbox]").Attr("src")
	if got := a.Header().Get("Content-Security-Policy"); !strings.Contains(got, "frame-src 'self'") || strings.Contains(got, "unsafe") {
		t.Errorf("policy %q", got)
	}
	doc := s.get(s.Owner, frame)
	want(t, doc, 200)
	policy := doc.Header().Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "sandbox", "frame-ancestors 'self'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("the frame's policy %q is without %s", policy, part)
		}
	}
	if doc.Find("a, script, form, img").Length() > 0 || !strings.Contains(doc.text("h1"), "Welcome, Member Person") {
		t.Errorf("the frame shows %q", doc.text("body"))
	}
	a = s.post(s.Owner, path+"/resend", nil)
	want(t, a, 303)
	if a.location() != path || len(s.deliver(nil)) != 1 {
		t.Errorf("resent to %s", a.location())
	}
	a = s.post(s.Owner, path+"/resend", nil) // sent by now: another mail
	if again := a.location(); again == path || !strings.Contains(s.get(s.Owner, again).text(".facts"), "This mail once more") {
		t.Errorf("resent to %s", again)
	}
	for _, by := range []core.Actor{s.Member, s.Agent, s.Other} {
		if a := s.get(by, path); a.Code != 404 {
			t.Errorf("%s sees a mail to the team: %d", by.Role, a.Code)
		}
	}
	for state, rows := range map[string]int{"sent": 1, "queued": 1, "failed": 0, "kept": 0, "nonsense": 2} {
		if got := s.get(s.Owner, "/m/1/mail?state="+state).Find(".mail-rows tbody tr").Length(); got != rows {
			t.Errorf("%s has %d rows", state, got)
		}
	}
	want(t, s.get(s.Owner, "/m/1/mail?customer=5"), 404)
}

func TestMailsByPage(t *testing.T) {
	s := newMailSite(t)
	for range 60 {
		if _, err := s.MailSetUpLink(t.Context(), s.Owner, s.Member.ID); err != nil {
			t.Fatal(err)
		}
	}
	a := s.get(s.Owner, "/m/1/mail?state=queued")
	next, _ := a.Find(".pager a").Last().Attr("href")
	if n := a.Find(".mail-rows tbody tr").Length(); n != 50 || !strings.Contains(next, "state=queued") {
		t.Fatalf("%d rows, next %s", n, next)
	}
	a = s.get(s.Owner, next)
	if n := a.Find(".mail-rows tbody tr").Length(); n != 10 || a.Find(".pager a").Length() != 1 {
		t.Errorf("then %d rows", n)
	}
}
