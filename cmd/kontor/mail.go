package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
	"golang.org/x/net/idna"

	"kontor/db"
	"kontor/db/core"
	"kontor/views"
)

// An smtpServer is what KONTOR_SMTP names:
//
//	smtp://user:password@host:587?from=office@example.com
//
// With smtp the connection turns to TLS before anything is said, with smtps it
// begins so. Only a server on this machine may be without, or one whose address
// ends in tls=off. Without from the user is who mails come from.
type smtpServer struct {
	host           string
	port           int
	user, password string
	from           string
	implicit       bool // TLS from the first byte on
	policy         mail.TLSPolicy
}

const (
	submissionPort  = 587
	submissionsPort = 465
	smtpTimeout     = 20 * time.Second
)

// parseSMTP reads the value of KONTOR_SMTP. Its errors do not repeat it: there
// is a password in it.
func parseSMTP(text string) (*smtpServer, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || (u.Scheme != "smtp" && u.Scheme != "smtps") {
		return nil, errors.New("is an address such as smtp://user:password@mail.example.com:587?from=office@example.com")
	}
	s := &smtpServer{host: u.Hostname(), port: submissionPort, user: u.User.Username(), from: u.Query().Get("from")}
	s.password, _ = u.User.Password()
	if u.Scheme == "smtps" {
		s.implicit, s.port = true, submissionsPort
	}
	if p := u.Port(); p != "" {
		if s.port, err = strconv.Atoi(p); err != nil || s.port < 1 || s.port > 65535 {
			return nil, errors.New("names no port from 1 to 65535")
		}
	}
	if s.from == "" {
		s.from = s.user
	}
	if !core.Email(s.from) {
		return nil, errors.New("says not which address mails come from: end it in ?from=office@example.com")
	}
	switch off := u.Query().Get("tls"); {
	case off == "off" && !s.implicit:
		s.policy = mail.NoTLS
	case off != "":
		return nil, errors.New("may end in tls=off, with smtp and nothing else")
	case isLoopback(s.host):
		s.policy = mail.TLSOpportunistic
	}
	return s, nil
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || (err == nil && addr.IsLoopback())
}

// A postman draws mails and hands them to the mail server.
type postman struct {
	server *smtpServer
	public func(path string) string // an address as a person opens it
}

// task sends what is due. It is not there without a mail server.
func (p postman) task(store *db.Store) task {
	return task{name: "mail", every: 2 * time.Second, do: func(ctx context.Context) error {
		_, err := store.SendDueMail(ctx, p)
		return err
	}}
}

// SendMail implements [db.MailSender].
func (p postman) SendMail(ctx context.Context, m core.Mail) error {
	link := ""
	if m.Token != "" {
		link = p.public(views.LinkURL(m.Token))
	}
	l, err := views.Letter(m, link)
	if err == nil {
		err = l.Check().Err()
	}
	if err != nil {
		return core.MailError{Trouble: core.MailUnwritable, Final: true}
	}
	msg, err := p.message(m, l)
	if err != nil {
		return core.MailError{Trouble: core.MailBadAddress, Final: true}
	}
	client, err := p.server.client()
	if err != nil {
		return fmt.Errorf("mail server: %w", err)
	}
	line, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return dialTrouble(err)
	}
	defer line.Quit() // whose failure changes nothing
	if err := line.UpdateDeadline(smtpTimeout); err != nil {
		return core.MailError{Trouble: core.MailUnreachable}
	}
	return p.hand(line, msg)
}

