package wallee

import (
	"net/http"
	"strings"

	"kontor/handlers/api"
)

// An input reads the members of a JSON object that a program sent, and collects
// what is wrong with them.
type input struct {
	api.Value
	bad faults
}

// readInput reads the body of a call, which must be an object.
func readInput(r *http.Request) (*input, error) {
	v, err := api.JSON(r)
	if err != nil {
		return nil, err
	}
	if v.Kind != api.Object {
		return nil, api.Refuse(http.StatusBadRequest, "the body must be a JSON object")
	}
	return &input{v, faults{}}, nil
}

// text reads a text. A number or boolean is taken as it was written; null and
// "" both clear. given tells whether the member is there at all.
func (in *input) text(name string) (v string, given bool) {
	m := in.At(name)
	if !m.Given() {
		return "", false
	}
	v, ok := m.Text()
	if !ok {
		in.bad.add(name, "must be a text")
		return "", false
	}
	return v, true
}

// code reads one of some words, in any case.
func (in *input) code(name string, of ...string) (v string, given bool) {
	v, given = in.text(name)
	if v = strings.ToUpper(strings.TrimSpace(v)); !given || v == "" {
		return v, given
	}
	for _, one := range of {
		if v == one {
			return v, true
		}
	}
	in.bad.add(name, "must be one of "+strings.Join(of, ", "))
	return "", false
}

// id reads a linked object: its ID, or an object that holds it, as it stands in
// answers.
func (in *input) id(name string) (id int64, given bool) {
	m := in.At(name)
	if m.Kind == api.Object {
		m = m.At("id")
	}
	if !m.Given() || m.Kind == api.Null {
		return 0, false
	}
	id, ok := m.Int()
	if !ok {
		in.bad.add(name, "must be an ID")
	}
	return id, ok
}

// flag reads a boolean.
func (in *input) flag(name string) (is, given bool) {
	m := in.At(name)
	if !m.Given() || m.Kind == api.Null {
		return false, false
	}
	is, ok := m.Bool()
	if !ok {
		in.bad.add(name, "must be true or false")
	}
	return is, ok
}

// version reads the version that a change is of, or refuses the change.
func (in *input) version() (int64, error) {
	n, ok := in.At("version").Int()
	if !ok || n <= 0 {
		return 0, errNoVersion
	}
	return n, nil
}

func (in *input) err() error { return in.bad.err(http.StatusUnprocessableEntity) }
