package cdc

import (
	"context"
	_ "embed"
	"net/http"
	"strconv"
	"time"

	"kontor/db/core"
	"kontor/handlers/api"
)

// Store is what the face needs of the store.
type Store interface {
	CustomerByReference(ctx context.Context, by core.Actor, reference string) (core.Customer, error)
	Enrol(ctx context.Context, by core.Actor, kind core.EnrolmentKind, from core.Source, many []core.Enrolment) ([]core.EnrolResult, error)
	EndEnrolment(ctx context.Context, by core.Actor, kind core.EnrolmentKind, reference string) error
	EnrolledCustomer(ctx context.Context, by core.Actor, kind core.EnrolmentKind, reference string) (core.Enrolled, error)
	EnrolledCustomers(ctx context.Context, by core.Actor, kind core.EnrolmentKind, after int64, since time.Time, limit int) ([]core.Enrolled, error)
}

//go:embed openapi.yaml
var openAPI []byte

// bodySize is how many bytes of a body are read: a batch of 1000 customers whose
// every field is as long as it may be, each letter escaped, is smaller.
const bodySize = 8 << 20

// Face returns the API.
func Face(store Store) *api.Face {
	f := api.NewFace(core.FromCDC, "CDC", "/api/v1")
	f.OpenAPI, f.Fail, f.Authenticate, f.Body = openAPI, fail, api.Bearer, bodySize
	repeats := newRepeats()
	for _, h := range []collection{
		{store: store, repeats: repeats, kind: core.PersonEnrolled, name: "people", fields: personFields},
		{store: store, repeats: repeats, kind: core.CompanyEnrolled, name: "companies", fields: companyFields},
	} {
		path := "/api/v1/" + h.name
		f.Handle("POST "+path, core.Write, h.enrol)
		f.Handle("POST "+path+"/batch", core.Write, h.enrolBatch)
		f.Handle("GET "+path, core.Read, h.list)
		f.Handle("GET "+path+"/{id}", core.Read, h.show)
		f.Handle("DELETE "+path+"/{id}", core.Write, h.end)
	}
	f.Handle("GET /api/v1/me", core.Read, me)
	f.Customer = shown(store)
	return f
}

// A collection holds the handlers of people, or of companies.
type collection struct {
	store   Store
	repeats *repeats
	kind    core.EnrolmentKind
	name    string
	fields  []field
}

// me serves GET /me.
func me(w http.ResponseWriter, r *http.Request) error {
	channels := []string{}
	for _, s := range core.Schemes {
		channels = append(channels, s.Name)
	}
	return api.Write(w, http.StatusOK, struct {
		ClientID          string   `json:"client_id"`
		AvailableChannels []string `json:"available_channels"`
	}{strconv.FormatInt(api.Actor(r).ID, 10), channels})
}

// A problem is the answer to a call that was not carried out.
type problem struct {
	Error   string  `json:"error"`
	Message string  `json:"message"`
	Errors  []fault `json:"errors,omitempty"`
}

type fault struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// codes are the errors by status.
var codes = map[int]string{
	http.StatusBadRequest:            "bad_request",
	http.StatusUnauthorized:          "unauthorized",
	http.StatusForbidden:             "forbidden",
	http.StatusNotFound:              "not_found",
	http.StatusMethodNotAllowed:      "method_not_allowed",
	http.StatusNotAcceptable:         "not_acceptable",
	http.StatusConflict:              "conflict",
	http.StatusRequestEntityTooLarge: "payload_too_large",
	http.StatusUnsupportedMediaType:  "unsupported_media_type",
	http.StatusUnprocessableEntity:   "unprocessable",
	http.StatusTooManyRequests:       "too_many_requests",
	http.StatusServiceUnavailable:    "service_unavailable",
}

func fail(w http.ResponseWriter, _ *http.Request, f api.Failure) {
	status := f.Status
	if len(f.Invalid) > 0 {
		status = http.StatusBadRequest
	}
	p := problem{Error: codes[status], Message: f.Reason(), Errors: faults(f.Invalid)}
	if p.Error == "" {
		p.Error = "internal_error"
	}
	api.Write(w, status, p)
}

func faults(bad core.Invalid) []fault {
	var out []fault
	for _, f := range bad {
		out = append(out, fault{f.Field, api.Words(f)})
	}
	return out
}
