package main

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kontor/db/core"
)

func TestQuantileIsOneOfTheAnswers(t *testing.T) {
	var f figures
	if got := f.quantile(0.99); got != 0 {
		t.Errorf("of none: %v", got)
	}
	for i := 100; i > 0; i-- {
		f.took = append(f.took, time.Duration(i))
	}
	for q, want := range map[float64]time.Duration{0: 1, 0.5: 50, 0.99: 99, 1: 100} {
		if got := f.quantile(q); got != want {
			t.Errorf("quantile %v: %v, want %v", q, got, want)
		}
	}
}

func TestTablesReplaceThoseInAFile(t *testing.T) {
	got, err := between("a\n"+tablesBegin+"\nold\n"+tablesEnd+"\nz\n", "\nnew\n")
	if want := "a\n" + tablesBegin + "\nnew\n" + tablesEnd + "\nz\n"; err != nil || got != want {
		t.Errorf("got %q, %v", got, err)
	}
	for _, text := range []string{"", tablesBegin, tablesEnd, tablesEnd + tablesBegin} {
		if got, err := between(text, "new"); err == nil {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestTimesOfEndedChildren(t *testing.T) {
	stat := "42 (a (b) c) S 7 42 42 0 -1 4194560 10 20 30 40 500 600 70 8 20 0 1 0 100"
	if got, err := childTimes([]byte(stat)); err != nil || got != 780*time.Millisecond {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err := childTimes([]byte("42 (a) S 7")); err == nil {
		t.Errorf("got %v of too few fields", got)
	}
}

func TestFlags(t *testing.T) {
	t.Setenv("TEST_POSTGRES", "")
	t.Setenv("TEST_POSTGRES_SOCKET", "")
	o, err := parse([]string{"-customers", "2000,100"})
	if diff := cmp.Diff([]int{100, 2000}, o.sizes); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	if diff := cmp.Diff([]string{sqlite}, o.engines); diff != "" {
		t.Error(diff)
	}
	for _, args := range [][]string{{"-customers", "many"}, {"-customers", "0"}, {"-engines", "oracle"}, {"-engines", "postgres"}, {"-run", "("}, {"more"}} {
		if _, err := parse(args); err == nil {
			t.Errorf("%q is taken", args)
		}
	}
	t.Setenv("TEST_POSTGRES", "postgres://nobody@127.0.0.1:1/none")
	if o, err = parse(nil); err != nil || cmp.Diff([]string{sqlite, postgres}, o.engines) != "" {
		t.Errorf("%v %v", o.engines, err)
	}
}

func TestVerdictsSayWhatMisses(t *testing.T) {
	at := func(own time.Duration) *side {
		return &side{figures: figures{took: make([]time.Duration, 10), time: time.Second, cpu: spent{own: 10 * own}}}
	}
	sc := func(name string) *scenario { return &scenario{group: ofMany, name: name, most: pageAtMost} }
	small := &stage{lines: []*line{{scenario: sc("list"), kontor: at(10), floor: at(8)}, {scenario: sc("page"), kontor: at(10), floor: at(5)}}}
	large := &stage{lines: []*line{{scenario: sc("list"), kontor: at(20), floor: at(8)}, {scenario: sc("page"), kontor: at(10), floor: at(5)}}}
	tb := &table{engine: sqlite, stages: []*stage{small, large}}
	if v, any := tb.atMost("lists", pageAtMost); !any || v.met || v.measured != "2.00 to 2.50; over it: list of nearly all 2.50" {
		t.Errorf("%+v", v)
	}
	if v := tb.growth(); v.met || v.measured != "1.00 to 2.00; over it: list of nearly all 2.00 (floor 1.00)" {
		t.Errorf("%+v", v)
	}
	if _, any := tb.atMost("writes", writeAtMost); any {
		t.Error("there is a verdict on nothing")
	}
}

func TestEveryListTakesTheValuesOfItsStatement(t *testing.T) {
	for name, l := range lists {
		marks := 0
		for _, r := range l.where + l.after {
			if r == '?' {
				marks++
			}
		}
		if marks != len(l.kinds) {
			t.Errorf("%s: %d values for %d marks", name, len(l.kinds), marks)
		}
		if _, err := l.args([]string{"x", "x", "x", "x", "x", "x", "x", "x"}); err == nil {
			t.Errorf("%s takes any number of values", name)
		}
	}
	if got := like(2) + "-city"; lists[got].kinds != "isss" {
		t.Errorf("%s takes %q", got, lists[got].kinds)
	}
}

func TestRareWordsAreFoundAsKontorFindsThem(t *testing.T) {
	sample := &trigrams{
		texts: core.SampleTexts(slices.Repeat([]string{" jan meier berlin", " jan berlin", " jan berlin", " eva meiers"}, core.Often/3)), theirs: 2,
	}
	marked := `"` + mark(3) + `" AND `
	for name, c := range map[string]struct {
		words []string
		city  string
		want  wordSearch
	}{
		"rare":     {[]string{"meiers"}, "", wordSearch{"words1", []string{marked + `"ers"`, "3", "%meiers%"}, "", true}},
		"nobody":   {[]string{"tom"}, "", wordSearch{"words1", []string{marked + `"tom"`, "3", "%tom%"}, "", true}},
		"common":   {[]string{"jan", "berlin"}, "", wordSearch{"words0", []string{marked + `"jan" AND "berlin"`, "3"}, marked + `"jan" AND "berlin"`, false}},
		"in city":  {[]string{"jan"}, "berlin", wordSearch{"words0-city", []string{marked + `"jan" AND "berlin"`, "3", "berlin"}, "", false}},
		"rare one": {[]string{"meiers"}, "berlin", wordSearch{"words1-city", []string{marked + `"ers" AND "ber"`, "3", "%meiers%", "berlin"}, "", true}},
	} {
		if diff := cmp.Diff(c.want, sample.search(3, c.words, c.city), cmp.AllowUnexported(wordSearch{})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	sample.theirs = sample.texts.Len()
	want := wordSearch{"words0", []string{`"jan"`, "1"}, `"` + mark(1) + `" AND "jan"`, false}
	if diff := cmp.Diff(want, sample.search(1, []string{"jan"}, ""), cmp.AllowUnexported(wordSearch{})); diff != "" {
		t.Errorf("of who has nearly all: %s", diff)
	}
}
