package core

import (
	"slices"
	"testing"
	"time"
)

func TestRecordsAtHandMatchAsInTheDatabase(t *testing.T) {
	record := func(f Field, key string) string {
		switch f {
		case FieldID:
			return "15"
		case FieldFirstName:
			return "Ámara"
		case FieldCity:
			return "New Sarajevo"
		case FieldReference:
			return "Ref-1"
		case FieldPhone:
			return "+387 33 123"
		case FieldCreated:
			return "2026-11-21T09:00:00.001Z"
		case FieldDateOfBirth:
			return "1990-02-28"
		case FieldMetadata:
			return map[string]string{"tier": "Gold"}[key]
		}
		return ""
	}
	for text, want := range map[string]bool{
		"":                                  true,
		"firstName:amara":                   true,
		"firstName:amar":                    false,
		"firstName:~MAR":                    true,
		"city:~sara,new":                    true,
		"city:~sara,old":                    false,
		`city:"new sarajevo"`:               true,
		"reference:Ref-1":                   true,
		"reference:ref-1":                   false,
		"id:>10 id:<=15 AND -id:14":         true,
		"id:<15 OR id:>=16":                 false,
		"email:*":                           true,
		"email:x":                           false,
		"-email:x":                          true,
		"NOT (city:x OR id:15)":             false,
		"phone:38733123":                    true,
		"created:>=2026-11-21":              true,
		"created:2026":                      true,
		"created:<'2026-11-21T09:00:00'":    false,
		"dob:<1990-03":                      true,
		"metadata.tier:gold":                true,
		"metadata.other:*":                  true,
		"sarajevo":                          true,
		"mostar":                            false,
		"state:* AND (id:1 OR (id:15))":     true,
		"version:1":                         false,
		"source:wallee":                     false,
		"company:* company:* -metadata.x:1": true,
	} {
		q, err := ParseQuery(text, CustomerFields, time.UTC)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got := q.Matches(CustomerFields, record); got != want {
			t.Errorf("%s matches: %v, want %v", text, got, want)
		}
	}
}

func TestOrdersAreReadAndHeldTo(t *testing.T) {
	for text, want := range map[string]Rule{
		"": "", "lastName": "", "lastname:asc firstName:DESC": "", "id:DESC": "",
		"tribe": Unknown, "metadata": Unknown, "note": Unknown, "name:UP": Malformed, "name:": Malformed, "id id id id id id": TooMany,
	} {
		if _, rule := ParseOrder(text, CustomerFields); rule != want {
			t.Errorf("%q breaks %q, want %q", text, rule, want)
		}
	}
	order, _ := ParseOrder("id:DESC", CustomerFields)
	ids := []string{"2", "10", "1"}
	slices.SortFunc(ids, func(a, b string) int {
		return CustomerFields.Sorted(order[0], func(Field, string) string { return a }, func(Field, string) string { return b })
	})
	if !slices.Equal(ids, []string{"10", "2", "1"}) {
		t.Errorf("sorted %v", ids)
	}
}

func TestMetadataReplacedWithTextKeepsNumbers(t *testing.T) {
	c, _ := Customer{}.With(Changes{"name": "x", "metadata.n": `12`, "metadata.gone": `"1"`})
	got, bad := c.With(Changes{"metadata": "", "metadata.n": `"12"`, "metadata.new": `"x"`})
	if len(bad) > 0 || !slices.Equal(got.Metadata, []Meta{{"n", "12"}, {"new", `"x"`}}) {
		t.Errorf("metadata %v, %v", got.Metadata, bad)
	}
}

func TestQueriesAreRewrittenAndJoined(t *testing.T) {
	q := parse(t, "name:a (state:x OR -state:y)")
	got := q.Rewrite(func(c Compare) Node {
		if c.Field != FieldState {
			return c
		}
		if c.Values[0].Text == "x" {
			return Or{Equal(FieldCity, "b"), Equal(FieldCity, "c")}
		}
		return Not{Equal(FieldCity, "d")}
	}).And(Query{Among(7)})
	if want := `name:a (city:b OR city:c OR city:d) id:7`; got.String() != want {
		t.Errorf("rewritten %s, want %s", got, want)
	}
	none := func(Field, string) string { return "" }
	if (Query{Everything()}).Matches(CustomerFields, none) == (Query{Nothing()}).Matches(CustomerFields, none) {
		t.Error("everything and nothing are the same")
	}
}
