package wallee

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"kontor/db/core"
	"kontor/handlers/api"
)

// state is the document's word for where a subscription stands. What has not
// been paid stays active while it is tried again.
func state(s core.Subscription) string {
	switch {
	case s.CancelAtEnd && s.Living():
		return "TERMINATION_SCHEDULED"
	case s.State == core.Pending:
		return "PENDING"
	case s.State == core.Unpaid || s.State == core.Paused:
		return "SUSPENDED"
	case s.State.Final():
		return "TERMINATED"
	}
	return "ACTIVE"
}

// stateNames are the document's states, of which searches may ask for any.
var stateNames = []string{
	"pending", "initializing", "failed", "active", "suspended", "termination_scheduled", "terminating", "terminated",
}

// stateQuery is what a state of the document asks for of ours.
func stateQuery(name string) core.Node {
	states := map[string][]core.State{
		"pending": {core.Pending}, "active": {core.Active, core.PastDue}, "suspended": {core.Unpaid, core.Paused},
		"terminated":            {core.Canceled, core.Completed},
		"termination_scheduled": {core.Pending, core.Active, core.PastDue, core.Unpaid, core.Paused},
	}[name]
	if len(states) == 0 {
		return core.Nothing()
	}
	var any core.Or
	for _, s := range states {
		any = append(any, core.Equal(core.FieldStatus, string(s)))
	}
	ending := core.Compare{Field: core.FieldEnding, Op: core.OpEqual, Values: []core.Value{{Number: 1}}}
	switch name {
	case "terminated":
		return any
	case "termination_scheduled":
		return core.And{any, ending}
	}
	return core.And{any, core.Not{Node: ending}}
}

// subscriptionNames are the names that searches for subscriptions know.
var subscriptionNames = core.Vocabulary{
	{Field: core.FieldID, Type: core.TypeNumber},
	{Field: core.FieldVersion, Type: core.TypeNumber},
	{Field: core.FieldStatus, Type: core.TypeEnum, Aliases: []string{"state"}, Choices: stateNames},
	{Field: core.FieldDescription, Type: core.TypeText},
	{Field: core.FieldCustomer, Type: core.TypeNumber, Aliases: []string{"subscriber", "subscriber.id"}},
	{Field: core.FieldReference, Type: core.TypeExact, Aliases: []string{"subscriber.reference"}},
	{Field: core.FieldEmail, Type: core.TypeText, Aliases: []string{"subscriber.emailAddress"}},
	{Field: core.FieldCard, Type: core.TypeNumber, Aliases: []string{"token", "token.id"}},
	{Field: core.FieldPlan, Type: core.TypeNumber, Aliases: []string{
		"product", "currentProductVersion", "currentProductVersion.id", "currentProductVersion.product", "currentProductVersion.product.id",
	}},
	{Field: core.FieldLanguage, Type: core.TypeLanguage},
	{Field: core.FieldCurrency, Type: core.TypeCurrency, Aliases: []string{"billingCurrency"}},
	{Field: core.FieldCreated, Type: core.TypeTime, Aliases: []string{"createdOn", "initializedOn"}},
	{Field: core.FieldStarted, Type: core.TypeTime, Aliases: []string{"activatedOn"}},
	{Field: core.FieldNext, Type: core.TypeTime, Aliases: []string{"plannedTerminationDate"}},
	{Field: core.FieldEnded, Type: core.TypeTime, Aliases: []string{"terminatedOn", "terminatingOn"}},
}

// subscriptionQuery is a query of the document's names in ours.
func subscriptionQuery(q core.Query) core.Query {
	return q.Rewrite(func(c core.Compare) core.Node {
		switch {
		case c.Field == core.FieldStatus && c.Op == core.OpEmpty:
			return core.Nothing() // each has a state
		case c.Field == core.FieldStatus:
			return stateQuery(c.Values[0].Text)
		case c.Field == core.FieldNext: // only of one that ends then
			ending := core.Compare{Field: core.FieldEnding, Op: core.OpEqual, Values: []core.Value{{Number: 1}}}
			if c.Op == core.OpEmpty {
				return core.Not{Node: ending}
			}
			return core.And{ending, c}
		}
		return c
	})
}

// around is what stands around subscriptions, by ID, as far as it is asked for.
type around struct {
	subscribers map[int64]core.Customer
	tokens      map[int64]core.Token
	plans       map[int64]core.Plan
}

