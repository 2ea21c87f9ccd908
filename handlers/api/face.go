package api

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"kontor/db/core"
	"kontor/web"
)

// A Face is one documented API. Its package makes it with [NewFace], gives it
// what its document says, and lists its routes:
//
//	f := api.NewFace(core.FromAcquired, "Acquired.com", "/v1")
//	f.OpenAPI, f.Fail, f.Authenticate = openAPI, fail, api.Bearer
//	f.Open("POST /v1/login", h.login)
//	f.Handle("GET /v1/customers", core.Read, h.list)
type Face struct {
	// Name is the [core.Source] of what the face makes; it also names the
	// face in the rights of programs.
	Name core.Source
	// Title is what people call it.
	Title string
	// Bases are the paths that the face answers all of: "/v1" and all below
	// it. One face's may lie within another's; the longer decides.
	Bases []string
	// OpenAPI is the document of the face, in YAML.
	OpenAPI []byte
	// Authenticate finds out which program calls.
	Authenticate Authenticator
	// Fail answers a call that was not carried out, in the shape of the face's
	// document. The kit has set what headers there are, such as Retry-After
	// and Allow.
	Fail func(w http.ResponseWriter, r *http.Request, f Failure)
	// Body is how many bytes of a body are read; 0 is 1 MiB.
	Body int64
	// Customer shows one customer as the face answers it: the call that reads
	// it, and what that is answered. The request is [Look]'s. It fails with
	// [core.ErrNotFound] for a customer that the face does not have, and is nil
	// while the face shows none.
	Customer func(r *http.Request, c core.Customer) (Shown, error)

	forms  bool // takes forms as well as JSON
	mux    *http.ServeMux
	routes []route // in the order of the document
}

// A Shown is one customer as a face answers it.
type Shown struct {
	Method, Path string
	Header       http.Header // beside what signs the call
	Body         any         // of the answer
	Unsaid       []string    // what the customer has and this API can't say, in words
}

// A route is what the kit knows of one documented call.
type route struct {
	pattern string
	right   core.Right // 0: for strangers too
	handle  web.Handler
}

// NewFace returns a face without routes.
func NewFace(name core.Source, title string, bases ...string) *Face {
	return &Face{Name: name, Title: title, Bases: bases, mux: http.NewServeMux()}
}

// Handle adds a call for programs that have the right. The pattern is one of
// [http.ServeMux], without a slash at its end. A subtree, "GET /v2/x/{rest...}",
// is for where documented paths overlap in the mux: one handler then decides.
func (f *Face) Handle(pattern string, right core.Right, h web.Handler) { f.add(pattern, right, h) }

// Open adds a call for everybody, such as the one that logs a program in.
func (f *Face) Open(pattern string, h web.Handler) { f.add(pattern, 0, h) }

func (f *Face) add(pattern string, right core.Right, h web.Handler) {
	rt := route{pattern, right, h}
	f.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		c := callOf(r)
		c.err = c.run(w.(*answer), r, rt)
	})
	f.routes = append(f.routes, rt)
}

// Patterns returns the patterns of the face's calls.
func (f *Face) Patterns() []string {
	var all []string
	for _, rt := range f.routes {
		all = append(all, rt.pattern)
	}
	return all
}

// covers returns the longest of the face's bases that the path lies in.
func (f *Face) covers(path string) int {
	longest := 0
	for _, base := range f.Bases {
		if rest, ok := strings.CutPrefix(path, base); ok && (rest == "" || rest[0] == '/') {
			longest = max(longest, len(base))
		}
	}
	return longest
}

// A Failure is a call that was not carried out.
type Failure struct {
	// Status is what the kit makes of the error, see [Status]. A face whose
	// document says otherwise answers otherwise.
	Status int
	// Err is what happened. Its text is for the log and never for an answer,
	// unless it is a [Refusal]'s.
	Err error
	// Invalid is all that is wrong with what was sent, when that is it. Its
	// fields are the face's own, when it used [Fields] to read them.
	Invalid core.Invalid
	// Request is the ID under which the log has more.
	Request string
	// Now is when it happened.
	Now time.Time
}

// Reason is why the call was refused, in words fit for an answer.
func (f Failure) Reason() string { return reason(f.Status, f.Err) }

// A Refusal is a call that is not carried out, with the reason in words that
// may be shown to whoever called and to whom the program belongs. It never
// holds what was sent.
type Refusal struct {
	Status  int
	Why     string
	Program int64 // the application user it said it was, where that is known
	err     error // in its chain
}

// Error implements error.
func (e *Refusal) Error() string { return e.Why }

// Unwrap returns what the refusal is because of, if anything.
func (e *Refusal) Unwrap() error { return e.err }

// Refuse returns a refusal. The reason is put together as by [fmt.Sprintf].
func Refuse(status int, why string, args ...any) error {
	return &Refusal{Status: status, Why: fmt.Sprintf(why, args...)}
}
