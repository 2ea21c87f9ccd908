package wallee

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"kontor/db/core"
	"kontor/handlers/api"
)

// An object writes a JSON object, members in the order they are added. It is
// written without reflection because lists are asked for most. What is absent
// is null, as the document has it; only what must be asked for by expand is
// left out.
type object struct {
	buf  []byte
	more bool // a member stands before the next one
}

func (o *object) name(name string) {
	if o.more {
		o.buf = append(o.buf, ',')
	}
	o.more = true
	o.buf = append(o.buf, '"')
	o.buf = append(o.buf, name...)
	o.buf = append(o.buf, '"', ':')
}

func (o *object) null(name string) {
	o.name(name)
	o.buf = append(o.buf, "null"...)
}

// text adds a text; "" is null.
func (o *object) text(name, v string) {
	if v == "" {
		o.null(name)
		return
	}
	o.name(name)
	o.buf = api.AppendText(o.buf, v)
}

func (o *object) number(name string, v int64) {
	o.name(name)
	o.buf = strconv.AppendInt(o.buf, v, 10)
}

func (o *object) flag(name string, v bool) {
	o.name(name)
	o.buf = strconv.AppendBool(o.buf, v)
}

// time adds an instant in UTC with milliseconds; the zero time is null.
func (o *object) time(name string, v time.Time) {
	if v.IsZero() {
		o.null(name)
		return
	}
	o.name(name)
	o.buf = append(o.buf, '"')
	o.buf = v.UTC().AppendFormat(o.buf, timeLayout)
	o.buf = append(o.buf, '"')
}

const timeLayout = "2006-01-02T15:04:05.000Z"

// link adds a linked object as its ID; 0 is null. The document's clients want
// an object there, not a number.
func (o *object) link(name string, id int64) {
	if id == 0 {
		o.null(name)
		return
	}
	o.object(name, func(o *object) { o.number("id", id) })
}

// object adds an object that write fills.
func (o *object) object(name string, write func(o *object)) {
	o.name(name)
	o.braces(write)
}

func (o *object) braces(write func(o *object)) {
	o.buf = append(o.buf, '{')
	o.more = false
	write(o)
	o.buf = append(o.buf, '}')
	o.more = true
}

// texts adds a list of texts.
func (o *object) texts(name string, all ...string) {
	o.name(name)
	o.buf = append(o.buf, '[')
	for i, v := range all {
		if i > 0 {
			o.buf = append(o.buf, ',')
		}
		o.buf = api.AppendText(o.buf, v)
	}
	o.buf = append(o.buf, ']')
}

// byLanguage adds a text in each language that Kontor speaks.
func (o *object) byLanguage(name, english string) {
	o.object(name, func(o *object) { o.text("en-US", english) })
}

// metadata adds a customer's metadata, all as text.
func (o *object) metadata(all []core.Meta) {
	o.name("metaData")
	o.buf = append(o.buf, '{')
	for i, m := range all {
		if i > 0 {
			o.buf = append(o.buf, ',')
		}
		o.buf = api.AppendText(o.buf, m.Key)
		o.buf = append(o.buf, ':')
		o.buf = api.AppendText(o.buf, m.Text())
	}
	o.buf = append(o.buf, '}')
}

// answer writes one object.
func answer(w http.ResponseWriter, status int, write func(o *object)) error {
	o := object{buf: make([]byte, 0, 512)}
	o.braces(write)
	return send(w, status, o.buf)
}

// answerList writes the envelope of a list, and that of a search where it is
// one.
func answerList[T any](w http.ResponseWriter, l listing, items []T, more bool, write func(o *object, item T)) error {
	o := object{buf: make([]byte, 0, 128+256*len(items))}
	o.braces(func(o *object) {
		o.name("data")
		o.buf = append(o.buf, '[')
		for i, item := range items {
			if i > 0 {
				o.buf = append(o.buf, ',')
			}
			o.braces(func(o *object) { write(o, item) })
		}
		o.buf = append(o.buf, ']')
		o.flag("hasMore", more)
		o.number("limit", int64(l.Limit))
		if l.search {
			o.number("offset", int64(l.Offset))
		}
	})
	return send(w, http.StatusOK, o.buf)
}

func send(w http.ResponseWriter, status int, body []byte) error {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, err := w.Write(body)
	return err
}

// raw is an object as a value that encoding/json takes.
func raw(write func(o *object)) json.RawMessage {
	var o object
	o.braces(write)
	return o.buf
}
