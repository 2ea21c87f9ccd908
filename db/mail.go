package db

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"kontor/db/core"
)

type mailRow struct {
	ID         int64
	MerchantID int64 `db:"merchant_id"`
	CustomerID int64 `db:"customer_id"`
	Object     core.ObjectKind
	ObjectID   int64 `db:"object_id"`
	Kind       core.MailKind
	FromName   string `db:"from_name"`
	Recipient  string
	BCC        string
	Details    string
	State      core.MailState
	Tries      int
	Trouble    core.MailTrouble
	Code       int
	Again      int64
	CreatedAt  millis `db:"created_at"`
	NextAt     millis `db:"next_at"`
	SentAt     millis `db:"sent_at"`
	Erased     bit
}

const mailColumns = `id, merchant_id, customer_id, object, object_id, kind, from_name, recipient, bcc, details,
	state, tries, trouble, code, again, created_at, next_at, sent_at, erased`

func (r mailRow) mail() core.Mail {
	m := core.Mail{
		ID: r.ID, Merchant: r.MerchantID, Customer: r.CustomerID, Object: r.Object, ObjectID: r.ObjectID, Kind: r.Kind,
		From: r.FromName, To: r.Recipient, Values: []byte(r.Details), State: r.State, Tries: r.Tries, Trouble: r.Trouble, Code: r.Code,
		Again: r.Again, Created: r.CreatedAt.time(), Next: r.NextAt.time(), Sent: r.SentAt.time(), Erased: bool(r.Erased),
	}
	if r.BCC != "" {
		m.BCC = strings.Split(r.BCC, ",")
	}
	return m
}

// mail writes a mail that tells of the act which the transaction carries out,
// to m.To and m.BCC, about m.Customer and m.Object. It comes from the merchant
// that the actor stands in. Where there is a mail server it waits for
// [Store.SendDueMail], else it is kept to be read. An address that is none does
// not stop the act: such a mail has failed from the start.
func (t *tx) mail(ctx context.Context, m core.Mail, values core.MailValues) error {
	m.Merchant, m.From = t.by.Merchant, "Kontor"
	if m.Merchant != 0 {
		merchant, err := t.merchant(ctx)
		if err != nil {
			return err
		}
		m.From = core.OneLine(merchant.Name)
	}
	var err error
	if m.Values, err = json.Marshal(values); err != nil {
		return fmt.Errorf("write mail: %w", err)
	}
	m.Kind = values.MailKind()
	return t.insertMail(ctx, &m)
}

func (t *tx) insertMail(ctx context.Context, m *core.Mail) error {
	m.ID, m.Created = t.newID("mails")
	m.State, m.Trouble, m.Code, m.Tries, m.Next = core.MailKept, "", 0, 0, m.Created
	if t.s.mails {
		m.State = core.MailQueued
	}
	if !m.Deliverable() {
		m.State, m.Trouble = core.MailFailed, core.MailBadAddress
	}
	return t.put(ctx, "insert mail", `
		INSERT INTO mails (`+mailColumns+`)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, 0, ?, ?, ?, 0, 0)`,
		m.ID, m.Merchant, m.Customer, m.Object, m.ObjectID, m.Kind, m.From, m.To, strings.Join(m.BCC, ","), string(m.Values),
		m.State, m.Trouble, m.Again, millis(m.Created), millis(m.Next))
}

// SendsMail reports whether there is a mail server: whether a mail that is
// written now will be sent.
func (s *Store) SendsMail() bool { return s.mails }

// mailRight is what it takes to read the mails of where the actor stands:
// outside every merchant they are for staff.
func mailRight(by core.Actor) core.Right {
	if by.Merchant == 0 {
		return core.Visit
	}
	return core.Read
}

// ownMails is the condition for the mails that the actor may read where it
// stands. Those to the merchant's own people are for who looks after them.
func ownMails(by core.Actor) where {
	var w where
	w.and(`merchant_id = ?`, by.Merchant)
	if by.Merchant != 0 && !by.May(core.Manage) {
		w.and(`object <> ?`, core.UserObject)
	}
	return w
}

