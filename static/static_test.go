package static

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"testing"
)

func get(t *testing.T, url string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, url, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r io.Reader) []byte {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEveryFileIsServedForEverAtItsURL(t *testing.T) {
	for name, f := range byName {
		res := get(t, URL(name))
		if got := body(t, res.Body); res.StatusCode != 200 || !bytes.Equal(got, f.body) {
			t.Errorf("%s: status %d, %d bytes of %d", name, res.StatusCode, len(got), len(f.body))
		}
		if got, want := res.Header.Get("Cache-Control"), "public, max-age=31536000, immutable"; got != want {
			t.Errorf("%s: Cache-Control %q, want %q", name, got, want)
		}
		if got, want := res.Header.Get("Content-Type"), types[path.Ext(name)]; got != want || got == "" {
			t.Errorf("%s: Content-Type %q, want %q", name, got, want)
		}
		again := get(t, URL(name), "If-None-Match", res.Header.Get("ETag"))
		if again.StatusCode != http.StatusNotModified {
			t.Errorf("%s: asked again with its ETag: %d", name, again.StatusCode)
		}
	}
}

func TestTextIsCompressedForThoseWhoAcceptIt(t *testing.T) {
	for _, c := range []struct {
		accept string
		want   string
	}{
		{"gzip, deflate, br", "gzip"},
		{"br;q=1, GZIP;q=0.5", "gzip"},
		{"gzip;q=0", ""},
		{"identity", ""},
		{"", ""},
	} {
		res := get(t, URL("app.css"), "Accept-Encoding", c.accept)
		if got := res.Header.Get("Content-Encoding"); got != c.want {
			t.Errorf("Accept-Encoding %q: %q, want %q", c.accept, got, c.want)
		}
		if got := res.Header.Get("Vary"); got != "Accept-Encoding" {
			t.Errorf("Accept-Encoding %q: Vary %q", c.accept, got)
		}
		if c.want == "" {
			continue
		}
		z, err := gzip.NewReader(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		if got := body(t, z); !bytes.Equal(got, byName["app.css"].body) {
			t.Errorf("Accept-Encoding %q: something else came out", c.accept)
		}
	}
	if got := get(t, URL("vendor/inter/inter-latin-wght-normal.woff2"), "Accept-Encoding", "gzip").Header.Get("Content-Encoding"); got != "" {
		t.Errorf("a font, compressed already: %q", got)
	}
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	for _, url := range []string{
		"/static/", "/static/app.css", "/static/app.00000000.css", "/static/static.go",
		"/static/vendor/README.md", "/static/vendor/../app.js", "/static/vendor/htmx/LICENSE",
	} {
		if got := get(t, url).StatusCode; got != http.StatusNotFound {
			t.Errorf("%s: %d", url, got)
		}
	}
}

func TestStyleSheetNamesFontsByTheirURLs(t *testing.T) {
	css := string(byName["app.css"].body)
	for _, font := range []string{"inter-latin-wght-normal.woff2", "inter-latin-ext-wght-normal.woff2"} {
		if want := `url("` + URL("vendor/inter/"+font) + `")`; !strings.Contains(css, want) {
			t.Errorf("app.css does not hold %s", want)
		}
	}
}

func TestIconsStandInOneSprite(t *testing.T) {
	sprite := string(byName["icons.svg"].body)
	for _, want := range []string{`<symbol id="plus" viewBox="0 0 24 24"><path d="M5 12h14" />`, `<symbol id="trash-2"`} {
		if !strings.Contains(sprite, want) {
			t.Errorf("icons.svg does not hold %s", want)
		}
	}
}

// The list's own HTML is not counted here; it is some 10 kB.
func TestFirstViewIsLight(t *testing.T) {
	const limit = 135_000
	sum := 0
	for _, name := range []string{
		"app.css", "app.js", "theme.js", "icons.svg", "vendor/basecoat/basecoat-nova.cdn.min.css",
		"vendor/htmx/htmx.min.js", "vendor/inter/inter-latin-wght-normal.woff2",
	} {
		sum += len(body(t, get(t, URL(name), "Accept-Encoding", "gzip").Body))
	}
	if sum > limit {
		t.Errorf("the files of a first view weigh %d bytes, at most %d are allowed", sum, limit)
	}
}

func TestVendoredFilesAreUnmodified(t *testing.T) {
	want := map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(read("vendor/checksums.txt")))
	for lines.Scan() {
		sum, name, _ := strings.Cut(lines.Text(), "  ")
		want["vendor/"+name] = sum
	}
	err := fs.WalkDir(files, "vendor", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Dir(name) == "vendor" {
			return err
		}
		sum := sha256.Sum256(read(name))
		if got := hex.EncodeToString(sum[:]); got != want[name] {
			t.Errorf("%s: SHA-256 %s, checksums.txt has %q", name, got, want[name])
		}
		delete(want, name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range want {
		t.Errorf("checksums.txt names %s, which is not there", name)
	}
}
