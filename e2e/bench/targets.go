package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// What is to be reached.
const (
	pageAtMost   = 2.0 // times the floor's CPU time: lists, and the customer page
	searchAtMost = 2.5 // any search
	writeAtMost  = 1.7 // saves and creates
	growthAtMost = 1.3 // times the CPU time, from the fewest customers to the most

	readsWithin   = 50 * time.Millisecond // of 99 reads in 100 under the mixed load
	writesAtLeast = 1000                  // a second, under the mixed load
	logBelow      = 64 << 20
	memoryBelow   = 200 << 20
	startWithin   = 300 * time.Millisecond // of serve
	binaryBelow   = 40 << 20
)

// A verdict is a target beside what was measured.
type verdict struct {
	what, target, measured string
	met                    bool
}

// verdicts is the table of targets.
func (r *report) verdicts(b *strings.Builder) {
	all := []verdict{{"the program", "< 40 MiB", fmt.Sprintf("%.1f MiB", float64(r.binary)/(1<<20)), r.binary < binaryBelow}}
	for _, t := range r.tables {
		all = append(all, t.verdicts()...)
	}
	b.WriteString("| target | | measured | |\n|---|---|---|---|\n")
	for _, v := range all {
		word := "met"
		if !v.met {
			word = "**missed**"
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", v.what, v.target, v.measured, word)
	}
}

func (t *table) verdicts() []verdict {
	var all []verdict
	for _, kind := range []struct {
		what string
		most float64
	}{{"lists and customer page", pageAtMost}, {"searches", searchAtMost}, {"save and create", writeAtMost}} {
		if v, any := t.atMost(kind.what, kind.most); any {
			all = append(all, v)
		}
	}
	if len(t.stages) > 1 {
		all = append(all, t.growth())
	}
	if v, any := t.shares(); any {
		all = append(all, v)
	}
	st := t.last()
	if m := st.mixed; m != nil {
		p99, writes := m.reads.quantile(0.99), m.writes.perSecond()
		all = append(all,
			verdict{"reads under the mixed load, p99", "< 50 ms", millis(p99) + " ms", p99 < readsWithin},
			verdict{"acknowledged writes under it", "≥ 1,000/s", fmt.Sprintf("%.0f/s", writes), writes >= writesAtLeast})
		if t.engine == sqlite {
			all = append(all, verdict{"write-ahead log under it", "< 64 MiB", fmt.Sprintf("%.1f MiB", float64(m.log)/(1<<20)), m.log < logBelow})
		}
	}
	all = append(all,
		verdict{"memory of serve after all of it", "< 200 MiB", fmt.Sprintf("%d MiB", st.memory>>20), st.memory < memoryBelow},
		verdict{"start of serve with " + thousands(int64(st.customers)), "< 300 ms", fmt.Sprintf("%d ms", st.start.Milliseconds()), st.start < startWithin})
	for i := range all {
		all[i].what = t.engine + ": " + all[i].what
	}
	return all
}

// atMost is the verdict on the lines that may take so many times the floor's
// CPU time, at every size.
func (t *table) atMost(what string, most float64) (v verdict, any bool) {
	v = verdict{what: what, target: fmt.Sprintf("≤ %.1f × the floor's CPU", most)}
	var over []string
	low, high := 1e9, 0.0
	for _, l := range t.last().lines {
		if l.scenario.most != most {
			continue
		}
		any = true
		low, high = min(low, l.times()), max(high, l.times())
		if l.times() > most {
			over = append(over, fmt.Sprintf("%s %s %.2f", l.scenario.name, l.scenario.group, l.times()))
		}
	}
	v.measured, v.met = fmt.Sprintf("%.2f to %.2f", low, high), len(over) == 0
	if !v.met {
		v.measured += "; over it: " + strings.Join(over, ", ")
	}
	return v, any
}

// growth is the verdict on what a page costs more with more customers.
func (t *table) growth() verdict {
	v := verdict{what: "growth of a page's CPU", target: fmt.Sprintf("≤ %.1f ×", growthAtMost)}
	low, high := 1e9, 0.0
	var over []string
	for _, l := range t.last().lines {
		s := t.stages[0].line(l.scenario)
		if s == nil || l.scenario.target > 0 {
			continue
		}
		low, high = min(low, l.growth(s)), max(high, l.growth(s))
		if l.growth(s) > growthAtMost {
			at := fmt.Sprintf("floor %.2f", l.floorGrowth(s))
			if rows(l.rows) != rows(s.rows) {
				at += fmt.Sprintf(", %s rows for %s", rows(l.rows), rows(s.rows))
			}
			over = append(over, fmt.Sprintf("%s %s %.2f (%s)", l.scenario.name, l.scenario.group, l.growth(s), at))
		}
	}
	v.measured, v.met = fmt.Sprintf("%.2f to %.2f", low, high), len(over) == 0
	if !v.met {
		v.measured += "; over it: " + strings.Join(over, ", ")
	}
	return v
}

// shares is the verdict on the APIs' calls.
func (t *table) shares() (v verdict, any bool) {
	v = verdict{what: "calls of the APIs", target: "their shares of the floor's requests", met: true}
	var under []string
	lines := slices.DeleteFunc(slices.Clone(t.last().lines), func(l *line) bool { return l.scenario.target == 0 })
	for _, l := range lines {
		if l.share() < l.scenario.target {
			under = append(under, fmt.Sprintf("%s %.2f of %.1f", l.scenario.name, l.share(), l.scenario.target))
		}
	}
	v.measured, v.met = fmt.Sprintf("%d of %d reach theirs", len(lines)-len(under), len(lines)), len(under) == 0
	if !v.met {
		v.measured += "; under it: " + strings.Join(under, ", ")
	}
	return v, len(lines) > 0
}