// around reads what an expansion asks for of what subscriptions are linked with.
func (h handlers) around(r *http.Request, by core.Actor, all []core.SubscriptionRecord, e expansion) (around, error) {
	a := around{map[int64]core.Customer{}, map[int64]core.Token{}, map[int64]core.Plan{}}
	if len(all) == 0 {
		return a, nil
	}
	var customers, cards, plans []int64
	for _, s := range all {
		customers, plans = append(customers, s.Customer), append(plans, s.Plan)
		if s.Card != 0 {
			cards = append(cards, s.Card)
		}
	}
	ctx := r.Context()
	of := func(ids []int64) core.Range { return core.Range{Query: core.Query{Expr: core.Among(ids...)}} }
	if e.has("subscriber") {
		want := of(customers)
		want.With = subscriberParts(e["subscriber"])
		found, err := h.store.CustomerRecords(ctx, by, want)
		if err != nil {
			return a, err
		}
		for _, c := range found.Items {
			a.subscribers[c.ID] = c
		}
	}
	if e.has("token") && len(cards) > 0 {
		found, err := h.store.TokenRecords(ctx, by, of(cards))
		if err != nil {
			return a, err
		}
		for _, k := range found.Items {
			a.tokens[k.ID] = k
		}
	}
	if e.has("currentProductVersion") {
		found, err := h.store.PlanRecords(ctx, by, of(plans))
		if err != nil {
			return a, err
		}
		for _, p := range found.Items {
			a.plans[p.ID] = p
		}
	}
	return a, nil
}

func writeSubscription(o *object, s core.SubscriptionRecord, a around, e expansion) {
	o.number("id", s.ID)
	o.number("linkedSpaceId", s.Merchant)
	o.number("version", s.Version)
	o.text("state", state(s.Subscription))
	o.null("reference")
	o.text("description", s.Description)
	if c, ok := a.subscribers[s.Customer]; ok && e.has("subscriber") {
		o.object("subscriber", func(o *object) { writeSubscriber(o, c, e["subscriber"]) })
	} else {
		o.link("subscriber", s.Customer)
	}
	if k, ok := a.tokens[s.Card]; ok && e.has("token") {
		o.object("token", func(o *object) { writeToken(o, k) })
	} else {
		o.link("token", s.Card)
	}
	o.null("affiliate")
	if p, ok := a.plans[s.Plan]; ok && e.has("currentProductVersion") {
		o.object("currentProductVersion", func(o *object) { writeProductVersion(o, p, e["currentProductVersion"]) })
	} else {
		o.link("currentProductVersion", s.Plan)
	}
	o.text("language", s.Language)
	o.time("createdOn", s.CreatedAt)
	o.time("initializedOn", s.CreatedAt)
	o.time("activatedOn", s.BeganAt())
	if s.CancelAtEnd && s.Living() {
		o.time("terminationScheduledOn", s.UpdatedAt)
		o.time("plannedTerminationDate", s.NextRun)
	} else {
		o.null("terminationScheduledOn")
		o.null("plannedTerminationDate")
	}
	o.time("terminatingOn", s.EndedAt)
	o.time("terminatedOn", s.EndedAt)
	o.null("terminatedBy")
	o.null("plannedPurgeDate")
}

// answerSubscriptions serves GET /subscriptions, and the search of them.
func (h handlers) answerSubscriptions(w http.ResponseWriter, r *http.Request, by core.Actor, l listing) error {
	l.Query = subscriptionQuery(l.Query)
	found, err := h.store.SubscriptionRecords(r.Context(), by, l.Range)
	if err != nil {
		return err
	}
	a, err := h.around(r, by, found.Items, l.expand)
	if err != nil {
		return err
	}
	return answerList(w, l, found.Items, found.More, func(o *object, s core.SubscriptionRecord) { writeSubscription(o, s, a, l.expand) })
}

// subscriptionOf reads the subscription of the path.
func (h handlers) subscriptionOf(r *http.Request, by core.Actor) (core.SubscriptionRecord, error) {
	id, err := pathID(r, "subscription")
	if err != nil {
		return core.SubscriptionRecord{}, err
	}
	found, err := h.store.SubscriptionRecords(r.Context(), by, core.Range{Query: core.Query{Expr: core.Among(id)}, Limit: 1})
	if err != nil {
		return core.SubscriptionRecord{}, err
	}
	if len(found.Items) == 0 {
		return core.SubscriptionRecord{}, core.ErrNotFound
	}
	return found.Items[0], nil
}

// readSubscription serves GET /subscriptions/{subscription}.
func (h handlers) readSubscription(w http.ResponseWriter, r *http.Request, by core.Actor) error {
	e, err := readExpansion(r, subscriptionTree)
	if err != nil {
		return err
	}
	s, err := h.subscriptionOf(r, by)
	if err != nil {
		return err
	}
	a, err := h.around(r, by, []core.SubscriptionRecord{s}, e)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, func(o *object) { writeSubscription(o, s, a, e) })
}

