package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/a-h/templ"
)

func TestPartial(t *testing.T) {
	for _, tt := range []struct {
		name   string
		header []string
		want   bool
	}{
		{"plain", nil, false},
		{"htmx", []string{"HX-Request", "true", "HX-Target", "section#customers", "HX-Request-Type", "partial"}, true},
		{"other target", []string{"HX-Request", "true", "HX-Target", "section#cards"}, false},
		{"only the end agrees", []string{"HX-Request", "true", "HX-Target", "section#my-customers"}, false},
		{"a tag of that name", []string{"HX-Request", "true", "HX-Target", "customers"}, false},
		{"not by htmx", []string{"HX-Target", "section#customers"}, false},
		{"history", []string{"HX-Request", "true", "HX-Target", "section#customers", "HX-History-Restore-Request", "true"}, false},
		{"selects from a whole page", []string{"HX-Request", "true", "HX-Target", "section#customers", "HX-Request-Type", "full"}, false},
		{"boosted", []string{"HX-Request", "true", "HX-Target", "section#customers", "HX-Boosted", "true"}, false},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		for i := 0; i < len(tt.header); i += 2 {
			r.Header.Set(tt.header[i], tt.header[i+1])
		}
		if got := Partial(r, "customers"); got != tt.want {
			t.Errorf("%s: %t, want %t", tt.name, got, tt.want)
		}
	}
}

func TestRenderIsOneWholeAnswer(t *testing.T) {
	for method, vary := range map[string]string{"GET": "HX-Request, HX-Target", "POST": ""} {
		w := httptest.NewRecorder()
		if err := Render(w, httptest.NewRequest(method, "/", nil), 422, text("žurnal")); err != nil {
			t.Fatal(err)
		}
		h := w.Header()
		if w.Code != 422 || w.Body.String() != "žurnal" || h.Get("Content-Length") != "7" ||
			h.Get("Content-Type") != "text/html; charset=utf-8" || h.Get("Cache-Control") != "private, no-cache" || h.Get("Vary") != vary {
			t.Errorf("%s: %d %v %s", method, w.Code, h, w.Body)
		}
	}
}

func TestRenderWritesNothingOfAComponentThatFails(t *testing.T) {
	broken := errors.New("broken")
	w := httptest.NewRecorder()
	err := Render(w, httptest.NewRequest("GET", "/", nil), 200, templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		io.WriteString(w, "half")
		return broken
	}))
	if !errors.Is(err, broken) || w.Body.Len() != 0 || len(w.Header()) != 0 {
		t.Errorf("%v %v %q", err, w.Header(), w.Body)
	}
	// The buffer it used is clean for the next.
	if err := Render(w, httptest.NewRequest("GET", "/", nil), 200, text("whole")); err != nil || w.Body.String() != "whole" {
		t.Errorf("%v %q", err, w.Body)
	}
}

func BenchmarkRender(b *testing.B) {
	page := text(strings.Repeat("<tr><td>Amara</td></tr>", 1000))
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for b.Loop() {
		Render(httptest.NewRecorder(), r, 200, page)
	}
}
