package handlers

import (
	"errors"
	"net/http"
	"slices"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// payment is the charge of the path.
func (p paymentPages) payment(r *http.Request) (core.ChargeRecord, error) {
	id, err := pathID(r, "payment")
	if err != nil {
		return core.ChargeRecord{}, err
	}
	return p.store.Charge(r.Context(), web.Actor(r), id)
}

// show serves GET /m/{merchant}/payments/{payment}.
func (p paymentPages) show(w http.ResponseWriter, r *http.Request) error {
	return p.render(w, r, http.StatusOK, nil)
}

// render shows a charge's page, changed where an act was refused.
func (p paymentPages) render(w http.ResponseWriter, r *http.Request, status int, change func(*views.PaymentView)) error {
	by := web.Actor(r)
	c, err := p.payment(r)
	if err != nil {
		return err
	}
	v := views.PaymentView{Charge: c}
	if v.Chrome, err = p.chrome(w, r, views.InPayments); err != nil {
		return err
	}
	v.Chrome.Path = views.PaymentURL(by.Merchant, c.ID)
	open := !v.Chrome.Merchant.Closed()
	v.MayWrite, v.MayRefund = by.May(core.Write) && open, by.May(core.Refund) && open
	left := c.Left()
	v.MayGive = v.MayRefund && left.Minor > 0 && v.Chrome.Merchant.MayRefund(by, core.Money{Minor: 1, Currency: left.Currency})
	if v.MayWrite && c.State.Owed() {
		if v.Cards, err = p.usable(r, c.Customer); err != nil {
			return err
		}
	}
	if !c.Single() && c.State.Owed() && !c.NextAt.IsZero() {
		if v.Sub, err = p.store.Subscription(r.Context(), by, c.Subscription); err != nil {
			return err
		}
	}
	if change != nil {
		change(&v)
	}
	return web.Render(w, r, status, views.PaymentPage(v))
}

// usable are a customer's cards that can be charged now.
func (p paymentPages) usable(r *http.Request, customer int64) ([]core.Card, error) {
	cards, err := p.store.CustomerCards(r.Context(), web.Actor(r), customer)
	return slices.DeleteFunc(cards, func(c core.Card) bool { return !c.Usable(p.now()) }), err
}

// carryOut carries out what was written down, as far as it goes: the rest is the
// worker's.
func (p paymentPages) carryOut(r *http.Request, w core.Work) {
	if p.charger != nil {
		_ = p.charger.Do(r.Context(), w) // what it leaves, the worker takes up
	}
}

// told says what became of a charge that was just tried.
func (p paymentPages) told(w http.ResponseWriter, r *http.Request, id int64) error {
	by := web.Actor(r)
	c, err := p.store.Charge(r.Context(), by, id)
	if err != nil {
		return err
	}
	f := web.Flash{Text: "The payment is on its way"}
	switch c.State {
	case core.ChargePaid:
		f.Text = "Paid"
	case core.ChargeDeclined, core.ChargeRetrying:
		f = web.Flash{Kind: web.FlashError, Text: "The card was declined"}
	case core.ChargeChecking:
		f.Text = "The processor has not answered yet and is asked again"
	}
	return done(w, r, views.PaymentURL(by.Merchant, id), f)
}

// refused answers an act that a charge's state did not allow.
func (p paymentPages) refused(w http.ResponseWriter, r *http.Request, err error) error {
	var bad core.Invalid
	switch {
	case errors.As(err, &bad):
		return p.render(w, r, http.StatusUnprocessableEntity, func(v *views.PaymentView) { v.Faults = bad })
	case errors.Is(err, core.ErrConflict):
		return p.render(w, r, http.StatusConflict, func(v *views.PaymentView) { v.Stale = true })
	}
	return err
}

// retry serves POST /m/{merchant}/payments/{payment}/retry.
func (p paymentPages) retry(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "payment")
	if err != nil {
		return err
	}
	c, err := p.store.RetryCharge(r.Context(), web.Actor(r), id, version(r), readID(r.PostFormValue("card")))
	if err != nil {
		return p.refused(w, r, err)
	}
	p.carryOut(r, core.Work{Kind: core.ChargeWork, ID: c.ID, Merchant: c.Merchant})
	return p.told(w, r, c.ID)
}

// resolve serves POST /m/{merchant}/payments/{payment}/resolve.
func (p paymentPages) resolve(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "payment")
	if err != nil {
		return err
	}
	moved, err := moneyMoved(r)
	if err == nil {
		err = p.store.ResolveCharge(r.Context(), web.Actor(r), id, version(r), moved)
	}
	if err != nil {
		return p.refused(w, r, err)
	}
	return done(w, r, views.PaymentURL(web.Actor(r).Merchant, id), web.Flash{Text: "Written down"})
}

// resolveRefund serves POST
// /m/{merchant}/payments/{payment}/refunds/{refund}/resolve.
func (p paymentPages) resolveRefund(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "payment")
	if err != nil {
		return err
	}
	refund, err := pathID(r, "refund")
	if err != nil {
		return err
	}
	moved, err := moneyMoved(r)
	if err == nil {
		err = p.store.ResolveRefund(r.Context(), web.Actor(r), refund, moved)
	}
	if err != nil {
		return p.refused(w, r, err)
	}
	return done(w, r, views.PaymentURL(web.Actor(r).Merchant, id), web.Flash{Text: "Written down"})
}

// moneyMoved reads what a person found out.
func moneyMoved(r *http.Request) (core.MoneyMoved, error) {
	switch moved := core.MoneyMoved(r.PostFormValue("moved")); moved {
	case core.DidMove, core.DidNotMove:
		return moved, nil
	}
	return "", core.Invalid{{Field: "moved", Rule: core.Required}}
}

// unpark serves POST /m/{merchant}/subscriptions/{subscription}/unpark. It ends
// on the list of what waits for people, or where "page" says "subscription" on
// the subscription's page.
func (p paymentPages) unpark(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "subscription")
	if err != nil {
		return err
	}
	by := web.Actor(r)
	next := views.QueueURL(by.Merchant)
	if r.PostFormValue("page") == "subscription" {
		next = views.SubscriptionURL(by.Merchant, id)
	}
	err = p.store.UnparkSubscription(r.Context(), by, id, core.Unparking(r.PostFormValue("how")))
	if errors.Is(err, core.ErrConflict) {
		return done(w, r, next, web.Flash{Kind: web.FlashError, Text: "Somebody decided that before"})
	}
	if err != nil {
		return err
	}
	return done(w, r, next, web.Flash{Text: "Taken up again"})
}
