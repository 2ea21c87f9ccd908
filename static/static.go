// Package static holds the files that browsers load: our style sheet and
// scripts, and what others made, unmodified, under vendor. Every file is served
// at an address that holds a hash of its content, so that browsers may keep it
// for ever, and is compressed once, when it is first asked for.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// Prefix is what every address made by [URL] begins with.
const Prefix = "/static/"

//go:embed app.css app.js docs.js theme.js mark.svg vendor
var files embed.FS

// A file is one asset as it is served.
type file struct {
	url  string
	typ  string
	etag string
	body []byte
	gzip func() []byte // nil where compressing gains nothing
}

var byName, byURL = load()

// URL returns the address of a file by its name in this folder, such as
// "app.css". Icons of vendor/lucide stand together in "icons.svg", each under
// its own name: URL("icons.svg") + "#plus". URL panics if there is no such file,
// for that is a mistake in a page and no accident.
func URL(name string) string {
	f, ok := byName[name]
	if !ok {
		panic("static: no file " + name)
	}
	return f.url
}

// Handler serves every file at its [URL], and nothing else. It is to be
// mounted at [Prefix].
func Handler() http.Handler { return http.HandlerFunc(serve) }

func serve(w http.ResponseWriter, r *http.Request) {
	f, ok := byURL[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.typ)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	body, etag := f.body, f.etag
	if f.gzip != nil {
		h.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Get("Accept-Encoding")) {
			h.Set("Content-Encoding", "gzip")
			body, etag = f.gzip(), etag+"-gz"
		}
	}
	etag = `"` + etag + `"`
	h.Set("ETag", etag)
	if strings.Contains(r.Header.Get("If-None-Match"), etag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		w.Write(body) // if this fails the client has gone
	}
}

// acceptsGzip reads the header Accept-Encoding as far as gzip is concerned.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(coding, "gzip") {
			q := strings.ReplaceAll(params, " ", "")
			return q != "q=0" && q != "q=0.0" && q != "q=0.00" && q != "q=0.000"
		}
	}
	return false
}

// load reads every file. Style sheets of ours come last, because they name
// others by their addresses.
func load() (byName, byURL map[string]*file) {
	byName, byURL = map[string]*file{}, map[string]*file{}
	add := func(name string, body []byte) {
		sum := sha256.Sum256(body)
		hash := hex.EncodeToString(sum[:4])
		ext := path.Ext(name)
		f := &file{
			url:  Prefix + strings.TrimSuffix(name, ext) + "." + hash + ext,
			typ:  types[ext],
			etag: hex.EncodeToString(sum[:8]),
			body: body,
		}
		if ext != ".woff2" {
			f.gzip = sync.OnceValue(func() []byte { return compress(body) })
		}
		byName[name], byURL[f.url] = f, f
	}
	add("icons.svg", icons())
	err := fs.WalkDir(files, "vendor", func(name string, d fs.DirEntry, err error) error {
		if err == nil && types[path.Ext(name)] != "" && path.Dir(name) != lucide {
			add(name, read(name))
		}
		return err
	})
	if err != nil {
		panic(err) // embedded files can be read
	}
	add("mark.svg", read("mark.svg"))
	add("theme.js", read("theme.js"))
	add("app.js", read("app.js"))
	add("docs.js", read("docs.js"))
	add("app.css", reference.ReplaceAllFunc(read("app.css"), func(m []byte) []byte {
		f, ok := byName[string(reference.FindSubmatch(m)[1])]
		if !ok {
			panic("static: app.css names " + string(m))
		}
		return []byte(`url("` + f.url + `")`)
	}))
	return byName, byURL
}

// types says what is served, and as what.
var types = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".woff2": "font/woff2",
}

// reference is how app.css names another file.
var reference = regexp.MustCompile(`url\("(vendor/[^"]+)"\)`)

func read(name string) []byte {
	b, err := files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return b
}

func compress(body []byte) []byte {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is right
	}
	z.Write(body) // writing to memory does not fail
	z.Close()
	return b.Bytes()
}

const lucide = "vendor/lucide"

var (
	iconHead = regexp.MustCompile(`(?s)^.*?<svg.*?>`)
	blanks   = regexp.MustCompile(`\s+`)
)

// icons puts the icons into one sprite, so that a page loads one file and an
// icon on it is some sixty bytes. Colour and stroke come from the style sheet.
func icons() []byte {
	entries, err := files.ReadDir(lucide)
	if err != nil {
		panic(err)
	}
	var b bytes.Buffer
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg">`)
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".svg")
		if !ok {
			continue
		}
		body := iconHead.ReplaceAll(read(lucide+"/"+e.Name()), nil)
		body = bytes.TrimSuffix(bytes.TrimSpace(body), []byte("</svg>"))
		b.WriteString(`<symbol id="` + name + `" viewBox="0 0 24 24">`)
		b.Write(blanks.ReplaceAll(bytes.TrimSpace(body), []byte(" ")))
		b.WriteString("</symbol>")
	}
	b.WriteString("</svg>")
	return b.Bytes()
}
