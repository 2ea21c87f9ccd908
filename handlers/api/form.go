package api

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"kontor/db/core"
)

// A Form reads one call's body into [core.Changes] of a record and gathers all
// that is wrong, under the face's own names.
//
// A face's own limit binds only what changes through it: a value equal to what
// the face would show is no change, however long it is. So the form is told what
// is shown, which is "" for a new record.
type Form struct {
	Changes core.Changes
	Faults  core.Invalid

	names map[string]string // the face's name of each field of the core
	order []string          // the face's names as they were read, which is how faults are told
}

// NewForm returns an empty form.
func NewForm() *Form { return &Form{Changes: core.Changes{}, names: map[string]string{}} }

// Name says what the face calls a field of the core that it may hear of in a
// fault, where it does not read it by [Form.Text].
func (f *Form) Name(field, name string) {
	f.names[field] = name
	f.place(name)
}

func (f *Form) place(name string) {
	if !slices.Contains(f.order, name) {
		f.order = append(f.order, name)
	}
}

// Text reads a scalar, if it is given, as the new text of a field of the core.
// Null clears. Limit is the face's own, in characters; 0 leaves it to the core.
func (f *Form) Text(v Value, name, field, shown string, limit int) {
	f.Name(field, name)
	if !v.Given() {
		return
	}
	text, ok := v.Text()
	if !ok {
		f.Fault(name, core.Malformed, 0)
		return
	}
	f.Set(text, name, field, shown, limit)
}

// Set is [Form.Text] for a text the face has read by itself.
func (f *Form) Set(text, name, field, shown string, limit int) {
	f.Name(field, name)
	if text == shown {
		return
	}
	if limit > 0 && len([]rune(text)) > limit {
		f.Fault(name, core.TooLong, limit)
		return
	}
	f.Changes[field] = text
}

// Fault adds something that is wrong with what the face calls name. The limit
// is that of the rules that have one.
func (f *Form) Fault(name string, rule core.Rule, limit int) {
	f.place(name)
	f.Faults = append(f.Faults, core.Fault{Field: name, Rule: rule, Limit: limit})
}

// Check returns all that is wrong: what the form found, and what the changes
// would break in the customer, who is the zero Customer when new. Nil means that
// the store will refuse only what it alone can know, such as a reference that is
// taken; give its error to [Form.Named].
func (f *Form) Check(old core.Customer) error {
	_, bad := old.With(f.Changes)
	return f.All(bad)
}

// All returns what the form found and what the core did, under the face's
// names and in the order they were read; nil when that is nothing.
func (f *Form) All(of core.Invalid) error {
	bad := slices.Clone(f.Faults)
	for _, fault := range f.named(of) {
		if fault.Rule == core.Required && fault.Field == f.names["name"] && len(bad) > 0 {
			continue // a customer who is empty because of the other faults
		}
		if _, told := bad.Field(fault.Field); !told {
			bad = append(bad, fault)
		}
	}
	slices.SortStableFunc(bad, func(a, b core.Fault) int { return f.rank(a.Field) - f.rank(b.Field) })
	return bad.Err()
}

// rank is where a name stands among those that were read. An entry of
// something stands where that does, and what nobody read at the end.
func (f *Form) rank(name string) int {
	i := slices.Index(f.order, name)
	if i < 0 {
		of, _, _ := strings.Cut(name, ".")
		i = slices.Index(f.order, of)
	}
	if i < 0 {
		return len(f.order)
	}
	return i
}

// Named returns a store's error with the faults in it under the face's names.
func (f *Form) Named(err error) error {
	bad, ok := errors.AsType[core.Invalid](err)
	if !ok {
		return err
	}
	return f.named(bad)
}

func (f *Form) named(bad core.Invalid) core.Invalid {
	out := make(core.Invalid, len(bad))
	for i, fault := range bad {
		if name, ok := f.names[fault.Field]; ok {
			fault.Field = name
		} else if entry, ok := strings.CutPrefix(fault.Field, "metadata."); ok && f.names["metadata"] != "" {
			fault.Field = f.names["metadata"] + "." + entry
		}
		if other, ok := f.names[fault.Other]; ok && fault.Rule == core.Either {
			fault.Other = other
		}
		out[i] = fault
	}
	return out
}

// Empty reports whether the form changes nothing and found nothing wrong.
func (f *Form) Empty() bool { return len(f.Changes) == 0 && len(f.Faults) == 0 }

// Merge adds changes that were made ready elsewhere.
func (f *Form) Merge(ch core.Changes) { maps.Copy(f.Changes, ch) }
