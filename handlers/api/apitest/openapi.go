package apitest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// A document is a face's OpenAPI file.
type document struct{ *openapi3.T }

// readDocument reads the file and holds it to OpenAPI's own rules.
func readDocument(t testing.TB, text []byte) *document {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err == nil {
		err = doc.Validate(t.Context())
	}
	if err != nil {
		t.Fatalf("the OpenAPI file: %v", err)
	}
	return &document{doc}
}

// coverage counts the exchanges of each documented call by how they ended.
type coverage map[string]struct{ good, bad int }

// check fails the test for each documented call without an exchange.
func (c coverage) check(t *testing.T, doc *document) {
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			switch n := c[method+" "+path]; {
			case n.good == 0:
				t.Errorf("%s %s has no transcript in which it succeeds", method, path)
			case n.bad == 0:
				t.Errorf("%s %s has no transcript in which it is refused", method, path)
			}
		}
	}
}

// operation finds the documented call of a request.
func (d *document) operation(method, path string) (route *routers.Route, params map[string]string) {
	path = strings.TrimSuffix(path, "/")
	best := -1
	for template, item := range d.Paths.Map() {
		op := item.GetOperation(method)
		values, fixed := matchPath(template, path)
		if op == nil || values == nil || fixed <= best {
			continue
		}
		best, params = fixed, values
		route = &routers.Route{Spec: d.T, Path: template, PathItem: item, Method: method, Operation: op}
	}
	return route, params
}

// matchPath matches a path with a template and returns the values, and how
// many parts were given literally.
func matchPath(template, path string) (values map[string]string, fixed int) {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return nil, 0
	}
	values = map[string]string{}
	for i, part := range want {
		switch {
		case strings.HasPrefix(part, "{"):
			v, err := url.PathUnescape(got[i])
			if err != nil {
				v = got[i]
			}
			values[strings.Trim(part, "{}")] = v
		case part != got[i]:
			return nil, 0
		default:
			fixed++
		}
	}
	return values, fixed
}

// check holds an exchange to the document. A call that is not in it must have
// been refused.
func (d *document) check(seen coverage, method, target string, headers []string, body string, out *httptest.ResponseRecorder, liberal bool) error {
	path, _, _ := strings.Cut(target, "?")
	route, params := d.operation(method, path)
	if route == nil {
		if out.Code < 400 && !liberal {
			return fmt.Errorf("it is not in the OpenAPI file")
		}
		return nil
	}
	n := seen[method+" "+route.Path]
	if out.Code < 400 {
		n.good++
	} else {
		n.bad++
	}
	seen[method+" "+route.Path] = n

	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if body != "" && r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", "application/json")
	}
	options := &openapi3filter.Options{
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true, MultiError: true,
	}
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route, Options: options}
	if out.Code < 400 && !liberal {
		if err := openapi3filter.ValidateRequest(r.Context(), in); err != nil {
			return fmt.Errorf("the request is not as the OpenAPI file says: %w", err)
		}
	}
	if out.Code == http.StatusNoContent && out.Body.Len() > 0 {
		return fmt.Errorf("a 204 with a body")
	}
	err := openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: out.Code, Header: out.Header(),
		Body: io.NopCloser(bytes.NewReader(out.Body.Bytes())), Options: options,
	})
	if err != nil {
		return fmt.Errorf("the answer is not as the OpenAPI file says: %w", err)
	}
	return nil
}
