package acquired

import (
	"context"
	_ "embed"
	"errors"
	"net/http"
	"strings"
	"time"

	"kontor/db/core"
	"kontor/handlers/api"
)

// Store is what the face needs of the store.
type Store interface {
	api.Logins
	cardStore
	CreateCustomer(ctx context.Context, by core.Actor, from core.Source, ch core.Changes) (core.Customer, error)
	CustomerWith(ctx context.Context, by core.Actor, id int64, with core.Parts) (core.Customer, error)
	CustomerByReference(ctx context.Context, by core.Actor, reference string) (core.Customer, error)
	CustomerRecords(ctx context.Context, by core.Actor, r core.Range) (core.Records[core.Customer], error)
	CountCustomers(ctx context.Context, by core.Actor, q core.Query) (int, error)
	UpdateCustomer(ctx context.Context, by core.Actor, id, version int64, ch core.Changes) (core.Customer, error)
}

//go:embed openapi.yaml
var openAPI []byte

// tokenLife is the document's expires_in.
const tokenLife = time.Hour

// A face holds the handlers of the calls.
type face struct{ store Store }

// Face returns the API.
func Face(store Store) *api.Face {
	f := api.NewFace(core.FromAcquired, "Acquired.com", "/v1")
	f.OpenAPI, f.Fail = openAPI, fail
	f.Authenticate = authenticate
	h := face{store}
	f.Open("POST /v1/login", h.login)
	f.Handle("POST /v1/customers", core.Write, h.create)
	f.Handle("GET /v1/customers", core.Read, h.list)
	f.Handle("GET /v1/customers/{customer_id}", core.Read, h.show)
	f.Handle("PUT /v1/customers/{customer_id}", core.Write, h.update)
	f.Handle("GET /v1/customers/{customer_id}/cards", core.Read, h.listCustomerCards)
	f.Handle("GET /v1/cards", core.Read, h.listCards)
	f.Handle("GET /v1/cards/{card_id}", core.Read, h.showCard)
	f.Handle("PUT /v1/cards/{card_id}", core.Write, h.updateCard)
	f.Handle("POST /v1/cards", core.Write, h.createCard)
	f.Customer = shown
	return f
}

// authenticate takes a Bearer token, and holds the two headers that may come
// with it to their form.
func authenticate(r *http.Request, keys api.Keys) (core.ApplicationUser, error) {
	a, err := api.Bearer(r, keys)
	if err != nil {
		return a, err
	}
	var bad core.Invalid
	for _, name := range []string{"Company-Id", "Mid"} {
		if v := r.Header.Get(name); v != "" && !isUUID(v) {
			bad = append(bad, core.Fault{Field: name, Rule: core.Malformed})
		}
	}
	return a, bad.Err()
}

// isUUID reports whether s has the form of a UUID, of any version.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range []byte(s) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (c == '-') || (!dash && !strings.ContainsRune("0123456789abcdefABCDEF", rune(c))) {
			return false
		}
	}
	return true
}

// login serves POST /v1/login.
func (h face) login(w http.ResponseWriter, r *http.Request) error {
	in, err := api.JSON(r)
	if err != nil {
		return err
	}
	form := api.NewForm()
	id, key := need(form, in, "app_id"), need(form, in, "app_key")
	if err := form.Faults.Err(); err != nil {
		return err
	}
	_, token, err := api.Login(r, h.store, id, key, tokenLife)
	if err != nil {
		return err
	}
	return api.Write(w, http.StatusOK, struct {
		TokenType   string `json:"token_type"`
		ExpiresIn   int    `json:"expires_in"`
		AccessToken string `json:"access_token"`
	}{"Bearer", int(tokenLife.Seconds()), token})
}

func need(form *api.Form, in api.Value, name string) string {
	text, ok := in.At(name).Text()
	if !ok || text == "" {
		form.Fault(name, core.Required, 0)
	}
	return text
}

// A problem is the document's error. InvalidParameters is there only when
// single parameters are wrong.
type problem struct {
	Status            string             `json:"status"`
	ErrorType         string             `json:"error_type"`
	Title             string             `json:"title"`
	Instance          string             `json:"instance"`
	InvalidParameters []invalidParameter `json:"invalid_parameters,omitempty"`
}

type invalidParameter struct {
	Parameter string `json:"parameter"`
	Reason    string `json:"reason"`
}

// problems are the documented error types and titles. Where a title is "", and
// for what the documents leave out, the reason is the title.
var problems = map[int]struct{ errorType, title string }{
	http.StatusBadRequest:            {"bad_request", ""},
	http.StatusUnauthorized:          {"unauthorized", "Authentication with the API failed, please check your details and try again."},
	http.StatusForbidden:             {"forbidden", "You do not have access to the requested resource, please check your details and try again."},
	http.StatusNotFound:              {"not_found", "Unable to find the requested resource, please check your request and try again."},
	http.StatusMethodNotAllowed:      {"method_not_allowed", ""},
	http.StatusNotAcceptable:         {"not_acceptable", ""},
	http.StatusConflict:              {"conflict", "There was a conflict when trying to complete your request."},
	http.StatusRequestEntityTooLarge: {"payload_too_large", ""},
	http.StatusUnsupportedMediaType:  {"unsupported_media_type", ""},
	http.StatusUnprocessableEntity:   {"unprocessable", ""},
	http.StatusTooManyRequests:       {"too_many_requests", ""},
	http.StatusServiceUnavailable:    {"service_unavailable", ""},
	http.StatusInternalServerError:   {"internal_server_error", "An error occurred, we are investigating the reason."},
}

const validationTitle = "Your request parameters did not pass our validation."

// fail answers with a problem. A reference that is taken is a conflict.
func fail(w http.ResponseWriter, r *http.Request, f api.Failure) {
	p := problem{Status: "error", Instance: r.URL.Path}
	status := f.Status
	if len(f.Invalid) > 0 {
		status = http.StatusBadRequest
		p.ErrorType, p.Title = "validation", validationTitle
		for _, bad := range f.Invalid {
			if bad.Rule == core.Taken {
				status = http.StatusConflict
			}
		}
		for _, bad := range f.Invalid {
			p.InvalidParameters = append(p.InvalidParameters, invalidParameter{bad.Field, words(bad)})
		}
	}
	if status != http.StatusBadRequest || len(f.Invalid) == 0 {
		said, ok := problems[status]
		if !ok {
			said = problems[http.StatusInternalServerError]
		}
		p.ErrorType, p.Title = said.errorType, said.title
		if p.Title == "" {
			p.Title = sentence(f.Reason()) + "."
		}
	}
	api.Write(w, status, p)
}

func words(f core.Fault) string {
	if f.Rule == core.Taken {
		return "A customer already exists using reference " + f.Other
	}
	return sentence(api.Words(f))
}

// told puts the reference that was sent in place of whose it is, which is no
// business of an answer.
func told(err error, reference string) error {
	bad, ok := errors.AsType[core.Invalid](err)
	if !ok {
		return err
	}
	for i := range bad {
		if bad[i].Rule == core.Taken {
			bad[i].Other = reference
		}
	}
	return bad
}

// sentence begins with a capital letter.
func sentence(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
