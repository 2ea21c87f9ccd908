package handlers

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// mailStore is the part of the store by which mails are read and sent again.
type mailStore interface {
	Mails(ctx context.Context, by core.Actor, l core.MailList, limit int) ([]core.Mail, error)
	Mail(ctx context.Context, by core.Actor, id int64) (core.Mail, error)
	ResendMail(ctx context.Context, by core.Actor, id int64) (core.Mail, error)
	SendsMail() bool
	Customer(ctx context.Context, by core.Actor, id int64) (core.Customer, error)
}

// mailPages are the mails of a merchant and, outside every merchant, of the
// installation.
type mailPages struct {
	base
	store mailStore
}

// mailsPerPage is how many mails the list shows at once.
const mailsPerPage = 50

// list serves GET /m/{merchant}/mail and GET /mail.
func (p mailPages) list(w http.ResponseWriter, r *http.Request) error {
	by := web.Actor(r)
	l := core.MailList{State: core.MailState(r.FormValue("state"))}
	if !slices.Contains(core.MailStates, l.State) {
		l.State = ""
	}
	l.Customer, _ = strconv.ParseInt(r.FormValue("customer"), 10, 64)
	l.Before, _ = strconv.ParseInt(r.FormValue("before"), 10, 64)
	l.Customer, l.Before = max(l.Customer, 0), max(l.Before, 0)
	v := views.MailsView{Place: placeOf(r), State: l.State, Subject: l.Customer, Server: p.store.SendsMail()}
	var err error
	if v.Customer, err = p.customer(r, l.Customer); err != nil {
		return err
	}
	if v.Mails, err = p.store.Mails(r.Context(), by, l, mailsPerPage+1); err != nil {
		return err
	}
	older := l
	if l.Before = 0; older.Before != 0 {
		v.First = views.MailsQuery(v.Place, l)
	}
	if len(v.Mails) > mailsPerPage {
		v.Mails = v.Mails[:mailsPerPage]
		older.Before = v.Mails[mailsPerPage-1].ID
		v.Next = views.MailsQuery(v.Place, older)
	}
	if v.Chrome, err = p.chrome(w, r, views.InMailOf(v.Place)); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, views.MailsPage(v))
}

// customer is a link to whom a mail is about, or none.
func (p mailPages) customer(r *http.Request, id int64) (views.Link, error) {
	if id == 0 {
		return views.Link{}, nil
	}
	by := web.Actor(r)
	c, err := p.store.Customer(r.Context(), by, id)
	if err != nil {
		return views.Link{}, err
	}
	return views.Link{Text: c.Title(), URL: views.CustomerURL(by.Merchant, id)}, nil
}

// mail reads the mail that the path names.
func (p mailPages) mail(r *http.Request) (core.Mail, error) {
	id, err := pathID(r, "mail")
	if err != nil {
		return core.Mail{}, err
	}
	return p.store.Mail(r.Context(), web.Actor(r), id)
}

// show serves GET /m/{merchant}/mail/{mail} and GET /mail/{mail}.
func (p mailPages) show(w http.ResponseWriter, r *http.Request) error {
	m, err := p.mail(r)
	if err != nil {
		return err
	}
	by := web.Actor(r)
	v := views.MailView{Place: placeOf(r), Mail: m}
	if !m.Erased {
		v.Letter, _ = views.Letter(m, "") // what cannot be drawn any more is said to be so
	}
	if v.Customer, err = p.customer(r, m.Customer); err != nil {
		return err
	}
	if m.Again != 0 {
		v.Again = views.MailURL(v.Place, m.Again)
	}
	if v.Chrome, err = p.chrome(w, r, views.InMailOf(v.Place)); err != nil {
		return err
	}
	right := core.Write
	if v.Place == 0 {
		right = core.Install
	} else if m.Object == core.UserObject {
		right = core.Manage
	}
	v.MayWrite = by.May(right) && p.store.SendsMail() && !m.Erased && (m.Deliverable() || m.Customer != 0) && !v.Chrome.Merchant.Closed()
	web.ShowFrames(w)
	return web.Render(w, r, http.StatusOK, views.MailPage(v))
}

// html serves GET /m/{merchant}/mail/{mail}/html and GET /mail/{mail}/html: the
// mail as a document of its own, in which nothing can run.
func (p mailPages) html(w http.ResponseWriter, r *http.Request) error {
	m, err := p.mail(r)
	if err != nil {
		return err
	}
	if m.Erased {
		return core.ErrNotFound
	}
	l, err := views.Letter(m, "")
	if err != nil {
		return err
	}
	web.Framed(w)
	return web.Render(w, r, http.StatusOK, templ.Raw(l.HTML))
}

// resend serves POST /m/{merchant}/mail/{mail}/resend and POST
// /mail/{mail}/resend.
func (p mailPages) resend(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "mail")
	if err != nil {
		return err
	}
	m, err := p.store.ResendMail(r.Context(), web.Actor(r), id)
	switch {
	case errors.Is(err, core.ErrConflict):
		return done(w, r, views.MailURL(placeOf(r), id), web.Flash{Kind: web.FlashError, Text: "This mail cannot be sent"})
	case err != nil:
		return err
	}
	return done(w, r, views.MailURL(placeOf(r), m.ID), web.Flash{Text: "The mail is on its way"})
}