// maxSuspensionNote is the document's limit of a suspension's note.
const maxSuspensionNote = 300

// suspend serves POST /subscriptions/{subscription}/suspend.
func (h handlers) suspend(w http.ResponseWriter, r *http.Request, by core.Actor) error {
	e, err := readExpansion(r, suspensionTree)
	if err != nil {
		return err
	}
	s, err := h.subscriptionOf(r, by)
	if err != nil {
		return err
	}
	until, err := readSuspension(r)
	if err != nil {
		return err
	}
	if s.Subscription, err = h.store.PauseSubscription(r.Context(), by, s.ID, 0, until); err != nil {
		return named(moved(err), func(string) string { return "plannedEndDate" })
	}
	a, err := h.around(r, by, []core.SubscriptionRecord{s}, e["subscription"])
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, func(o *object) { writeSuspension(o, s, a, e) })
}

// readSuspension reads until when a subscription is to be suspended; the zero
// time is until it is reactivated.
func readSuspension(r *http.Request) (until time.Time, err error) {
	in := &input{bad: faults{}}
	if len(api.Body(r)) > 0 { // everything in it is optional
		if in, err = readInput(r); err != nil {
			return until, err
		}
	}
	if note, _ := in.text("note"); len([]rune(note)) > maxSuspensionNote {
		in.bad.add("note", fmt.Sprintf("must not be longer than %d characters", maxSuspensionNote))
	}
	if action, _ := in.code("endAction", "REACTIVATE", "TERMINATE"); action == "TERMINATE" {
		in.bad.add("endAction", "must be REACTIVATE: what is to end is terminated")
	}
	if text, _ := in.text("plannedEndDate"); text != "" {
		if until, err = time.Parse(time.RFC3339, text); err != nil {
			in.bad.add("plannedEndDate", "must be a time as in 2030-01-31T00:00:00Z")
		}
	}
	return until, in.err()
}

// writeSuspension writes that a subscription is suspended. Kontor keeps no
// record of suspensions: its ID is the subscription's, and a note is not kept.
func writeSuspension(o *object, s core.SubscriptionRecord, a around, e expansion) {
	o.number("id", s.ID)
	o.number("linkedSpaceId", s.Merchant)
	o.number("version", s.Version)
	if e.has("subscription") {
		o.object("subscription", func(o *object) { writeSubscription(o, s, a, e["subscription"]) })
	} else {
		o.link("subscription", s.ID)
	}
	o.text("state", "RUNNING")
	o.text("reason", "MANUAL")
	o.null("note")
	o.text("endAction", "REACTIVATE")
	o.time("createdOn", s.PausedAt)
	o.time("plannedEndDate", s.ResumeAt)
	o.null("effectiveEndDate")
	o.text("language", s.Language)
	o.null("periodBill")
	o.null("plannedPurgeDate")
}

// moved is the refusal of a move that a subscription's state does not allow.
func moved(err error) error {
	move, ok := errors.AsType[core.ForbiddenMove](err)
	if !ok {
		return err
	}
	return faults{"state": "is " + state(core.Subscription{State: move.From}) + ", which does not allow this"}.err(http.StatusUnprocessableEntity)
}

// reactivate serves POST /subscriptions/{subscription}/reactivate.
func (h handlers) reactivate(w http.ResponseWriter, r *http.Request, by core.Actor) error {
	s, err := h.subscriptionOf(r, by)
	if err != nil {
		return err
	}
	if _, err := h.store.ResumeSubscription(r.Context(), by, s.ID, 0); err != nil {
		return moved(err)
	}
	return api.NoContent(w)
}

// terminate serves POST /subscriptions/{subscription}/terminate. It ends with
// the period where the query says so, else at once.
func (h handlers) terminate(w http.ResponseWriter, r *http.Request, by core.Actor) error {
	s, err := h.subscriptionOf(r, by)
	if err != nil {
		return err
	}
	p := readParameters(r)
	when := core.AtOnce
	switch strings.ToLower(p.values.Get("respectTerminationPeriod")) {
	case "true":
		when = core.AtPeriodEnd
	case "false":
	default:
		p.fault(http.StatusBadRequest, "respectTerminationPeriod", "must be true or false")
	}
	if err := p.err(); err != nil {
		return err
	}
	if _, err := h.store.CancelSubscription(r.Context(), by, s.ID, 0, when); err != nil {
		return moved(err)
	}
	return api.NoContent(w)
}
