package db

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"kontor/db/core"
)

// A MailSender hands one mail to a mail server. Its error is a
// [core.MailError], or something that is worth another try.
type MailSender interface {
	SendMail(ctx context.Context, m core.Mail) error
}

const (
	// mailLease is how long a mail is whose sending has begun. When the program
	// ends in between, it is sent again after that, as the same message.
	mailLease = 5 * time.Minute
	// settleTime bounds writing down what became of a mail, which happens even
	// when the program is about to end.
	settleTime = 5 * time.Second
)

// A MailRun counts what became of the mails that were due.
type MailRun struct {
	Sent, Failed, Later int
}

// SendDueMail sends the mails that are due, oldest first, and tries those that
// failed again later, see [core.MailAgainIn]. It stops early, with a
// [core.MailError], when the trouble is the mail server's and not the mail's.
// Several programs may do so at once: each mail is one's.
//
// A mail with a link gets it here, a new one with every try: the link of a
// forgotten password is kept nowhere but in what is sent.
func (s *Store) SendDueMail(ctx context.Context, to MailSender) (MailRun, error) {
	var run MailRun
	for ctx.Err() == nil {
		var id int64
		err := s.read.get(ctx, &id, `
			SELECT id
			FROM mails
			WHERE state = 'queued' AND next_at <= ?
			ORDER BY next_at, id
			LIMIT 1`, millis(s.now()))
		if none(err) {
			return run, nil
		}
		if err != nil {
			return run, fmt.Errorf("look for mail: %w", err)
		}
		m, mine, err := s.claimMail(ctx, id)
		if err != nil {
			return run, fmt.Errorf("claim mail %d: %w", id, err)
		}
		if !mine {
			continue
		}
		var failed core.MailError
		if m.Kind.LinkLife() > 0 && m.Token == "" {
			failed = core.MailError{Trouble: core.MailPersonGone, Final: true}
		} else if err := to.SendMail(ctx, m); err != nil && !errors.As(err, &failed) {
			failed.Trouble = core.MailUnreachable
		}
		state, err := s.settleMail(ctx, m, failed)
		if err != nil {
			return run, fmt.Errorf("settle mail %d: %w", id, err)
		}
		switch state {
		case core.MailSent:
			run.Sent++
		case core.MailFailed:
			run.Failed++
		default:
			run.Later++
		}
		switch failed.Trouble {
		case core.MailUnreachable, core.MailLoginRefused, core.MailInsecure:
			return run, failed
		}
	}
	return run, ctx.Err()
}

// claimMail takes a mail that is due for this program, and gives it the link
// that it is about.
func (s *Store) claimMail(ctx context.Context, id int64) (m core.Mail, mine bool, err error) {
	token := rand.Text()
	err = s.quietly(ctx, func(t *tx) error {
		var row mailRow
		err := t.get(ctx, &row, `
			UPDATE mails
			SET next_at = ?, tries = tries + 1
			WHERE id = ? AND state = 'queued' AND next_at <= ?
			RETURNING `+mailColumns, millis(t.at.Add(mailLease)), id, millis(t.at))
		if mine = err == nil; none(err) {
			return nil
		}
		if err != nil {
			return err
		}
		m = row.mail()
		life := m.Kind.LinkLife()
		if life == 0 {
			return nil
		}
		var active int
		err = t.get(ctx, &active, `SELECT COUNT(*) FROM users WHERE id = ? AND active = 1`, m.ObjectID)
		if err != nil || active == 0 {
			return err
		}
		m.Token = token
		return t.addLink(ctx, m.ObjectID, core.SetUpLink, token, life)
	})
	return m, mine, err
}

// settleMail writes down what became of a mail.
func (s *Store) settleMail(ctx context.Context, m core.Mail, failed core.MailError) (core.MailState, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	var state core.MailState
	err := s.quietly(ctx, func(t *tx) error {
		sent, next := millis{}, millis(t.at)
		wait, again := core.MailAgainIn(m.Tries)
		switch {
		case failed.Trouble == "", failed.Trouble == core.MailCopyRefused:
			state, sent = core.MailSent, millis(t.at)
		case again && !failed.Final:
			state, next = core.MailQueued, millis(t.at.Add(wait))
		default:
			state = core.MailFailed
		}
		_, err := t.exec(ctx, `
			UPDATE mails
			SET state = ?, trouble = ?, code = ?, next_at = ?, sent_at = ?
			WHERE id = ? AND state = 'queued'`, state, failed.Trouble, failed.Code, next, sent, m.ID)
		return err
	})
	return state, err
}
