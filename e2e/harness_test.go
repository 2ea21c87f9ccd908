package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// These tests try the harness itself on pages with known faults: a harness
// that sees none would let everything pass.

// site serves a few small pages under a policy as strict as Kontor's.
func site(t *testing.T) *app {
	t.Helper()
	const head = `<!doctype html><html lang="en"><title>Trial</title><meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/app.css"><link rel="icon" href="data:,">`
	pages := map[string]string{
		"/":       head + `<main><h1>Trial</h1><form action="/hello"><label>Name <input name="name"></label> <button>Greet</button></form></main>`,
		"/wide":   head + `<main><h1>Wide</h1><p class="wide">wide</p></main>`,
		"/pale":   head + `<main><h1>Pale</h1><p class="pale">hardly to be read</p><input></main>`,
		"/inline": head + `<main><h1 style="color:red">Inline</h1><script>1</script></main>`,
		"/error":  head + `<main><h1>Error</h1></main><script src="/error.js"></script>`,
		"/abroad": head + `<main><h1>Abroad</h1><img src="http://elsewhere.example/x.png" alt=""></main>`,
		"/lost":   head + `<main><h1>Lost</h1><img src="/missing.png" alt=""></main>`,
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		body, ok := pages[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data: http://elsewhere.example")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, body)
	})
	mux.HandleFunc("/hello", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, head+`<main><h1>Hello `+r.FormValue("name")+`</h1><a href="/">Back</a></main>`)
	})
	mux.HandleFunc("/app.css", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		fmt.Fprint(w, `:root { color-scheme: light dark } .wide { width: 3000px } .pale { color: #eee; background: #fff }`)
	})
	mux.HandleFunc("/error.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(w, `console.error("so it says"); throw new Error("so it fails")`)
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return &app{URL: srv.URL, t: t}
}

func TestHarnessTellsAStory(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		p := site(t).page(t, v)
		if got := p.open("/"); got != http.StatusOK {
			t.Errorf("open = %d, want 200", got)
		}
		p.fill("Name", "Amara")
		p.click(p.button("Greet"))
		p.at("/hello")
		p.see(p.heading(regexp.MustCompile("^Hello ")))
		p.miss(p.button("Greet"))
		p.must(p.link("Back").Focus())
		p.press("Enter")
		p.leave("/hello")
		p.see(p.heading("Trial"))
	})
}

func TestHarnessSeesFaults(t *testing.T) {
	tests := []struct {
		path string
		want []string
	}{
		{"/", nil},
		{"/inline", []string{"style-src-attr refuses inline", "script-src-elem refuses inline"}},
		{"/error", []string{"console: so it says", "so it fails"}},
		{"/abroad", []string{"request to another host: http://elsewhere.example/x.png"}},
		{"/lost", []string{"/missing.png was answered 404"}},
		{"/nowhere", []string{"/nowhere was answered 404"}},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			p := site(t).page(t, visitor{})
			p.open(tt.path)
			got := p.takeFaults()
			for _, want := range tt.want {
				if !slices.ContainsFunc(got, func(g string) bool { return strings.Contains(g, want) }) {
					t.Errorf("%q is not among %q", want, got)
				}
			}
			if tt.want == nil && got != nil {
				t.Errorf("got %q, want none", got)
			}
		})
	}
}

func TestHarnessSeesFaultsWithoutScripts(t *testing.T) {
	p := site(t).page(t, visitor{NoScripts: true})
	p.open("/inline")
	if got := p.takeFaults(); len(got) == 0 {
		t.Error("an inline style under the policy is no fault")
	}
}

func TestHarnessAllowsStatus(t *testing.T) {
	p := site(t).page(t, visitor{})
	p.allow(http.StatusNotFound)
	p.open("/nowhere")
}

func TestHarnessFindsAccessibilityFaults(t *testing.T) {
	p := site(t).page(t, visitor{})
	p.open("/")
	axe(t, p)
	p.open("/pale")
	got := strings.Join(axeFaults(t, p), "\n")
	for _, want := range []string{"color-contrast: ", "label: "} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in %q", want, got)
		}
	}
}

func TestHarnessKnowsTheVisitor(t *testing.T) {
	a := site(t)
	for _, v := range []visitor{{}, {Dark: true}, {Phone: true}, {Phone: true, Dark: true}} {
		p := a.page(t, v)
		p.open("/")
		p.fits()
		for query, want := range map[string]bool{
			"(prefers-color-scheme: dark)": v.Dark,
			"(max-width: 390px)":           v.Phone,
			"(pointer: coarse)":            v.Phone,
		} {
			if got, err := p.Evaluate("q => matchMedia(q).matches", query); err != nil || got != want {
				t.Errorf("%+v: %s is %v (%v), want %v", v, query, got, err, want)
			}
		}
	}
}

func TestHarnessKeepsPictures(t *testing.T) {
	p := site(t).page(t, visitor{Dark: true, Phone: true})
	p.open("/")
	picture(t, p, "trial")
	const path = picturesDir + "/trial-dark-390.png"
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
	os.Remove(path)
}
