package cdc

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"

	"kontor/db/core"
	"kontor/handlers/api"
)

// An object is a person or company: the id, what was sent of it, and what the
// document answers.
type object struct {
	id   string
	sent [][2]string // names and texts
	rest answered
}

type answered struct {
	Channels  []string  `json:"channels"`
	Consents  []consent `json:"consents"`
	CreatedAt string    `json:"created_at"`
	UpdatedAt string    `json:"updated_at"`
}

// A consent is a channel the customer agreed to, and its address there.
type consent struct {
	Channel string `json:"channel"`
	Address string `json:"address"`
}

// MarshalJSON implements [json.Marshaler].
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for _, m := range append([][2]string{{"id", o.id}}, o.sent...) {
		value, err := json.Marshal(m[1])
		if err != nil {
			return nil, err
		}
		b.WriteString(`"` + m[0] + `":`)
		b.Write(value)
		b.WriteByte(',')
	}
	rest, err := json.Marshal(o.rest)
	if err != nil {
		return nil, err
	}
	b.Write(rest[1:])
	return b.Bytes(), nil
}

func (h collection) object(e core.Enrolled) object { return objectOf(e, h.fields) }

func objectOf(e core.Enrolled, fields []field) object {
	billing, _ := e.Customer.Billing()
	o := object{id: e.Customer.Reference, rest: answered{
		Channels: e.Channels(), Consents: []consent{}, CreatedAt: timeText(e.EnrolledAt), UpdatedAt: timeText(e.ChangedAt),
	}}
	for _, f := range fields {
		if text := f.shown(e.Customer, billing); text != "" {
			o.sent = append(o.sent, [2]string{f.name, text})
		}
	}
	for _, c := range e.Consents {
		o.rest.Consents = append(o.rest.Consents, consent{c.Name, c.Address})
	}
	return o
}

// timeText is a time in UTC with its fraction, trailing zeros dropped.
func timeText(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.999999Z") }

// shown is the customer on the page that shows all faces.
func shown(store Store) func(r *http.Request, c core.Customer) (api.Shown, error) {
	return func(r *http.Request, c core.Customer) (api.Shown, error) {
		if c.Reference == "" {
			return api.Shown{}, core.ErrNotFound // nobody can ask for the customer
		}
		id := url.PathEscape(c.Reference)
		s := api.Shown{Method: http.MethodGet, Path: "/api/v1/people/" + id}
		for _, h := range []collection{
			{kind: core.PersonEnrolled, name: "people", fields: personFields}, {kind: core.CompanyEnrolled, name: "companies", fields: companyFields},
		} {
			e, err := store.EnrolledCustomer(r.Context(), api.Actor(r), h.kind, c.Reference)
			if errors.Is(err, core.ErrNotFound) {
				continue
			}
			if err != nil {
				return s, err
			}
			s.Path, s.Body = "/api/v1/"+h.name+"/"+id, h.object(e)
			place, _ := c.Billing()
			for _, said := range []struct {
				is   bool
				what string
			}{
				{c.CustomID != "", "the custom ID"},
				{c.BCC != "", "addresses for copies of receipts"},
				{c.Language != "", "the language"},
				{c.Currency != "", "the currency"},
				{c.Description != "", "the description"},
				{c.CustomData != "", "custom data"},
				{c.IP != "", "the IP address"},
				{len(c.Metadata) > 0, "metadata"},
				{place.Street2 != "", "the second line of the address"},
				{place.State != "", "the state"},
				{len(c.Addresses) > 1, "addresses but that for bills"},
			} {
				if said.is {
					s.Unsaid = append(s.Unsaid, said.what)
				}
			}
			return s, nil
		}
		s.Body = problem{Error: codes[http.StatusNotFound], Message: "there is no such record"}
		s.Unsaid = []string{"the customer, who is not enrolled"}
		return s, nil
	}
}