// Mails returns up to limit mails of where the actor stands, newest first.
func (s *Store) Mails(ctx context.Context, by core.Actor, l core.MailList, limit int) ([]core.Mail, error) {
	if !by.May(mailRight(by)) {
		return nil, core.ErrForbidden
	}
	w := ownMails(by)
	if l.State != "" {
		w.and(`state = ?`, l.State)
	}
	if l.Customer != 0 {
		w.and(`customer_id = ? AND customer_id > 0`, l.Customer)
	}
	if l.Before != 0 {
		w.and(`id < ?`, l.Before)
	}
	var rows []mailRow
	err := s.read.all(ctx, &rows, `
		SELECT `+mailColumns+`
		FROM mails`+w.sql()+`
		ORDER BY id DESC
		LIMIT ?`, append(w.args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("read mails: %w", err)
	}
	out := make([]core.Mail, len(rows))
	for i, r := range rows {
		out[i] = r.mail()
	}
	return out, nil
}

// Mail returns one of the mails of where the actor stands, or
// [core.ErrNotFound].
func (s *Store) Mail(ctx context.Context, by core.Actor, id int64) (core.Mail, error) {
	if !by.May(mailRight(by)) {
		return core.Mail{}, core.ErrForbidden
	}
	return mail(ctx, s.read, by, id)
}

func mail(ctx context.Context, q querier, by core.Actor, id int64) (core.Mail, error) {
	w := ownMails(by)
	w.and(`id = ?`, id)
	var row mailRow
	err := q.get(ctx, &row, `SELECT `+mailColumns+` FROM mails`+w.sql(), w.args...)
	if none(err) {
		return core.Mail{}, core.ErrNotFound
	}
	if err != nil {
		return core.Mail{}, fmt.Errorf("read mail %d: %w", id, err)
	}
	return row.mail(), nil
}

// ResendMail has a mail sent, and returns it as it then waits: one that was
// sent already as a mail of its own, any other as it is, now; one to a customer
// to where mails to them go now. It takes the
// right to write or, for a mail to one of the people there, to look after
// them. [core.ErrConflict] where there is no mail server, and for a mail whose
// content was erased.
func (s *Store) ResendMail(ctx context.Context, by core.Actor, id int64) (core.Mail, error) {
	var m core.Mail
	err := s.update(ctx, by, core.Write, func(t *tx) error {
		var err error
		if m, err = mail(ctx, t, by, id); err != nil {
			return err
		}
		if m.Object == core.UserObject && !by.May(peopleRight(by)) {
			return core.ErrForbidden
		}
		if m.Erased || !s.mails {
			return core.ErrConflict
		}
		if err := t.readdress(ctx, &m); err != nil {
			return err
		}
		if m.State == core.MailSent {
			m.Again, m.Sent = m.ID, millis{}.time()
			err = t.insertMail(ctx, &m)
		} else {
			err = t.requeueMail(ctx, &m)
		}
		if err != nil {
			return err
		}
		_, err = t.record(ctx, core.Event{
			Action: core.MailResent, Object: core.MailObject, ObjectID: m.ID, Customer: m.Customer, Fields: []string{string(m.Kind)},
		})
		return err
	})
	if err != nil {
		return core.Mail{}, err
	}
	return m, nil
}

// requeueMail makes a mail that was not sent due now, with all its tries.
func (t *tx) requeueMail(ctx context.Context, m *core.Mail) error {
	if !m.Deliverable() {
		return core.ErrConflict
	}
	m.State, m.Trouble, m.Code, m.Tries, m.Next = core.MailQueued, "", 0, 0, t.at
	n, err := t.exec(ctx, `
		UPDATE mails
		SET state = ?, trouble = '', code = 0, tries = 0, next_at = ?, recipient = ?, bcc = ?
		WHERE id = ? AND state <> ?`, m.State, millis(m.Next), m.To, strings.Join(m.BCC, ","), m.ID, core.MailSent)
	if err != nil {
		return fmt.Errorf("queue mail %d: %w", m.ID, err)
	}
	if n == 0 { // sent since it was read
		return errAgain
	}
	return nil
}
