package handlers

import (
	"crypto/rand"
	"errors"
	"net/http"
	"strings"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// refundForm serves GET /m/{merchant}/payments/{payment}/refund.
func (p paymentPages) refundForm(w http.ResponseWriter, r *http.Request) error {
	c, err := p.payment(r)
	if err != nil {
		return err
	}
	if c.Left().Minor == 0 {
		return web.Redirect(w, r, views.PaymentURL(c.Merchant, c.ID))
	}
	return p.renderRefund(w, r, http.StatusOK, views.PaymentFormView{
		Charge: c, Values: core.Changes{"amount": c.Left().Decimal()}, Request: rand.Text(),
	})
}

func (p paymentPages) renderRefund(w http.ResponseWriter, r *http.Request, status int, v views.PaymentFormView) error {
	var err error
	if v.Chrome, err = p.chrome(w, r, views.InPayments); err != nil {
		return err
	}
	if !web.Actor(r).May(core.Manage) {
		v.Limit = core.Money{Minor: v.Chrome.Merchant.RefundLimit, Currency: v.Chrome.Merchant.Currency}
	}
	return web.Render(w, r, status, views.RefundPage(v))
}

// refund serves POST /m/{merchant}/payments/{payment}/refund.
func (p paymentPages) refund(w http.ResponseWriter, r *http.Request) error {
	c, err := p.payment(r)
	if err != nil {
		return err
	}
	v := views.PaymentFormView{
		Charge: c, Values: typedValues(r, "amount", "note"), Request: strings.TrimSpace(r.PostFormValue("request")),
	}
	amount, rule := core.ParseMoney(v.Values["amount"], c.Amount.Currency)
	made := core.RefundRecord{}
	if rule != "" {
		err = core.Invalid{{Field: "amount", Rule: rule, Limit: core.Exponent(c.Amount.Currency), Other: c.Amount.Currency}}.And(core.CheckNote(v.Values["note"]))
	} else {
		made, err = p.store.CreateRefund(r.Context(), web.Actor(r), version(r), core.NewRefund{
			Charge: c.ID, Amount: amount, Note: v.Values["note"], Request: v.Request,
		})
	}
	switch {
	case errors.As(err, &v.Faults):
		return p.renderRefund(w, r, http.StatusUnprocessableEntity, v)
	case errors.Is(err, core.ErrConflict):
		v.Stale = true
		return p.renderRefund(w, r, http.StatusConflict, v)
	case err != nil:
		return err
	}
	p.carryOut(r, core.Work{Kind: core.RefundWork, ID: made.ID, Merchant: made.Merchant})
	return p.toldRefund(w, r, made)
}

// toldRefund says what became of a refund that was just sent.
func (p paymentPages) toldRefund(w http.ResponseWriter, r *http.Request, made core.RefundRecord) error {
	c, err := p.store.Charge(r.Context(), web.Actor(r), made.Charge)
	if err != nil {
		return err
	}
	f := web.Flash{Text: "The refund is on its way"}
	for _, now := range c.Refunds {
		switch {
		case now.ID != made.ID:
		case now.State == core.AttemptSucceeded:
			f.Text = "Refund made"
		case now.State == core.AttemptDeclined:
			f = web.Flash{Kind: web.FlashError, Text: "The refund was declined: nothing was given back"}
		case now.State == core.AttemptUnknown:
			f.Text = "The processor has not answered yet and is asked again"
		}
	}
	return done(w, r, views.PaymentURL(made.Merchant, made.Charge), f)
}

// settleForm serves GET /m/{merchant}/payments/{payment}/settle.
func (p paymentPages) settleForm(w http.ResponseWriter, r *http.Request) error {
	c, err := p.payment(r)
	if err != nil {
		return err
	}
	if !c.State.Owed() {
		return web.Redirect(w, r, views.PaymentURL(c.Merchant, c.ID))
	}
	return p.renderSettle(w, r, http.StatusOK, views.PaymentFormView{Charge: c, Values: core.Changes{}})
}

func (p paymentPages) renderSettle(w http.ResponseWriter, r *http.Request, status int, v views.PaymentFormView) error {
	var err error
	if v.Chrome, err = p.chrome(w, r, views.InPayments); err != nil {
		return err
	}
	return web.Render(w, r, status, views.SettlePage(v))
}

// settle serves POST /m/{merchant}/payments/{payment}/settle.
func (p paymentPages) settle(w http.ResponseWriter, r *http.Request) error {
	c, err := p.payment(r)
	if err != nil {
		return err
	}
	v := views.PaymentFormView{Charge: c, Values: typedValues(r, "how", "note")}
	said := ""
	switch core.ChargeState(v.Values["how"]) {
	case core.ChargeOutside:
		said = "Marked paid"
		_, err = p.store.MarkChargePaid(r.Context(), web.Actor(r), c.ID, version(r), v.Values["note"])
	case core.ChargeWaived:
		said = "Waived"
		_, err = p.store.WaiveCharge(r.Context(), web.Actor(r), c.ID, version(r), v.Values["note"])
	default:
		err = core.Invalid{{Field: "how", Rule: core.Required}}
	}
	switch {
	case errors.As(err, &v.Faults):
		return p.renderSettle(w, r, http.StatusUnprocessableEntity, v)
	case errors.Is(err, core.ErrConflict):
		v.Stale = true
		return p.renderSettle(w, r, http.StatusConflict, v)
	case err != nil:
		return err
	}
	return done(w, r, views.PaymentURL(c.Merchant, c.ID), web.Flash{Text: said})
}

// onceForm serves GET /m/{merchant}/customers/{id}/charge.
func (p paymentPages) onceForm(w http.ResponseWriter, r *http.Request) error {
	m, err := p.merchants.Merchant(r.Context(), web.Actor(r))
	if err != nil {
		return err
	}
	return p.renderOnce(w, r, http.StatusOK, views.ChargeOnceView{Values: core.Changes{"currency": m.Currency}, Request: rand.Text()})
}

func (p paymentPages) renderOnce(w http.ResponseWriter, r *http.Request, status int, v views.ChargeOnceView) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	if v.Customer, err = p.store.Customer(r.Context(), web.Actor(r), id); err != nil {
		return err
	}
	if !v.Customer.Living() || v.Customer.ID != id {
		return web.Redirect(w, r, views.CustomerURL(web.Actor(r).Merchant, v.Customer.ID))
	}
	if v.Cards, err = p.usable(r, id); err != nil {
		return err
	}
	if v.Chrome, err = p.chrome(w, r, views.InCustomers); err != nil {
		return err
	}
	return web.Render(w, r, status, views.ChargeOncePage(v))
}

// once serves POST /m/{merchant}/customers/{id}/charge.
func (p paymentPages) once(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	v := views.ChargeOnceView{
		Values: typedValues(r, "card", "amount", "currency", "description"), Request: strings.TrimSpace(r.PostFormValue("request")),
	}
	v.Values["currency"] = strings.ToUpper(v.Values["currency"])
	amount, rule := core.ParseMoney(v.Values["amount"], v.Values["currency"])
	made := core.Charge{}
	switch {
	case rule == core.Unknown:
		err = core.Invalid{{Field: "currency", Rule: core.Unknown}}
	case rule != "":
		err = core.Invalid{{Field: "amount", Rule: rule, Limit: core.Exponent(v.Values["currency"]), Other: v.Values["currency"]}}
	default:
		made, err = p.store.CreateCharge(r.Context(), web.Actor(r), core.NewCharge{
			Customer: id, Card: readID(r.PostFormValue("card")), Amount: amount, Description: v.Values["description"], Source: core.FromPage, Request: v.Request,
		})
	}
	if errors.As(err, &v.Faults) {
		return p.renderOnce(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	p.carryOut(r, core.Work{Kind: core.ChargeWork, ID: made.ID, Merchant: made.Merchant})
	return p.told(w, r, made.ID)
}
