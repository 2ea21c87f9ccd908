package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"kontor/db/core"
)

// A Kind says what a [Value] is.
type Kind int

const (
	Missing Kind = iota // it is not there
	Null
	Bool
	Number
	String
	List
	Object
)

// A Value is a piece of JSON as it was sent: members in their order, numbers
// as the text they were written as. The zero Value is one that is missing, so
// that asking on and on into what is not there needs no checks.
type Value struct {
	Kind    Kind
	text    string // of a scalar
	members []member
	items   []Value
}

type member struct {
	name  string
	value Value
}

// maxDepth is how deep JSON may be nested. The documents need four.
const maxDepth = 32

// maxValues is how many values a body may hold, one in the other. The largest
// that a document allows, 500 customers with 25 entries of metadata each, holds a
// sixth of that; a body of nothing but brackets would hold millions.
const maxValues = 100_000

// MaxEntries is how many entries of metadata a face looks at: as many as a customer
// may have, and as many that are null.
const MaxEntries = 2 * core.MaxMetadata

var (
	errJSON = errors.New("not JSON")
	errMany = errors.New("too many values")
)

// ParseJSON reads one JSON value with nothing after it.
func ParseJSON(text []byte) (Value, error) {
	if !utf8.Valid(text) {
		return Value{}, errJSON
	}
	r := reader{json.NewDecoder(bytes.NewReader(text)), maxValues}
	r.UseNumber()
	v, err := r.value(0)
	if errors.Is(err, errMany) {
		return Value{}, errMany
	}
	if err != nil {
		return Value{}, errJSON
	}
	if _, err := r.Token(); err != io.EOF {
		return Value{}, errJSON
	}
	return v, nil
}

// A reader reads values and counts them.
type reader struct {
	*json.Decoder
	left int // that may come
}

func (r *reader) value(depth int) (Value, error) {
	if r.left--; r.left < 0 {
		return Value{}, errMany
	}
	t, err := r.Token()
	if err != nil {
		return Value{}, err
	}
	if depth > maxDepth {
		return Value{}, errJSON
	}
	switch t := t.(type) {
	case bool:
		return Value{Kind: Bool, text: strconv.FormatBool(t)}, nil
	case json.Number:
		return Value{Kind: Number, text: t.String()}, nil
	case string:
		return Value{Kind: String, text: t}, nil
	case json.Delim:
		if t == '{' {
			return r.object(depth)
		}
		return r.list(depth)
	}
	return Value{Kind: Null}, nil
}

func (r *reader) object(depth int) (Value, error) {
	v := Value{Kind: Object}
	for r.More() {
		name, err := r.Token()
		if err != nil {
			return Value{}, err
		}
		of, err := r.value(depth + 1)
		if err != nil {
			return Value{}, err
		}
		v.members = append(v.members, member{name.(string), of})
	}
	_, err := r.Token()
	return v, err
}

func (r *reader) list(depth int) (Value, error) {
	v := Value{Kind: List}
	for r.More() {
		of, err := r.value(depth + 1)
		if err != nil {
			return Value{}, err
		}
		v.items = append(v.items, of)
	}
	_, err := r.Token()
	return v, err
}

// At returns what stands under the names, one inside the other. Of a name that
// stands twice the last counts.
func (v Value) At(names ...string) Value {
	for _, name := range names {
		var in Value
		for _, m := range v.members {
			if m.name == name {
				in = m.value
			}
		}
		v = in
	}
	return v
}

// Given reports whether the value is there, null or not.
func (v Value) Given() bool { return v.Kind != Missing }

// Names returns the names of an object's members in their order, each once.
func (v Value) Names() []string {
	names := make([]string, 0, len(v.members))
	seen := make(map[string]bool, len(v.members))
	for _, m := range v.members {
		if !seen[m.name] {
			seen[m.name] = true
			names = append(names, m.name)
		}
	}
	return names
}

// Items returns a list's items.
func (v Value) Items() []Value { return v.items }

// Text returns a scalar as text: a string as it is, a number as it was
// written, a boolean as true or false, null as "". It reports whether the value
// is one of these.
func (v Value) Text() (string, bool) {
	return v.text, v.Kind >= Null && v.Kind <= String
}

// Int returns a whole number, given as a number or as a string.
func (v Value) Int() (int64, bool) {
	if v.Kind != Number && v.Kind != String {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(v.text), 10, 64)
	return n, err == nil
}

// Bool returns a boolean, given as one or as the words or digits for it.
func (v Value) Bool() (is, ok bool) {
	switch strings.ToLower(v.text) {
	case "true", "1":
		return true, v.Kind >= Bool && v.Kind <= String
	case "false", "0":
		return false, v.Kind >= Bool && v.Kind <= String
	}
	return false, false
}

// JSON returns a scalar as JSON, as the metadata of a customer is kept: a
// number as it was written. It reports whether the value is a scalar.
func (v Value) JSON() (string, bool) {
	switch v.Kind {
	case Null:
		return "null", true
	case Bool, Number:
		return v.text, true
	case String:
		return core.MetaText(v.text), true
	}
	return "", false
}

// An Appender writes itself as JSON. What [json.Marshaler] returns is read once
// more by the library, which takes a list longer than to write it.
type Appender interface {
	AppendJSON(to []byte) []byte
}

// encode returns v as JSON. HTML's letters stay as they are: what they might
// do in a page is the page's matter.
func encode(v any) []byte {
	if a, ok := v.(Appender); ok {
		return a.AppendJSON(nil)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("api: an answer is no JSON: " + err.Error()) // a fault of the program
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// AppendValue adds v as JSON, as an answer has it.
func AppendValue(to []byte, v any) []byte { return append(to, encode(v)...) }

// Write answers with v as JSON. The members stand as v's type declares them.
func Write(w http.ResponseWriter, status int, v any) error {
	body := encode(v)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, err := w.Write(body)
	return err
}

// AppendText adds s as a JSON string, without reflection. HTML's letters stay as
// they are; what is not UTF-8 becomes U+FFFD.
func AppendText(to []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= 0x7f {
			return appendAnyText(to, s)
		}
	}
	to = append(to, '"')
	to = append(to, s...)
	return append(to, '"')
}

// appendAnyText is for what JSON must escape, or may.
func appendAnyText(to []byte, s string) []byte {
	const hex = "0123456789abcdef"
	to = append(to, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			to = append(to, '\\', byte(r))
		case r == '\n':
			to = append(to, '\\', 'n')
		case r < 0x20 || r == 0x7f:
			to = append(to, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		default:
			to = append(to, string(r)...)
		}
	}
	return append(to, '"')
}

// NoContent answers 204.
func NoContent(w http.ResponseWriter) error {
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// StringValue returns text as a string.
func StringValue(text string) Value { return Value{Kind: String, text: text} }

// Map returns a string changed by f, and any other value as it is.
func (v Value) Map(f func(string) string) Value {
	if v.Kind == String {
		v.text = f(v.text)
	}
	return v
}
