package handlers

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// channelStore is the part of the store the pages about other payment methods
// use.
type channelStore interface {
	Channels(ctx context.Context, by core.Actor, customer int64) ([]core.Channel, error)
	Channel(ctx context.Context, by core.Actor, id int64) (core.Channel, error)
	AddChannel(ctx context.Context, by core.Actor, customer int64, n core.NewChannel) (core.Channel, core.Addition, error)
	WithdrawChannel(ctx context.Context, by core.Actor, id int64) (event int64, err error)
}

type channelPages struct {
	cardPages
	channels channelStore
}

// newForm serves GET /m/{merchant}/customers/{id}/channels/new.
func (p channelPages) newForm(w http.ResponseWriter, r *http.Request) error {
	c, err := p.living(r)
	if err != nil {
		return toRestore(w, r, p.store, err)
	}
	return p.render(w, r, http.StatusOK, c, views.ChannelView{Consent: true})
}

func (p channelPages) render(w http.ResponseWriter, r *http.Request, status int, c core.Customer, v views.ChannelView) error {
	var err error
	if v.Chrome, err = p.chrome(w, r, views.InCustomers); err != nil {
		return err
	}
	v.Customer = c
	return web.Render(w, r, status, views.ChannelPage(v))
}

// add serves POST /m/{merchant}/customers/{id}/channels/new.
func (p channelPages) add(w http.ResponseWriter, r *http.Request) error {
	c, err := p.living(r)
	if err != nil {
		return err
	}
	n := core.NewChannel{
		Name: r.PostFormValue("scheme"), Address: r.PostFormValue("address"), Mandate: r.PostFormValue("mandate"),
		MandateSigned: r.PostFormValue("mandate_signed"), Source: core.FromPage,
	}
	if r.PostFormValue("consent") == "true" {
		n.ConsentAt = p.now()
	}
	channel, added, err := p.channels.AddChannel(r.Context(), web.Actor(r), c.ID, n)
	v := views.ChannelView{
		Scheme: n.Name, Address: withoutCard(n.Address), Mandate: withoutCard(n.Mandate), MandateSigned: strings.TrimSpace(n.MandateSigned),
		Consent: !n.ConsentAt.IsZero(),
	}
	switch {
	case errors.As(err, &v.Faults):
		return p.render(w, r, http.StatusUnprocessableEntity, c, v)
	case err != nil:
		return err
	}
	text := map[core.Addition]string{
		core.Added: " added", core.Updated: " was there already; what you entered anew is saved", core.Revived: " is back",
	}[added]
	return done(w, r, views.ChannelsURL(c.Merchant, c.ID), web.Flash{Text: channel.Label() + text})
}

// withdraw serves POST /m/{merchant}/customers/{id}/channels/{channel}/withdraw.
func (p channelPages) withdraw(w http.ResponseWriter, r *http.Request) error {
	c, err := p.living(r)
	if err != nil {
		return err
	}
	id, err := pathID(r, "channel")
	if err != nil {
		return err
	}
	channel, err := p.channels.Channel(r.Context(), web.Actor(r), id)
	if err == nil && channel.Customer != c.ID {
		err = core.ErrNotFound
	}
	if err != nil {
		return err
	}
	event, err := p.channels.WithdrawChannel(r.Context(), web.Actor(r), id)
	if err != nil {
		return err
	}
	return done(w, r, views.ChannelsURL(c.Merchant, c.ID), web.Flash{
		Text: channel.Label() + " withdrawn",
		Undo: &web.Undo{Action: views.UndoURL(c.Merchant, c.ID, event), Label: "Undo"},
	})
}
