package main

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"kontor/db/core"
	"kontor/db/dbtest"
	"kontor/e2e/smtp"
)

// office is a house whose mails go to a mail server, and the one who brings
// them there.
func office(t *testing.T) (*dbtest.House, *smtp.Server, postman) {
	t.Helper()
	server := smtp.Listen(t)
	h := dbtest.SQLite(t)
	h.SendsMail = true
	h.Reopen(t)
	to, err := parseSMTP("smtp://" + server.Addr + "?from=office@kontor.example")
	if err != nil {
		t.Fatal(err)
	}
	return h, server, postman{to, func(path string) string { return "https://office.example" + path }}
}

// deliver sends what is due and returns the last mail as it is then.
func deliver(t *testing.T, h *dbtest.House, p postman) core.Mail {
	t.Helper()
	if _, err := h.SendDueMail(t.Context(), p); err != nil && !errors.As(err, new(core.MailError)) {
		t.Fatal(err)
	}
	all, err := h.Mails(t.Context(), h.Owner, core.MailList{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	return all[0]
}

func invite(t *testing.T, h *dbtest.House, email string) {
	t.Helper()
	u := core.User{Name: "Lena Vogt", Email: email, Role: core.Member, Merchant: h.First.ID}
	if _, _, err := h.InviteUser(t.Context(), h.Owner, u); err != nil {
		t.Fatal(err)
	}
}

// parts are the texts of a message, by kind.
func parts(t *testing.T, data string) map[string]string {
	t.Helper()
	msg, err := mail.ReadMessage(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for r := multipart.NewReader(msg.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
		text, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		all[kind] = string(text)
	}
}

var inviteLink = regexp.MustCompile(`https://office\.example/link/(\w+)`)

func TestMailGoesOverTheLine(t *testing.T) {
	h, server, p := office(t)
	invite(t, h, "lena@first.example")
	if m := deliver(t, h, p); m.State != core.MailSent {
		t.Fatalf("%+v", m)
	}
	m, err := server.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"From": `"Bäckerei Sonne" <office@kontor.example>`, "To": "<lena@first.example>",
		"Subject": "Owner Person invites you to Bäckerei Sonne", "Auto-Submitted": "auto-generated", "Date": "Sat, 21 Nov 2026 09:00:00 +0000",
	} {
		if got := m.Head(name); got != want && got != strings.ReplaceAll(want, `"`, "") {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	texts := parts(t, m.Data)
	for kind, text := range texts {
		link := inviteLink.FindStringSubmatch(text)
		if link == nil || !strings.Contains(text, "Welcome, Lena Vogt") {
			t.Errorf("%s is %q", kind, text)
			continue
		}
		if _, _, err := h.Link(t.Context(), link[1]); err != nil {
			t.Errorf("the link in %s: %v", kind, err)
		}
	}
	if len(texts) != 2 {
		t.Errorf("has %d texts", len(texts))
	}
}

func TestRefusalsOfTheMailServer(t *testing.T) {
	for _, c := range []struct {
		command, answer string
		state           core.MailState
		trouble         core.MailTrouble
		code            int
	}{
		{"GREETING", "554 no service", core.MailQueued, core.MailUnreachable, 554},
		{"GREETING", smtp.HangUp, core.MailQueued, core.MailUnreachable, 0},
		{"MAIL", "550 5.7.1 not from you", core.MailFailed, core.MailSenderRefused, 550},
		{"RCPT", "550 5.1.1 <lena@first.example> is nobody", core.MailFailed, core.MailRecipientRefused, 550},
		{"RCPT", "450 4.2.0 greylisted", core.MailQueued, core.MailRecipientRefused, 450},
		{"DATA", "451 4.3.0 later", core.MailQueued, core.MailContentRefused, 451},
		{".", "554 5.6.0 spam", core.MailFailed, core.MailContentRefused, 554},
		{".", "452 4.3.1 full", core.MailQueued, core.MailContentRefused, 452},
		{".", smtp.HangUp, core.MailQueued, core.MailUnreachable, 0},
		{"QUIT", smtp.HangUp, core.MailSent, "", 0},
		{"RSET", "500 what", core.MailSent, "", 0}, // it has the mail by then
	} {
		t.Run(c.command+" "+c.answer, func(t *testing.T) {
			h, server, p := office(t)
			server.Say(c.command, c.answer)
			invite(t, h, "lena@first.example")
			m := deliver(t, h, p)
			if m.State != c.state || m.Trouble != c.trouble || m.Code != c.code {
				t.Fatalf("is %s, %s %d; want %s, %s %d", m.State, m.Trouble, m.Code, c.state, c.trouble, c.code)
			}
			if c.state != core.MailQueued {
				return
			}
			h.Clock.Advance(time.Hour)
			if m := deliver(t, h, p); m.State != core.MailSent || m.Trouble != "" || len(server.Taken()) != 1 {
				t.Errorf("the next time: %s, %s", m.State, m.Trouble)
			}
		})
	}
}

// A server that takes a mail and goes before it says so gets it again, as the
// same message.
func TestMailTakenTwiceIsOneMessage(t *testing.T) {
	h, server, p := office(t)
	invite(t, h, "lena@first.example")
	m := deliver(t, h, p)
	first, err := server.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := p.SendMail(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	again, err := server.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if a, b := first.Head("Message-Id"), again.Head("Message-Id"); a != b || !strings.HasSuffix(a, "@kontor.example>") {
		t.Errorf("sent as %s and %s", a, b)
	}
}

func TestMailServerThatIsNotThere(t *testing.T) {
	h, _, p := office(t)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if p.server, err = parseSMTP("smtp://" + ln.Addr().String() + "?from=office@kontor.example"); err != nil {
		t.Fatal(err)
	}
	ln.Close()
	invite(t, h, "lena@first.example")
	if m := deliver(t, h, p); m.State != core.MailQueued || m.Trouble != core.MailUnreachable {
		t.Errorf("%+v", m)
	}
}

func TestMailServerWithoutTLSOrSignIn(t *testing.T) {
	for query, want := range map[string]core.MailTrouble{
		"smtp://%s?from=office@kontor.example":                       core.MailInsecure,
		"smtps://%s?from=office@kontor.example":                      core.MailInsecure,
		"smtp://office:secret@%s?tls=off&from=office@kontor.example": core.MailLoginRefused,
	} {
		h, server, p := office(t)
		var err error
		if p.server, err = parseSMTP(strings.Replace(query, "%s", server.Addr, 1)); err != nil {
			t.Fatal(err)
		}
		if p.server.user == "" {
			p.server.policy = 0 // as for a server elsewhere
		}
		invite(t, h, "lena@first.example")
		if m := deliver(t, h, p); m.State != core.MailQueued || m.Trouble != want {
			t.Errorf("%s: %s, %s", query, m.State, m.Trouble)
		}
	}
}

func TestBlindCopiesStayBlind(t *testing.T) {
	_, server, p := office(t)
	m := core.Mail{
		ID: 7, Merchant: 1, From: "Sonne", To: "a@example.com", BCC: []string{"b@example.com", "c@example.com"},
		Kind: core.PasswordChangeMail, Values: []byte(`{"person":"Amara"}`),
	}
	if err := p.SendMail(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	got, err := server.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(got.To, " ") != "a@example.com b@example.com c@example.com" || strings.Contains(got.Data, "b@example.com") {
		t.Errorf("to %v:\n%s", got.To, got.Data)
	}
}

// TestRefusedCopyKeepsNobodyFromTheMail: whom it is for gets it, and the other
// copies go out, while it says that one did not.
func TestRefusedCopyKeepsNobodyFromTheMail(t *testing.T) {
	for answer, code := range map[string]int{"550 5.1.1 nobody": 550, "450 4.1.2 no such domain": 450} {
		h, server, p := office(t)
		invite(t, h, "lena@first.example")
		h.Exec(t, "UPDATE mails SET bcc = 'b@example.com,c@example.com'")
		server.Say("RCPT", "250 2.1.5 fine", answer)
		m := deliver(t, h, p)
		if m.State != core.MailSent || m.Trouble != core.MailCopyRefused || m.Code != code {
			t.Errorf("after %s it is %s, %s %d", answer, m.State, m.Trouble, m.Code)
		}
		got := server.Taken()
		if len(got) != 1 || strings.Join(got[0].To, " ") != "lena@first.example c@example.com" {
			t.Errorf("after %s it was sent to %v", answer, got)
		}
	}
}

func TestDomainsWithLettersOfTheirOwn(t *testing.T) {
	_, server, p := office(t)
	m := core.Mail{
		ID: 7, Merchant: 1, From: "Sonne", To: "Jane@Bücher.example", BCC: []string{"ida@straße.example", "o'neil+x@Example.com"},
		Kind: core.PasswordChangeMail, Values: []byte(`{"person":"Amara"}`),
	}
	if err := p.SendMail(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	got, err := server.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(got.To, " ") != "Jane@xn--bcher-kva.example ida@xn--strae-oqa.example o'neil+x@Example.com" ||
		got.Head("To") != "<Jane@xn--bcher-kva.example>" {
		t.Errorf("to %v, %s", got.To, got.Head("To"))
	}
}

func TestHeadsCannotBeInjected(t *testing.T) {
	const injected = "x\r\nBcc: thief@example.com\r\n\r\nbody"
	for name, change := range map[string]func(*core.Mail){
		"recipient": func(m *core.Mail) { m.To = "a@example.com" + injected },
		"copy":      func(m *core.Mail) { m.BCC = []string{"b@example.com" + injected} },
		"sender":    func(m *core.Mail) { m.From = "Sonne " + injected },
		"values":    func(m *core.Mail) { m.Values = []byte(`{"by":"x\r\nBcc: thief@example.com","person":"y\r\nBcc: z"}`) },
	} {
		_, server, p := office(t)
		m := core.Mail{ID: 7, From: "Sonne", To: "a@example.com", Kind: core.InvitationMail, Token: "t", Values: []byte(`{}`)}
		change(&m)
		err := p.SendMail(t.Context(), m)
		for _, got := range server.Taken() {
			if got.Head("Bcc") != "" || len(got.To) != 1 || got.To[0] != "a@example.com" {
				t.Errorf("%s: to %v:\n%s", name, got.To, got.Data)
			}
		}
		if name == "recipient" || name == "copy" {
			if !errors.Is(err, core.MailError{Trouble: core.MailBadAddress, Final: true}) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestParseSMTP(t *testing.T) {
	for text, want := range map[string]string{
		"smtp://mail.example.com?from=a@example.com":            "mail.example.com 587",
		"smtps://a%40example.com:se%3Acret@mail.example.com":    "mail.example.com 465",
		"smtp://127.0.0.1:2525?from=a@example.com":              "127.0.0.1 2525",
		"smtp://mail.example.com:25?from=a@example.com&tls=off": "mail.example.com 25",
		"mail.example.com":                                             "",
		"http://mail.example.com?from=a@example.com":                   "",
		"smtp://mail.example.com":                                      "",
		"smtp://mail.example.com?from=" + url.QueryEscape("a@b.c\r\n"): "",
		"smtp://mail.example.com:99999?from=a@example.com":             "",
		"smtps://mail.example.com?from=a@example.com&tls=off":          "",
	} {
		s, err := parseSMTP(text)
		got := ""
		if err == nil {
			got = s.host + " " + strconv.Itoa(s.port)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("%v tells the password", err)
		}
		if got != want {
			t.Errorf("%s is %q (%v), want %q", text, got, err, want)
		}
	}
}

func TestServeSendsMail(t *testing.T) {
	server := smtp.Listen(t)
	h := newHome(t)
	h.env["KONTOR_SMTP"] = "smtp://" + server.Addr + "?from=office@kontor.example"
	h.must("user", "add", "-email", "ada@kontor.example", "-role", "admin")
	base := h.serve()
	res, err := browser(t).PostForm(base+"/forgot", url.Values{"email": {"ada@kontor.example"}})
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	m, err := server.Next(ctx)
	if err != nil || !strings.Contains(parts(t, m.Data)["text/plain"], base+"/link/") {
		t.Errorf("sent %q, %v", m.Data, err)
	}
}
