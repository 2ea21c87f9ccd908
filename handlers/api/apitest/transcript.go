package apitest

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"kontor/db/dbtest"
)

var record = flag.Bool("record", false, `fill in the answers of transcripts that are only "< ?"`)

// A part of a transcript is words, an order to the test, or an exchange.
type part struct {
	line int
	text []string // words and orders, as they stand

	order   string // what follows "@ "
	request []string
	answer  []string
}

// readTranscript splits a transcript into its parts.
func readTranscript(text string) []part {
	var parts []part
	last := func() *part {
		if len(parts) == 0 {
			parts = append(parts, part{line: 1})
		}
		return &parts[len(parts)-1]
	}
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		content, asked := strings.CutPrefix(line, ">")
		answered := false
		if !asked {
			content, answered = strings.CutPrefix(line, "<")
		}
		content = strings.TrimPrefix(content, " ")
		p := last()
		switch {
		case asked && (p.request == nil || p.answer != nil):
			parts = append(parts, part{line: i + 1, request: []string{content}})
		case asked:
			p.request = append(p.request, content)
		case answered && p.request != nil:
			p.answer = append(p.answer, content)
		default:
			if p.request != nil || p.order != "" {
				parts = append(parts, part{line: i + 1})
				p = last()
			}
			p.text = append(p.text, line)
			if order, ok := strings.CutPrefix(line, "@ "); ok {
				p.order, p.line = strings.TrimSpace(order), i+1
			}
		}
	}
	return parts
}

// String is the part as it stands in the file.
func (p part) String() string {
	lines := p.text
	for _, l := range p.request {
		lines = append(lines, strings.TrimSuffix("> "+l, " "))
	}
	for _, l := range p.answer {
		lines = append(lines, strings.TrimSuffix("< "+l, " "))
	}
	return strings.Join(lines, "\n")
}

// split parts a message into its first line, its headers and its body.
func split(lines []string) (first string, headers []string, body string) {
	first = lines[0]
	for i, line := range lines[1:] {
		if line == "" {
			return first, headers, strings.Join(lines[i+2:], "\n")
		}
		name, value, _ := strings.Cut(line, ":")
		headers = append(headers, name, strings.TrimSpace(value))
	}
	return first, headers, ""
}

// Transcripts runs the face's transcripts on both engines and holds them to
// its OpenAPI file.
func (f Face) Transcripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts in testdata: %v", err)
	}
	doc := readDocument(t, f.New(nil).OpenAPI)
	seen := coverage{}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, h *dbtest.House) { f.run(t, h, file, doc, seen) })
		})
	}
	seen.check(t, doc)
}

