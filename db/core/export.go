package core

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strings"
	"time"
)

// A Format is how customers are written to a file.
type Format string

const (
	CSV    Format = "csv"    // a table with commas
	NDJSON Format = "ndjson" // an object a line
)

// An Export says which customers are taken out, and how.
type Export struct {
	List   List    // all of it, whatever its page
	IDs    []int64 // these alone, whatever the list; nil is the list
	Format Format
}

// MaxExportKeys is how many different keys of metadata a table has columns for.
// An import reads that many beside the other columns.
const MaxExportKeys = 900

// A CustomerWriter writes customers so that an import makes the same customers
// of them: exactly of NDJSON, and of CSV as far as a table can say it, which
// drops spaces at the end of a text and the kind of its line ends. No cell is
// taken for a formula by a spreadsheet.
//
// An address that is neither the billing nor the shipping one stands with the
// others of its kind in the column "addresses", as JSON. What a cell cannot say
// of metadata, such as that it is a number, stands in "metadata_json".
type CustomerWriter struct {
	csv  *csv.Writer // nil for objects by lines
	out  io.Writer
	keys []string
	row  []string // as are the next two, that of the customer who is written
	line []byte
	x    exported
}

// NewCustomerWriter begins a file; a table has columns for the given keys of
// metadata.
func NewCustomerWriter(w io.Writer, format Format, keys []string) (*CustomerWriter, error) {
	e := &CustomerWriter{out: w}
	if format != CSV {
		return e, nil
	}
	e.csv = csv.NewWriter(w)
	for _, f := range exportColumns {
		e.row = append(e.row, f.name)
	}
	for _, key := range keys {
		if plainKey(key) {
			e.keys, e.row = append(e.keys, key), append(e.row, "metadata."+key)
		}
	}
	return e, e.csv.Write(e.row)
}

// An exportColumn is a column that every table has.
type exportColumn struct {
	name   string
	text   func(x *exported) string
	object string // that it is in as JSON, in quotes, "" for the customer itself
	label  string // with which it stands there, with the colon
}

// exported is a customer with its addresses sorted out.
type exported struct {
	Customer
	billing, shipping Address
	same              string // "true" where billing serves for both
	others            []Address
}

var exportColumns = columnsOfExport()

func columnsOfExport() []exportColumn {
	moment := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format(time.RFC3339Nano)
	}
	all := []exportColumn{
		{name: "uuid", text: func(x *exported) string { return x.UUID }},
		{name: "created", text: func(x *exported) string { return moment(x.CreatedAt) }},
		{name: "updated", text: func(x *exported) string { return moment(x.UpdatedAt) }},
		{name: "deleted", text: func(x *exported) string { return moment(x.DeletedAt) }},
		{name: "source", text: func(x *exported) string { return string(x.Source) }},
	}
	for _, f := range customerFields {
		all = append(all, exportColumn{name: f.Name, text: func(x *exported) string { return *f.At(&x.Customer) }})
	}
	for _, f := range addressFields {
		all = append(all, exportColumn{name: "billing." + f.Name, text: func(x *exported) string { return *f.At(&x.billing) }})
	}
	all = append(all, exportColumn{name: "shipping.same", text: func(x *exported) string { return x.same }})
	for _, f := range addressFields {
		all = append(all, exportColumn{name: "shipping." + f.Name, text: func(x *exported) string { return *f.At(&x.shipping) }})
	}
	all = append(all,
		exportColumn{name: "addresses", text: func(x *exported) string { return addressList(x.others) }},
		exportColumn{name: "metadata_json"}, // depends on the format
	)
	for i := range all {
		f := &all[i]
		if object, field, nested := strings.Cut(f.name, "."); nested {
			f.object, f.label = jsonText(object), jsonText(field)+":"
		} else {
			f.label = jsonText(f.name) + ":"
		}
	}
	return all
}

// sortOut takes a customer in, and tells the addresses that "billing" and
// "shipping" can say from those that they cannot.
func (x *exported) sortOut(c Customer) {
	*x = exported{Customer: c, others: x.others[:0]}
	billing, bills := c.Billing()
	shipping, ships := c.Shipping()
	switch {
	case bills && billing.Type == Both && c.ShippingIsBilling():
		x.billing, x.same, ships = billing, "true", false
	case bills && billing.Type == Both:
		bills = false
	case bills:
		x.billing = billing
	}
	if ships = ships && shipping.Type == Shipping; ships {
		x.shipping = shipping
	}
	for _, a := range c.Addresses {
		if !(bills && a.ID == billing.ID) && !(ships && a.ID == shipping.ID) {
			x.others = append(x.others, a)
		}
	}
}

