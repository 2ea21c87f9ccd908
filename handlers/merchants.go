package handlers

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// merchantStore is the part of the store the staff's pages about merchants use.
type merchantStore interface {
	Merchant(ctx context.Context, by core.Actor) (core.Merchant, error)
	Merchants(ctx context.Context, by core.Actor, text string, after int64, limit int) ([]core.Merchant, error)
	CreateMerchant(ctx context.Context, by core.Actor, m core.Merchant) (core.Merchant, error)
	Find(ctx context.Context, by core.Actor, text string) ([]core.Match, error)
}

type merchantPages struct {
	base
	store merchantStore
}

// merchantsPerPage is how many merchants the list shows at once.
const merchantsPerPage = 100

// list serves GET /merchants.
func (p merchantPages) list(w http.ResponseWriter, r *http.Request) error {
	return p.render(w, r, views.MerchantsView{Query: r.FormValue("q")})
}

func (p merchantPages) render(w http.ResponseWriter, r *http.Request, v views.MerchantsView) error {
	by := web.Actor(r)
	after, _ := strconv.ParseInt(r.FormValue("after"), 10, 64)
	from := max(number(r, "from"), 1)
	ms, err := p.store.Merchants(r.Context(), by, v.Query, after, merchantsPerPage+1)
	if err != nil {
		return err
	}
	more := len(ms) > merchantsPerPage
	ms = ms[:min(len(ms), merchantsPerPage)]
	v.Merchants, v.MayAdd = ms, by.May(core.Install)
	v.Pager = views.Pager{From: from, To: from + len(ms) - 1, Of: from + len(ms) - 1}
	if more {
		v.Pager.Of = core.MaxCount + 1
		v.Pager.Next = views.MerchantsURL + "?" + url.Values{
			"q": {v.Query}, "after": {fmt.Sprint(ms[len(ms)-1].ID)}, "from": {fmt.Sprint(v.Pager.To + 1)},
		}.Encode()
	}
	if after > 0 {
		v.Pager.Previous = views.MerchantsURL + "?" + url.Values{"q": {v.Query}}.Encode()
	}
	if v.Chrome, err = p.chrome(w, r, views.InMerchants); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, views.MerchantsPage(v))
}

// find serves GET /find: an exact jump to a customer of any merchant.
func (p merchantPages) find(w http.ResponseWriter, r *http.Request) error {
	text := strings.TrimSpace(r.FormValue("find") + r.FormValue("q"))
	matches, err := p.store.Find(r.Context(), web.Actor(r), text)
	if err != nil {
		return err
	}
	if len(matches) == 1 {
		return web.Redirect(w, r, views.CustomerURL(matches[0].Merchant, matches[0].ID))
	}
	v := views.MerchantsView{Find: text}
	for _, m := range matches {
		in, err := p.store.Merchant(r.Context(), web.Actor(r).In(m.Merchant))
		if err != nil {
			return err
		}
		v.Found = append(v.Found, views.Hit{
			Merchant: in, ID: m.ID, Title: m.Title, Email: m.Email, Reference: m.Reference, Deleted: m.Deleted,
		})
	}
	return p.render(w, r, v)
}

// form serves GET /merchants/new.
func (p merchantPages) form(w http.ResponseWriter, r *http.Request) error {
	return p.renderForm(w, r, http.StatusOK, map[string]string{"currency": "EUR", "zone": "Europe/Berlin"}, nil)
}

func (p merchantPages) renderForm(w http.ResponseWriter, r *http.Request, status int, values map[string]string, bad core.Invalid) error {
	chrome, err := p.chrome(w, r, views.InMerchants)
	if err != nil {
		return err
	}
	return web.Render(w, r, status, views.MerchantFormPage(views.MerchantFormView{Chrome: chrome, Values: values, Faults: bad}))
}

// save serves POST /merchants/new.
func (p merchantPages) save(w http.ResponseWriter, r *http.Request) error {
	values := map[string]string{}
	for _, name := range []string{"name", "country", "currency", "zone"} {
		values[name] = strings.TrimSpace(r.PostFormValue(name))
	}
	m, err := p.store.CreateMerchant(r.Context(), web.Actor(r), core.Merchant{
		Name: values["name"], Country: values["country"], Currency: strings.ToUpper(values["currency"]), Zone: values["zone"],
	})
	var bad core.Invalid
	if errors.As(err, &bad) {
		return p.renderForm(w, r, http.StatusUnprocessableEntity, values, bad)
	}
	if err != nil {
		return err
	}
	return done(w, r, views.CustomersURL(m.ID), web.Flash{Text: fmt.Sprintf("%s is merchant %d", m.Name, m.ID)})
}

// number reads a small number of the query, 0 when there is none.
func number(r *http.Request, name string) int {
	n, err := strconv.Atoi(r.FormValue(name))
	if err != nil || n < 0 || n > math.MaxInt32 {
		return 0
	}
	return n
}

// seconds is a duration as Retry-After has it.
func seconds(d time.Duration) string { return strconv.Itoa(int(math.Ceil(d.Seconds()))) }
