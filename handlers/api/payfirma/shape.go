package payfirma

import (
	"encoding/json"
	"net/http"
	"time"

	"kontor/db/core"
	"kontor/handlers/api"
)

// A customer is the document's, its members in the document's order.
type customer struct {
	ID            int64          `json:"id"`
	LookupID      string         `json:"lookup_id"`
	Email         *string        `json:"email"`
	FirstName     *string        `json:"first_name"`
	LastName      *string        `json:"last_name"`
	Company       *string        `json:"company"`
	BCCEmails     *string        `json:"bcc_emails"`
	Telephone     *string        `json:"telephone"`
	Address1      *string        `json:"address1"`
	Address2      *string        `json:"address2"`
	City          *string        `json:"city"`
	Province      *string        `json:"province"`
	Country       *string        `json:"country"`
	PostalCode    *string        `json:"postal_code"`
	CustomID      *string        `json:"custom_id"`
	Cards         []card         `json:"cards"`
	Subscriptions []subscription `json:"subscriptions"`
}

type card struct {
	ID              int64   `json:"id"`
	LookupID        string  `json:"lookup_id"`
	CardExpiry      string  `json:"card_expiry"`
	CardPrefix      string  `json:"card_prefix"`
	CardSuffix      string  `json:"card_suffix"`
	IsDefault       bool    `json:"is_default"`
	CardDescription *string `json:"card_description"`
}

type subscription struct {
	ID               int64       `json:"id"`
	LookupID         string      `json:"lookup_id"`
	PlanID           int64       `json:"plan_id"`
	PlanLookupID     string      `json:"plan_lookup_id"`
	Name             string      `json:"name"`
	Status           string      `json:"status"`
	Amount           json.Number `json:"amount"`
	Currency         string      `json:"currency"`
	Frequency        string      `json:"frequency"`
	LastSuccess      *int64      `json:"last_success"`
	LastRun          *int64      `json:"last_run"`
	NextRun          *int64      `json:"next_run"`
	TotalCycles      *int        `json:"total_cycles"`
	CompletedCycles  int         `json:"completed_cycles"`
	RemainingCycles  *int        `json:"remaining_cycles"`
	FailedAttempts   int         `json:"failed_attempts"`
	DelinquentCycles int         `json:"delinquent_cycles"`
	DelinquentSince  *int64      `json:"delinquent_since"`
}

func customerObject(c core.Customer, cards []core.Card, subs []core.SubscriptionSummary) customer {
	place, _ := c.Billing()
	o := customer{
		ID: c.ID, LookupID: c.LookupID, Email: given(c.Email), FirstName: given(c.FirstName), LastName: given(c.LastName),
		Company: given(c.Company), BCCEmails: given(c.BCC), Telephone: given(c.Phone),
		Address1: given(place.Street), Address2: given(place.Street2), City: given(place.City), Province: given(place.State),
		Country: given(countryText(place)), PostalCode: given(place.Postcode), CustomID: given(c.CustomID),
		Cards: []card{}, Subscriptions: []subscription{},
	}
	for _, k := range cards {
		o.Cards = append(o.Cards, card{
			ID: k.ID, LookupID: core.LookupID(k.ID), CardExpiry: k.Expiry.String(), CardPrefix: k.FirstSix[:min(4, len(k.FirstSix))],
			CardSuffix: k.LastFour, IsDefault: k.Default, CardDescription: given(k.Description),
		})
	}
	for _, s := range subs {
		o.Subscriptions = append(o.Subscriptions, subscriptionObject(s))
	}
	return o
}

