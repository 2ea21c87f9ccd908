package payfirma

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"kontor/db/core"
	"kontor/handlers/api"
)

// A plan is the document's.
type plan struct {
	ID                   int64       `json:"id"`
	LookupID             string      `json:"lookup_id"`
	Name                 string      `json:"name"`
	Amount               json.Number `json:"amount"`
	Currency             string      `json:"currency"`
	Frequency            string      `json:"frequency"`
	NumberOfPayments     *int        `json:"number_of_payments"`
	SendReceipt          bool        `json:"send_receipt"`
	TotalSubscriptions   int         `json:"total_subscriptions"`
	CurrentSubscriptions int         `json:"current_subscriptions"`
}

func (h face) planObject(r *http.Request, p core.Plan) (plan, error) {
	ever, now, err := h.store.PlanSubscriptions(r.Context(), api.Actor(r), p.ID)
	if err != nil {
		return plan{}, err
	}
	o := plan{
		ID: p.ID, LookupID: core.LookupID(p.ID), Name: p.Name, Amount: json.Number(p.Amount.Decimal()), Currency: p.Amount.Currency,
		Frequency: frequencies[p.Every], SendReceipt: p.SendReceipt, TotalSubscriptions: ever, CurrentSubscriptions: now,
	}
	if p.Payments > 0 {
		o.NumberOfPayments = &p.Payments
	}
	return o, nil
}

func (h face) answerPlan(w http.ResponseWriter, r *http.Request, p core.Plan) error {
	o, err := h.planObject(r, p)
	if err != nil {
		return err
	}
	return api.Write(w, http.StatusOK, o)
}

// createPlan serves POST /plan.
func (h face) createPlan(w http.ResponseWriter, r *http.Request) error {
	in, err := object(r)
	if err != nil {
		return err
	}
	p, form, err := readPlan(in, core.Plan{})
	if err != nil {
		return err
	}
	made, err := h.store.CreatePlan(r.Context(), api.Actor(r), p)
	if err != nil {
		return form.Named(err)
	}
	return h.answerPlan(w, r, made)
}

// showPlan serves GET /plan/{plan}.
func (h face) showPlan(w http.ResponseWriter, r *http.Request) error {
	p, err := h.plan(r)
	if err != nil {
		return err
	}
	return h.answerPlan(w, r, p)
}

// updatePlan serves PUT /plan/{plan}, and PATCH.
func (h face) updatePlan(w http.ResponseWriter, r *http.Request) error {
	old, err := h.plan(r)
	if err != nil {
		return err
	}
	in, err := object(r)
	if err != nil {
		return err
	}
	p, form, err := readPlan(in, old)
	if err != nil {
		return err
	}
	changed, _, err := h.store.UpdatePlan(r.Context(), api.Actor(r), p, core.NewOnly)
	if err != nil {
		return form.Named(err)
	}
	return h.answerPlan(w, r, changed)
}

// deletePlan serves DELETE /plan/{plan}.
func (h face) deletePlan(w http.ResponseWriter, r *http.Request) error {
	p, err := h.plan(r)
	if err != nil {
		return err
	}
	o, err := h.planObject(r, p)
	if err != nil {
		return err
	}
	err = h.store.DeletePlan(r.Context(), api.Actor(r), p.ID, p.Version)
	if bad, used := errors.AsType[core.Invalid](err); used && len(bad) == 1 && bad[0].Rule == core.InUse {
		err = h.store.ArchivePlan(r.Context(), api.Actor(r), p.ID, p.Version)
	}
	if err != nil {
		return missing(err, "plan")
	}
	return api.Write(w, http.StatusOK, o)
}

// plan reads the plan that the path names. One that is archived is not there.
func (h face) plan(r *http.Request) (core.Plan, error) {
	id, err := pathID(r, "plan")
	if err != nil {
		return core.Plan{}, err
	}
	p, err := h.store.Plan(r.Context(), api.Actor(r), id)
	if err == nil && p.Archived {
		err = core.ErrNotFound
	}
	return p, missing(err, "plan")
}

