package monri

import (
	"context"
	_ "embed"
	"net/http"
	"strings"
	"time"

	"kontor/db/core"
	"kontor/handlers/api"
)

// Store is what the face needs of the store.
type Store interface {
	api.Logins
	CreateCustomer(ctx context.Context, by core.Actor, from core.Source, ch core.Changes) (core.Customer, error)
	Customer(ctx context.Context, by core.Actor, id int64) (core.Customer, error)
	CustomerByReference(ctx context.Context, by core.Actor, reference string) (core.Customer, error)
	CustomerRecords(ctx context.Context, by core.Actor, r core.Range) (core.Records[core.Customer], error)
	CardRecords(ctx context.Context, by core.Actor, l core.CardRange) (core.Records[core.Card], error)
	UpdateCustomer(ctx context.Context, by core.Actor, id, version int64, ch core.Changes) (core.Customer, error)
	DeleteCustomer(ctx context.Context, by core.Actor, id, version int64, reason string) error
}

//go:embed openapi.yaml
var openAPI []byte

// tokenLife is the document's expires_in.
const tokenLife = 15 * time.Minute

// A face holds the handlers of the calls.
type face struct{ store Store }

// Face returns the API.
func Face(store Store) *api.Face {
	f := api.NewFace(core.FromMonri, "Monri", "/v2")
	f.OpenAPI, f.Fail, f.Authenticate = openAPI, fail, authenticate
	h := face{store}
	f.Open("POST /v2/oauth", h.login)
	f.Handle("POST /v2/customers", core.Write, h.create)
	f.Handle("GET /v2/customers/{uuid}", core.Read, h.show)
	f.Handle("GET /v2/merchants/customers/{merchant_customer_id}", core.Read, h.showByReference)
	f.Handle("POST /v2/customers/{uuid}", core.Write, h.update)
	f.Handle("PUT /v2/customers/{uuid}", core.Write, h.update)
	f.Handle("PATCH /v2/customers/{uuid}", core.Write, h.update)
	f.Handle("DELETE /v2/customers/{uuid}", core.Write, h.delete)
	f.Handle("GET /v2/customers", core.Read, h.list)
	f.Handle("GET /v2/customers/{uuid}/payment-methods", core.Read, h.customerMethods)
	f.Handle("GET /v2/payment-methods", core.Read, h.methods)
	f.Customer = shown
	return f
}

// login serves POST /v2/oauth.
func (h face) login(w http.ResponseWriter, r *http.Request) error {
	id, key, params := api.Client(r)
	if grant := params.Get("grant_type"); grant != "" && grant != "client_credentials" {
		return api.Refuse(http.StatusBadRequest, "grant_type must be client_credentials")
	}
	_, token, err := api.Login(r, h.store, id, key, tokenLife)
	if err != nil {
		return err
	}
	return api.Write(w, http.StatusOK, struct {
		AccessToken string `json:"access_token"`
		TokenType   string `json:"token_type"`
		ExpiresIn   int    `json:"expires_in"`
		Status      status `json:"status"`
	}{token, "Bearer", int(tokenLife.Seconds()), approved})
}

// A status stands in every answer.
type status string

const (
	approved status = "approved"
	invalid  status = "invalid-request"
	failed   status = "error"
)

// A problem is the document's answer to a call that was not carried out.
type problem struct {
	Status  status `json:"status"`
	Message string `json:"message"`
}

// fail answers with a problem. All that is wrong with a customer is a 400.
func fail(w http.ResponseWriter, r *http.Request, f api.Failure) {
	p := problem{invalid, f.Reason()}
	code := f.Status
	switch {
	case len(f.Invalid) > 0:
		code = http.StatusBadRequest
	case code == http.StatusUnauthorized:
		p.Message = "invalid Authorization header" // not which part of it
	case code == http.StatusNotFound && strings.Contains(r.URL.Path, "/customers/"):
		p.Message = "Customer not found"
	case code >= 500:
		p.Status = failed
	}
	api.Write(w, code, p)
}