func subscriptionObject(s core.SubscriptionSummary) subscription {
	o := subscription{
		ID: s.ID, LookupID: core.LookupID(s.ID), PlanID: s.Plan, PlanLookupID: core.LookupID(s.Plan), Name: s.PlanName,
		Status: statuses[s.State], Amount: json.Number(s.Amount.Decimal()), Currency: s.Amount.Currency, Frequency: frequencies[s.Anchor.Every],
		LastSuccess: instant(s.LastSuccess), LastRun: instant(s.LastRun), NextRun: instant(s.NextRun),
		CompletedCycles: s.Cycles.Completed, FailedAttempts: s.FailedAttempts,
		DelinquentCycles: s.DelinquentCycles, DelinquentSince: instant(s.DelinquentSince),
	}
	if !s.Cycles.Endless() {
		total, left := s.Cycles.Total, s.Cycles.Left()
		o.TotalCycles, o.RemainingCycles = &total, &left
	}
	return o
}

// statuses are the document's words for the states.
var statuses = map[core.State]string{
	core.Pending: "ACTIVE", core.Active: "ACTIVE", core.PastDue: "RETRY", core.Unpaid: "SUSPENDED", core.Paused: "PAUSED",
	core.Canceled: "CANCELLED", core.Completed: "EXPIRED",
}

// frequencies are the document's words, and one of ours.
var frequencies = map[core.Frequency]string{
	core.EveryDay: "DAILY", core.EveryWeek: "WEEKLY", core.EveryMonth: "MONTHLY", core.EveryQuarter: "QUARTERLY",
	core.EveryHalfYear: "SEMI_ANNUALLY", core.EveryYear: "ANNUALLY",
}

// countryText is the country as it was given, else its code.
func countryText(a core.Address) string {
	if a.CountryText != "" {
		return a.CountryText
	}
	return a.Country
}

// given is a text, or null where there is none.
func given(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// instant is a time in milliseconds, or null for never.
func instant(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	ms := t.UnixMilli()
	return &ms
}

// whole is the customer with cards and subscriptions.
func (h face) whole(r *http.Request, c core.Customer) (customer, error) {
	all, err := h.wholes(r, []core.Customer{c})
	if err != nil {
		return customer{}, err
	}
	return all[0], nil
}

func (h face) wholes(r *http.Request, found []core.Customer) ([]customer, error) {
	ids := make([]int64, len(found))
	for i, c := range found {
		ids[i] = c.ID
	}
	cards, err := h.store.CardsOf(r.Context(), api.Actor(r), ids)
	if err != nil {
		return nil, err
	}
	subs, err := h.store.SubscriptionsOf(r.Context(), api.Actor(r), ids)
	if err != nil {
		return nil, err
	}
	out := make([]customer, len(found))
	for i, c := range found {
		out[i] = customerObject(c, cards[c.ID], subs[c.ID])
	}
	return out, nil
}

// answer answers with the whole customer, which every call about one does.
func (h face) answer(w http.ResponseWriter, r *http.Request, id int64) error {
	c, err := h.store.CustomerWith(r.Context(), api.Actor(r), id, core.WithAddresses)
	if err != nil {
		return missing(err, "customer")
	}
	o, err := h.whole(r, c)
	if err != nil {
		return err
	}
	return api.Write(w, http.StatusOK, o)
}

// shown is the customer on the page that shows all faces.
func (h face) shown(r *http.Request, c core.Customer) (api.Shown, error) {
	o, err := h.whole(r, c)
	if err != nil {
		return api.Shown{}, err
	}
	s := api.Shown{Method: http.MethodGet, Path: "/customer-service/customer/" + c.LookupID, Body: o}
	say := func(is bool, what string) {
		if is {
			s.Unsaid = append(s.Unsaid, what)
		}
	}
	say(c.Name != "", "the name, which is one text here and two there")
	say(c.Reference != "", "the reference")
	say(c.OrganisationNumber != "", "the organisation number")
	say(c.Language != "", "the language")
	say(c.Currency != "", "the currency")
	say(c.DateOfBirth != "", "the date of birth")
	say(c.Description != "", "the description")
	say(c.CustomData != "", "custom data")
	say(c.IP != "", "the IP address")
	say(len(c.Metadata) > 0, "metadata")
	say(len(c.Addresses) > 1, "addresses but that for bills")
	return s, nil
}