// listPlans serves GET /plan, by name.
func (h face) listPlans(w http.ResponseWriter, r *http.Request) error {
	limit, err := readLimit(r)
	if err != nil {
		return err
	}
	at := cursors{param(r, "before"), param(r, "after")}
	l := core.PlanList{Limit: limit}
	switch {
	case at.After != "":
		l.After = core.ParseCursor(at.After)
	case at.Before != "":
		l.Before = core.ParseCursor(at.Before)
	}
	out := page[plan]{Entities: []plan{}, Paging: paging{at}}
	if (at.After != "" || at.Before != "") && l.After.ID == 0 && l.Before.ID == 0 {
		return api.Write(w, http.StatusOK, out)
	}
	found, err := h.store.Plans(r.Context(), api.Actor(r), l)
	if err != nil {
		return err
	}
	for _, p := range found.Items {
		o, err := h.planObject(r, p.Plan)
		if err != nil {
			return err
		}
		out.Entities = append(out.Entities, o)
	}
	if n := len(found.Items); n > 0 {
		cursor := func(p core.Plan) string { return core.Cursor{Key: core.Fold(p.Name), ID: p.ID}.String() }
		out.Paging.Cursors = cursors{cursor(found.Items[0].Plan), cursor(found.Items[n-1].Plan)}
	}
	return api.Write(w, http.StatusOK, out)
}

// mostDecimals is a currency that none has more decimals than.
const mostDecimals = "KWD"

// readPlan reads a plan as a change of the one there is, which is the zero Plan
// when new, and all that is wrong with it.
func readPlan(in api.Value, p core.Plan) (core.Plan, *api.Form, error) {
	form := api.NewForm()
	for _, name := range []string{"name", "amount", "currency", "frequency"} {
		form.Name(name, name)
	}
	form.Name("payments", "number_of_payments")
	if in.At("name").Given() {
		p.Name = scalar(form, in.At("name"), "name")
	}
	was := p.Amount
	if in.At("currency").Given() {
		p.Amount.Currency = strings.ToUpper(strings.TrimSpace(scalar(form, in.At("currency"), "currency")))
	}
	amount := in.At("amount")
	if (!amount.Given() || amount.Kind == api.Null) && was.Currency != "" && p.Amount.Currency != was.Currency {
		amount = api.StringValue(was.Decimal()) // the number stays when the currency changes
	}
	if amount.Given() && amount.Kind != api.Null {
		of := p.Amount.Currency
		if _, unknown := p.Check().Field("currency"); unknown {
			of = mostDecimals // what is wrong in every currency is told with it
		}
		p.Amount.Minor = readAmount(form, amount, of).Minor
	}
	if in.At("frequency").Given() {
		p.Every = frequencyOf(scalar(form, in.At("frequency"), "frequency"))
	}
	if v := in.At("number_of_payments"); v.Given() {
		n, ok := v.Int()
		if v.Kind != api.Null && (!ok || n < 1 || n > core.MaxPayments) {
			form.Fault("number_of_payments", core.Malformed, 0)
		}
		p.Payments = int(n)
	}
	if v := in.At("send_receipt"); v.Given() && v.Kind != api.Null {
		is, ok := v.Bool()
		if !ok {
			form.Fault("send_receipt", core.Malformed, 0)
		}
		p.SendReceipt = is
	}
	return p, form, form.All(p.Check())
}

// frequencyOf reads the document's words, those of its other pages too.
func frequencyOf(text string) core.Frequency {
	switch text = strings.ToUpper(strings.TrimSpace(text)); text {
	case "":
		return ""
	case "MOTHLY":
		return core.EveryMonth
	case "YEARLY":
		return core.EveryYear
	}
	for f, name := range frequencies {
		if name == text {
			return f
		}
	}
	return core.Frequency(text) // none, which the rules tell
}
