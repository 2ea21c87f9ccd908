package wallee

import (
	"errors"
	"net/http"

	"kontor/db/core"
	"kontor/handlers/api"
)

// codes are the words by which programs tell errors apart. The document names
// only statuses; these do not change.
var codes = map[int]string{
	http.StatusBadRequest:                   "bad_request",
	http.StatusUnauthorized:                 "unauthorized",
	http.StatusForbidden:                    "forbidden",
	http.StatusNotFound:                     "not_found",
	http.StatusMethodNotAllowed:             "method_not_allowed",
	http.StatusNotAcceptable:                "not_acceptable",
	http.StatusConflict:                     "conflict",
	http.StatusRequestEntityTooLarge:        "payload_too_large",
	http.StatusUnsupportedMediaType:         "unsupported_media_type",
	http.StatusRequestedRangeNotSatisfiable: "range_not_satisfiable",
	http.StatusUnprocessableEntity:          "unprocessable_entity",
	http.StatusTooManyRequests:              "too_many_requests",
	http.StatusServiceUnavailable:           "service_unavailable",
}

// fail answers a call that was not carried out with the document's
// RestApiErrorResponse.
func fail(w http.ResponseWriter, _ *http.Request, f api.Failure) {
	answer(w, f.Status, func(o *object) { writeError(o, f) })
}

func writeError(o *object, f api.Failure) {
	code, ok := codes[f.Status]
	if !ok {
		code = "internal_error"
	}
	o.text("id", f.Request)
	o.text("code", code)
	o.text("message", f.Reason())
	o.time("date", f.Now)
	own, ok := errors.AsType[*rejection](f.Err)
	o.object("errors", func(o *object) {
		if !ok {
			return
		}
		for _, name := range own.errors.names() {
			o.name("")
			o.buf = o.buf[:len(o.buf)-len(`"":`)] // a name may hold anything
			o.buf = append(api.AppendText(o.buf, name), ':')
			o.buf = api.AppendText(o.buf, own.errors[name])
		}
	})
}

// invalid is the refusal of what breaks the core's rules. Names are the
// document's names of the core's fields; a field without one keeps its own.
func invalid(bad core.Invalid, name func(field string) string) error {
	f := faults{}
	for _, fault := range bad {
		f.add(name(fault.Field), api.Words(fault))
	}
	return f.err(http.StatusUnprocessableEntity)
}

// named is err with the document's names of what is invalid.
func named(err error, name func(field string) string) error {
	if bad, ok := errors.AsType[core.Invalid](err); ok {
		return invalid(bad, name)
	}
	return err
}

// errNoVersion is for a change that does not say which version it is of.
var errNoVersion = api.Refuse(http.StatusConflict, "the version is missing: send that of the object as it was read")

// same is for fields that the document names as the core does.
func same(field string) string { return field }
