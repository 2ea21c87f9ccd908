package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
)

func TestCompression(t *testing.T) {
	long := strings.Repeat("amara ", 500)
	for _, tt := range []struct {
		name   string
		method string // GET if empty
		accept string
		header []string
		body   string
		status int // 200 if 0
		gzip   bool
		vary   bool
	}{
		{name: "a page", accept: "br, gzip;q=0.8", header: []string{"Content-Type", "text/html; charset=utf-8"}, body: long, gzip: true, vary: true},
		{name: "a page with faults", accept: "gzip", header: []string{"Content-Type", "text/html"}, body: long, status: 422, gzip: true, vary: true},
		{name: "JSON", accept: "gzip", header: []string{"Content-Type", "application/json"}, body: long, gzip: true, vary: true},
		{name: "a problem", accept: "*", header: []string{"Content-Type", "application/problem+json"}, body: long, gzip: true, vary: true},
		{name: "not asked for", accept: "identity", header: []string{"Content-Type", "text/html"}, body: long, vary: true},
		{name: "refused", accept: "gzip;q=0, *", header: []string{"Content-Type", "text/html"}, body: long, vary: true},
		{name: "all refused", accept: "*;q=0.0", header: []string{"Content-Type", "text/html"}, body: long, vary: true},
		{name: "only asked about", method: "HEAD", accept: "gzip", header: []string{"Content-Type", "text/html"}, body: long, vary: true},
		{name: "small", accept: "gzip", header: []string{"Content-Type", "text/html"}, body: "amara"},
		{name: "another kind", accept: "gzip", header: []string{"Content-Type", "image/png"}, body: long},
		{name: "encoded already", accept: "gzip", header: []string{"Content-Type", "text/html", "Content-Encoding", "br"}, body: long},
		{name: "a secret", accept: "gzip", header: []string{"Content-Type", "text/html", "Cache-Control", "no-store"}, body: long},
		{name: "a range", accept: "gzip", header: []string{"Content-Type", "text/html"}, body: long, status: 206},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.status == 0 {
				tt.status = 200
			}
			if tt.method == "" {
				tt.method = "GET"
			}
			h := compress(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				for i := 0; i < len(tt.header); i += 2 {
					w.Header().Set(tt.header[i], tt.header[i+1])
				}
				w.Header().Set("Content-Length", strconv.Itoa(len(tt.body)))
				w.Header().Set("ETag", `"v1"`)
				w.WriteHeader(tt.status)
				io.WriteString(w, tt.body[:len(tt.body)/2])
				io.WriteString(w, tt.body[len(tt.body)/2:])
			}))
			srv := httptest.NewServer(h)
			defer srv.Close()
			r, err := http.NewRequest(tt.method, srv.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Accept-Encoding", tt.accept) // so the client does not unpack
			res, err := srv.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			body, etag := io.Reader(res.Body), `"v1"`
			if tt.gzip {
				if body, err = gzip.NewReader(res.Body); err != nil {
					t.Fatal(err)
				}
				etag = `W/"v1"`
			}
			got, err := io.ReadAll(body)
			if err != nil {
				t.Fatal(err)
			}
			if want := tt.body; string(got) != want && tt.method != "HEAD" {
				t.Errorf("%d bytes, want %d", len(got), len(want))
			}
			if res.StatusCode != tt.status || (res.Header.Get("Content-Encoding") == "gzip") != tt.gzip ||
				(res.Header.Get("Vary") == "Accept-Encoding") != tt.vary || res.Header.Get("ETag") != etag {
				t.Errorf("%s %v", res.Status, res.Header)
			}
			if n, err := strconv.Atoi(res.Header.Get("Content-Length")); err == nil && n != len(tt.body) && !tt.gzip {
				t.Errorf("Content-Length %d, want %d", n, len(tt.body))
			}
		})
	}
}

func TestAnAnswerWithoutABodyKeepsItsStatus(t *testing.T) {
	for _, status := range []int{204, 303, 304, 404} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Encoding", "gzip")
		compress(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(status) })).ServeHTTP(w, r)
		if w.Code != status || w.Header().Get("Content-Encoding") != "" || w.Body.Len() != 0 {
			t.Errorf("%d: %d %v %q", status, w.Code, w.Header(), w.Body)
		}
	}
}

func TestACompressedStreamFlushes(t *testing.T) {
	next := make(chan bool)
	srv := httptest.NewServer(compress(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for range 3 {
			io.WriteString(w, strings.Repeat("[]", 1000))
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Error(err)
			}
			<-next
		}
	})))
	defer srv.Close()
	res, err := srv.Client().Get(srv.URL) // the client unpacks
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	for range 3 {
		if _, err := io.ReadFull(res.Body, make([]byte, 2000)); err != nil {
			t.Fatal(err)
		}
		next <- true
	}
	if !res.Uncompressed {
		t.Error("not compressed")
	}
}
