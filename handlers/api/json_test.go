package api_test

import (
	"slices"
	"strings"
	"testing"

	"kontor/db/core"
	"kontor/handlers/api"
)

func TestValuesAreReadAsTheyWereSent(t *testing.T) {
	v, err := api.ParseJSON([]byte(`{"b": 1.50, "a": {"n": null, "t": true, "s": "x", "l": [1, "2"]}, "b": 12345678901234567890}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := v.Names(); !slices.Equal(got, []string{"b", "a"}) {
		t.Errorf("names %v", got)
	}
	for _, tt := range []struct {
		path     []string
		kind     api.Kind
		text     string
		isScalar bool
		json     string
	}{
		{[]string{"b"}, api.Number, "12345678901234567890", true, "12345678901234567890"}, // the last of two
		{[]string{"a", "n"}, api.Null, "", true, "null"},
		{[]string{"a", "t"}, api.Bool, "true", true, "true"},
		{[]string{"a", "s"}, api.String, "x", true, `"x"`},
		{[]string{"a", "l"}, api.List, "", false, ""},
		{[]string{"a"}, api.Object, "", false, ""},
		{[]string{"a", "x", "y"}, api.Missing, "", false, ""},
	} {
		got := v.At(tt.path...)
		text, ok := got.Text()
		json, scalar := got.JSON()
		if got.Kind != tt.kind || text != tt.text || ok != tt.isScalar || json != tt.json || scalar != tt.isScalar || got.Given() != (tt.kind != api.Missing) {
			t.Errorf("%v: kind %d, text %q %v, JSON %s", tt.path, got.Kind, text, ok, json)
		}
	}
	if items := v.At("a", "l").Items(); len(items) != 2 {
		t.Errorf("%d items", len(items))
	} else if n, ok := items[1].Int(); n != 2 || !ok {
		t.Errorf("a number in a string is %d %v", n, ok)
	}
}

func TestWhatIsNoJSONIsRefused(t *testing.T) {
	for _, text := range []string{
		"", "{", `{"a":1,}`, "{} {}", "[1 2]", "nul", "\xff", "{\"a\":\"\xff\"}", "1e", "'a'", strings.Repeat("[", 40) + strings.Repeat("]", 40),
	} {
		if v, err := api.ParseJSON([]byte(text)); err == nil {
			t.Errorf("%q is read as %v", text, v)
		}
	}
	for _, text := range []string{"null", " 1 ", `"a"`, "[]", strings.Repeat("[", 30) + strings.Repeat("]", 30)} {
		if _, err := api.ParseJSON([]byte(text)); err != nil {
			t.Errorf("%q is refused", text)
		}
	}
}

func TestFormHoldsOnlyWhatChangesToTheFacesLimits(t *testing.T) {
	long := strings.Repeat("x", 60)
	in, err := api.ParseJSON([]byte(`{"same": "` + long + `", "longer": "` + long + `x", "number": 12, "gone": null, "list": []}`))
	if err != nil {
		t.Fatal(err)
	}
	form := api.NewForm()
	form.Text(in.At("same"), "same", "company", long, 50)
	form.Text(in.At("longer"), "longer", "description", long, 50)
	form.Text(in.At("number"), "number", "reference", "", 50)
	form.Text(in.At("gone"), "gone", "phone", "1", 50)
	form.Text(in.At("list"), "list", "first_name", "", 50)
	form.Text(in.At("missing"), "missing", "last_name", "was", 50)
	if len(form.Changes) != 2 || form.Changes["reference"] != "12" {
		t.Errorf("changes %v", form.Changes)
	}
	if v, ok := form.Changes["phone"]; v != "" || !ok {
		t.Error("null does not clear")
	}
	want := core.Invalid{{Field: "longer", Rule: core.TooLong, Limit: 50}, {Field: "list", Rule: core.Malformed}}
	if !slices.Equal(form.Faults, want) {
		t.Errorf("faults %v", form.Faults)
	}
}

func TestFaultsStandUnderTheFacesNamesInTheOrderRead(t *testing.T) {
	form := api.NewForm()
	form.Name("metadata", "meta")
	value, err := api.ParseJSON([]byte(`"nobody"`))
	if err != nil {
		t.Fatal(err)
	}
	form.Text(value, "mail", "email", "", 0)
	form.Fault("born", core.Malformed, 0)
	form.Changes["metadata.k"] = `{"no": "scalar"}`
	bad, _ := form.Check(core.Customer{}).(core.Invalid)
	var names []string
	for _, f := range bad {
		names = append(names, f.Field)
	}
	if !slices.Equal(names, []string{"meta.k", "mail", "born"}) {
		t.Errorf("faults of %v", names)
	}
	taken := form.Named(core.Invalid{{Field: "email", Rule: core.Taken}})
	if got, _ := taken.(core.Invalid); len(got) != 1 || got[0].Field != "mail" {
		t.Errorf("the store's fault is %v", taken)
	}
}

func TestAMillionValuesAreTooMany(t *testing.T) {
	list := func(n int) []byte { return []byte("[" + strings.Repeat("1,", n-1) + "1]") }
	if v, err := api.ParseJSON(list(99_999)); err != nil || len(v.Items()) != 99_999 {
		t.Errorf("a hundred thousand values: %d items, %v", len(v.Items()), err)
	}
	for _, text := range [][]byte{list(1_000_000), []byte("[" + strings.Repeat("[],", 200_000) + "1]"), []byte(`{"a":{` + strings.Repeat(`"":1,`, 200_000) + `"":1}}`)} {
		if _, err := api.ParseJSON(text); err == nil {
			t.Errorf("%.20s… is taken", text)
		}
	}
}