// run runs one transcript.
func (f Face) run(t *testing.T, h *dbtest.House, file string, doc *document, seen coverage) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	w := f.World(t, h)
	parts := readTranscript(string(text))
	program, liberal, recorded := "shop", false, false
	for i := range parts {
		p := &parts[i]
		if p.order != "" {
			switch word, rest, _ := strings.Cut(p.order, " "); word {
			case "as":
				program = rest
				if _, ok := w.Programs[program]; !ok {
					t.Fatalf("%s:%d: no program %q", file, p.line, program)
				}
			case "wait":
				d, err := time.ParseDuration(rest)
				if err != nil {
					t.Fatalf("%s:%d: %v", file, p.line, err)
				}
				h.Clock.Advance(d)
			case "liberal":
				liberal = true
			default:
				t.Fatalf("%s:%d: no order %q", file, p.line, word)
			}
		}
		if p.request == nil {
			continue
		}
		if len(p.answer) == 0 {
			t.Fatalf("%s:%d: a request without an answer", file, p.line)
		}
		method, target, headers, body := w.request(t, *p)
		out := f.Call(w, program, method, target, body, headers...)
		if p.answer[0] == "?" && *record {
			p.answer, recorded = w.recorded(out), true
		}
		if err := w.compare(*p, out); err != nil {
			t.Fatalf("%s:%d: %s %s: %v", file, p.line, method, target, err)
		}
		if err := doc.check(seen, method, target, headers, body, out, liberal); err != nil {
			t.Errorf("%s:%d: %s %s: %v", file, p.line, method, target, err)
		}
		liberal = false
	}
	if recorded {
		var b strings.Builder
		for _, p := range parts {
			b.WriteString(p.String() + "\n")
		}
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// request is the request of an exchange with the names filled in.
func (w *World) request(t testing.TB, p part) (method, target string, headers []string, body string) {
	t.Helper()
	lines := make([]string, len(p.request))
	for i, l := range p.request {
		lines[i] = w.fill(t, l)
	}
	first, headers, body := split(lines)
	method, target, ok := strings.Cut(first, " ")
	if !ok {
		t.Fatalf("line %d: a request begins with a method and a path", p.line)
	}
	return method, target, headers, body
}

var placeholder = regexp.MustCompile(`\{\{(\w*)(?::(\w+))?\}\}`)

// fill puts values in the place of their names.
func (w *World) fill(t testing.TB, text string) string {
	t.Helper()
	return placeholder.ReplaceAllStringFunc(text, func(s string) string {
		name := placeholder.FindStringSubmatch(s)[1]
		v, ok := w.Names[name]
		if !ok {
			t.Fatalf("nothing is named %s", s)
		}
		return v
	})
}

// kinds are what may stand in an answer in the place of {{:kind}}.
var kinds = map[string]string{
	"uuid":   `[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`,
	"id":     `[1-9][0-9]*`,
	"lookup": `[0-9A-Za-z]{10,13}`,
	"time":   `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z`,
	"hex":    `[0-9a-f]+`,
	"token":  `[0-9A-Za-z_.-]+`,
	"text":   `[^"]+`,
}

// compare holds an answer to the one in the transcript.
func (w *World) compare(p part, out *httptest.ResponseRecorder) error {
	status, headers, body := split(p.answer)
	got := out.Body.String()
	if status != strconv.Itoa(out.Code) {
		return fmt.Errorf("got status %d, want %s; the answer is\n%s", out.Code, status, got)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if err := w.match(headers[i+1], out.Header().Get(headers[i])); err != nil {
			return fmt.Errorf("header %s: %w", headers[i], err)
		}
	}
	if err := w.match(compact(body), compact(got)); err != nil {
		return fmt.Errorf("body: %w", err)
	}
	return nil
}

// match matches a text with placeholders, and takes the names from it.
func (w *World) match(want, got string) error {
	var pattern strings.Builder
	var names []string
	pattern.WriteString(`^`)
	at := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(want, -1) {
		pattern.WriteString(regexp.QuoteMeta(want[at:m[0]]))
		at = m[1]
		name, kind := want[m[2]:m[3]], ""
		if m[4] >= 0 {
			kind = want[m[4]:m[5]]
		}
		known, isKnown := w.Names[name]
		switch {
		case kind == "" && isKnown:
			pattern.WriteString(regexp.QuoteMeta(known))
		case kinds[kind] == "":
			return fmt.Errorf("no kind or name %q", want[m[0]:m[1]])
		default:
			pattern.WriteString(`(` + kinds[kind] + `)`)
			names = append(names, name)
		}
	}
	pattern.WriteString(regexp.QuoteMeta(want[at:]) + `$`)
	found := regexp.MustCompile(pattern.String()).FindStringSubmatch(got)
	if found == nil {
		return fmt.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for i, name := range names {
		if name != "" {
			w.Set(name, found[i+1])
		}
	}
	return nil
}

// compact takes the white space outside strings away. The text need not be
// JSON yet: a placeholder may stand for a number.
func compact(text string) string {
	var b strings.Builder
	quoted, escaped := false, false
	for _, r := range text {
		switch {
		case escaped:
			escaped = false
		case quoted && r == '\\':
			escaped = true
		case r == '"':
			quoted = !quoted
		case !quoted && (r == ' ' || r == '\n' || r == '\t' || r == '\r'):
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

var (
	anyUUID = regexp.MustCompile(`"` + kinds["uuid"] + `"`)
	anyTime = regexp.MustCompile(`"` + kinds["time"] + `"`)
)

// recorded is an answer as a transcript has it, with the names for what is
// named.
func (w *World) recorded(out *httptest.ResponseRecorder) []string {
	lines := []string{strconv.Itoa(out.Code)}
	if out.Body.Len() == 0 {
		return lines
	}
	body := out.Body.String()
	if len(body) > 110 {
		var b bytes.Buffer
		if json.Indent(&b, out.Body.Bytes(), "", "  ") == nil {
			body = b.String()
		}
	}
	for name, v := range w.Names {
		if len(v) > 8 {
			body = strings.ReplaceAll(body, v, "{{"+name+"}}")
		}
	}
	body = anyUUID.ReplaceAllString(body, `"{{:uuid}}"`)
	body = anyTime.ReplaceAllString(body, `"{{:time}}"`)
	return append(append(lines, ""), strings.Split(body, "\n")...)
}
