package views

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"kontor/db/core"
)

// A field is one line of a form as it is drawn. Its element has its name as id.
type field struct {
	Name     string
	Label    string // [label] of Name when ""
	Type     string // "text" when ""
	Value    string
	Hint     string
	Fault    string
	Complete string // the attribute autocomplete; "off" when ""
	List     string // id of a datalist
	Wide     bool   // takes the whole width
	Focus    bool
}

func (f field) label() string { return orElse(f.Label, label(f.Name)) }

// kind is the type of the input. A date that is none is shown as text, for a
// date box would swallow it.
func (f field) kind() string {
	if f.Type == "date" && f.Value != "" && !core.Date(f.Value) {
		return "text"
	}
	return orElse(f.Type, "text")
}

// long reports whether the value needs more than one line: an input would
// swallow the breaks.
func (f field) long() bool { return f.Type == "textarea" || strings.ContainsAny(f.Value, "\r\n") }

// described names the elements that say more about the field.
func (f field) described() string {
	hint, fault := "", ""
	if f.Hint != "" {
		hint = f.Name + "-hint"
	}
	if f.Fault != "" {
		fault = f.Name + "-fault"
	}
	return words(fault, hint)
}

// A line is a complaint with the field it leads to.
type line struct{ id, text string }

// lines are the complaints of a form whose fields have their names as ids.
func lines(bad core.Invalid) []line {
	all := make([]line, len(bad))
	for i, f := range bad {
		all[i] = line{f.Field, complaint(f)}
	}
	return all
}

// faulty begins the title of a page that refuses a form.
func faulty(title string, bad bool) string {
	if bad {
		return "Error: " + title
	}
	return title
}

func invalid(fault string) templ.OrderedAttributes {
	if fault == "" {
		return nil
	}
	return templ.OrderedAttributes{{Key: "data-invalid", Value: "true"}}
}

// describing are the attributes that every kind of field shares.
func describing(f field) templ.OrderedAttributes {
	var a templ.OrderedAttributes
	if f.List != "" {
		a = append(a, templ.KeyValue[string, any]{Key: "list", Value: f.List})
	}
	if f.Fault != "" {
		a = append(a, templ.KeyValue[string, any]{Key: "aria-invalid", Value: "true"})
	}
	if d := f.described(); d != "" {
		a = append(a, templ.KeyValue[string, any]{Key: "aria-describedby", Value: d})
	}
	if f.Focus {
		a = append(a, templ.KeyValue[string, any]{Key: "autofocus", Value: true})
	}
	return a
}

func offered(options []Pair, value string) bool {
	return slices.ContainsFunc(options, func(p Pair) bool { return p.Name == value })
}