// hand hands a message over. Who is to get a copy and is refused keeps nobody
// else from getting it: then it is sent, with a trouble. The library's own way is
// all or nobody, and does not tell who it was.
func (p postman) hand(line *smtp.Client, msg *mail.Msg) error {
	recipients, err := msg.GetRecipients() // whom it is for, and then the copies
	if err != nil {
		return core.MailError{Trouble: core.MailBadAddress, Final: true}
	}
	if err := line.Mail(p.server.from); err != nil {
		return refusal(err, core.MailSenderRefused)
	}
	var refused error
	for i, to := range recipients {
		err := line.Rcpt(to)
		if err == nil {
			continue
		}
		if i == 0 || !errors.As(err, new(*textproto.Error)) {
			return refusal(err, core.MailRecipientRefused)
		}
		refused = refusal(err, core.MailCopyRefused)
	}
	w, err := line.Data()
	if err == nil {
		_, err = msg.WriteTo(w)
	}
	if err == nil {
		err = w.Close() // waits for the server's answer
	}
	if err != nil {
		return refusal(err, core.MailContentRefused)
	}
	return refused
}

// message is the mail as it goes over the line. What would end a line of its
// head has been refused before.
func (p postman) message(m core.Mail, l core.Letter) (*mail.Msg, error) {
	msg := mail.NewMsg()
	err := errors.Join(msg.FromFormat(m.From, p.server.from), msg.To(forDNS(m.To)))
	for _, copied := range m.BCC {
		err = errors.Join(err, msg.AddBcc(forDNS(copied)))
	}
	if err != nil {
		return nil, err
	}
	// A try that failed after the server took it is known by these two.
	_, domain, _ := strings.Cut(p.server.from, "@")
	msg.SetMessageIDWithValue(fmt.Sprintf("%d.%d@%s", m.Merchant, m.ID, domain))
	msg.SetDateWithValue(m.Created)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.Subject(l.Subject)
	msg.SetBodyString(mail.TypeTextPlain, l.Text)
	msg.AddAlternativeString(mail.TypeTextHTML, l.HTML)
	return msg, nil
}

// forDNS is an address whose domain is written as the DNS has it: that of
// jane@bücher.example is xn--bcher-kva.example there, and few mail servers take it
// in letters. What is no such domain stays, for the mail server to judge.
func forDNS(address string) string {
	at := strings.LastIndexByte(address, '@')
	if strings.IndexFunc(address[at+1:], func(r rune) bool { return r > unicode.MaxASCII }) < 0 {
		return address
	}
	domain, err := idna.Lookup.ToASCII(address[at+1:])
	if err != nil {
		return address
	}
	return address[:at+1] + domain
}

func (s *smtpServer) client() (*mail.Client, error) {
	options := []mail.Option{mail.WithPort(s.port), mail.WithTimeout(smtpTimeout), mail.WithTLSPolicy(s.policy)}
	if s.implicit {
		options = append(options, mail.WithSSL())
	}
	if s.user != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.user), mail.WithPassword(s.password))
	}
	return mail.NewClient(s.host, options...)
}

// dialTrouble says why there is no mail server to hand a mail to. What it said
// stays behind: a mail server likes to repeat names and addresses.
func dialTrouble(err error) error {
	var said *textproto.Error
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var network net.Error
	switch {
	case errors.As(err, &said) && (said.Code == 454 || said.Code/10 == 53): // RFC 4954
		return core.MailError{Trouble: core.MailLoginRefused, Code: said.Code}
	case errors.As(err, &said):
		return core.MailError{Trouble: core.MailUnreachable, Code: said.Code}
	case errors.As(err, &certificate), errors.As(err, &record), strings.Contains(err.Error(), "STARTTLS"):
		return core.MailError{Trouble: core.MailInsecure}
	case strings.Contains(err.Error(), "AUTH") && !errors.As(err, &network):
		return core.MailError{Trouble: core.MailLoginRefused}
	}
	return core.MailError{Trouble: core.MailUnreachable}
}

// refusal says why the mail server did not take a mail, when what it refused is
// known. Numbers from 500 on are its last word.
func refusal(err error, refused core.MailTrouble) error {
	var said *textproto.Error
	if !errors.As(err, &said) {
		return core.MailError{Trouble: core.MailUnreachable}
	}
	return core.MailError{Trouble: refused, Code: said.Code, Final: said.Code >= 500}
}