// addressList is a list of addresses as JSON, "" for none.
func addressList(all []Address) string {
	if len(all) == 0 {
		return ""
	}
	list := make([]map[string]string, len(all))
	for i, a := range all {
		list[i] = map[string]string{"type": string(a.Type)}
		if a.Default {
			list[i]["default"] = "true"
		}
		for _, f := range addressFields {
			if v := *f.At(&a); v != "" {
				list[i][f.Name] = v
			}
		}
	}
	return jsonText(list)
}

// jsonText is JSON that keeps & and < as they are.
func jsonText(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil { // texts, and lists and maps of them, always encode
		return ""
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Add writes one customer.
func (e *CustomerWriter) Add(c Customer) error {
	x := &e.x
	if x.sortOut(c); e.csv == nil {
		return e.object(x)
	}
	e.row = e.row[:0]
	for _, f := range exportColumns {
		text := ""
		if f.text != nil {
			text = f.text(x)
		} else {
			text = unsaid(c.Metadata, func(m Meta) bool { return tableSays(m) })
		}
		e.row = append(e.row, GuardCell(text))
	}
	for _, key := range e.keys {
		m, _ := c.Meta(key)
		e.row = append(e.row, GuardCell(m.Text()))
	}
	return e.csv.Write(e.row)
}

// tableSays reports whether a cell gives the value back as it is.
func tableSays(m Meta) bool {
	text := m.Text()
	return text != "" && !strings.Contains(text, "\r") && MetaText(ReadCell(GuardCell(text))) == m.Value
}

// plainKey reports whether a key can stand in a column's name, around which
// spaces do not count.
func plainKey(key string) bool { return strings.TrimSpace(key) == key }

// unsaid is the JSON object of the entries that stand nowhere else in a way
// that an import reads back, "" for none.
func unsaid(all []Meta, said func(Meta) bool) string {
	var rest map[string]json.RawMessage
	for _, m := range all {
		if !plainKey(m.Key) || !said(m) {
			if rest == nil {
				rest = map[string]json.RawMessage{}
			}
			rest[m.Key] = json.RawMessage(m.Value)
		}
	}
	if len(rest) == 0 {
		return ""
	}
	return jsonText(rest)
}

// object writes a line. What is absent is left out.
func (e *CustomerWriter) object(x *exported) error {
	e.line = append(e.line[:0], '{')
	within := "" // the object within that is open
	next := func(object, label string) {
		if within != "" && within != object {
			e.line = append(e.line, '}')
		}
		if e.line[len(e.line)-1] != '{' {
			e.line = append(e.line, ',')
		}
		if object != "" && within != object {
			e.line = append(append(e.line, object...), ':', '{')
		}
		within = object
		e.line = append(e.line, label...)
	}
	for i := range exportColumns {
		f := &exportColumns[i]
		switch {
		case f.text == nil:
			if text := unsaid(x.Metadata, func(m Meta) bool { return !strings.HasPrefix(m.Value, `"`) || !Absent(m.Text()) }); text != "" {
				next(f.object, f.label)
				e.line = appendJSON(e.line, text)
			}
		case f.name == "addresses":
			if text := f.text(x); text != "" {
				next(f.object, f.label)
				e.line = append(e.line, text...)
			}
		default:
			if text := f.text(x); text != "" {
				next(f.object, f.label)
				e.line = appendJSON(e.line, guardText(text))
			}
		}
	}
	for _, m := range x.Metadata {
		if plainKey(m.Key) {
			next(`"metadata"`, "")
			e.line = append(appendJSON(e.line, m.Key), ':')
			e.line = append(e.line, m.Value...)
		}
	}
	if within != "" {
		e.line = append(e.line, '}')
	}
	e.line = append(e.line, '}', '\n')
	_, err := e.out.Write(e.line)
	return err
}

// appendJSON appends text as [jsonText] writes it.
func appendJSON(b []byte, text string) []byte {
	if plainJSON(text) {
		return append(append(append(b, '"'), text...), '"')
	}
	return append(b, jsonText(text)...)
}

// Flush writes out what is still held back.
func (e *CustomerWriter) Flush() error {
	if e.csv == nil {
		return nil
	}
	e.csv.Flush()
	return e.csv.Error()
}

// guardText puts a ' before a text of JSON that would be read as absent, or as
// one so guarded; readText takes it away.
func guardText(text string) string {
	if textGuarded(text) {
		return "'" + text
	}
	return text
}

func readText(text string) string {
	if rest, ok := strings.CutPrefix(text, "'"); ok && textGuarded(rest) {
		return rest
	}
	return text
}

func textGuarded(text string) bool {
	if rest, ok := strings.CutPrefix(text, "'"); ok {
		return textGuarded(rest)
	}
	return text != "" && Absent(text)
}
