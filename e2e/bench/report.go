package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// A report is all that was measured.
type report struct {
	at       time.Time
	took     time.Duration
	each     time.Duration
	tables   []*table
	charging *ledger
	binary   int64
}

func newReport(o options) *report { return &report{at: time.Now(), each: o.each} }

// A table is what was measured on one engine, a stage for each size.
type table struct {
	engine string
	stages []*stage
}

// last is the stage of the most customers.
func (t *table) last() *stage { return t.stages[len(t.stages)-1] }

// String is the report in Markdown.
func (r *report) String() string {
	var b strings.Builder
	b.WriteString(r.headline())
	for _, t := range r.tables {
		fmt.Fprintf(&b, "\n### %s, %s customers\n\n", t.engine, thousands(int64(t.last().customers)))
		t.pages(&b)
		t.apis(&b)
		if t.last().mixed != nil {
			b.WriteString("\n" + t.last().mixed.String())
		}
		if t.last().moved != nil {
			b.WriteString("\n" + t.last().moved.String())
		}
		b.WriteString("\n")
		for _, st := range t.stages {
			fmt.Fprintf(&b, "With %s customers the server answered %d ms after its start and had %d MiB in memory after all of it.\n",
				thousands(int64(st.customers)), st.start.Milliseconds(), st.memory>>20)
		}
	}
	b.WriteString(r.charging.String())
	return b.String()
}

// headline is the targets beside what was measured, in Markdown.
func (r *report) headline() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s, %s: %d connections, %d ms a side. All of it took %s.\n\n", r.at.Format(time.DateOnly), machine(),
		runtime.Version(), connections, r.each.Milliseconds(), r.took.Round(time.Second))
	r.verdicts(&b)
	return b.String()
}

// pages is the table of pages. CPU times with PostgreSQL are of Kontor, or its
// floor, and of the server that it asks, together.
func (t *table) pages(b *strings.Builder) {
	database := ""
	if t.engine == postgres {
		database = " (of it PostgreSQL)"
	}
	fmt.Fprintf(b, "| whose | page | rows | requests/s | p50 ms | p99 ms | CPU µs%s | allocations | floor: requests/s | p50 ms | p99 ms | CPU µs%s "+
		"| **CPU ×** | at most |", database, database)
	more := 14
	for _, st := range t.stages[:len(t.stages)-1] {
		fmt.Fprintf(b, " at %s: rows | CPU µs | CPU × | **growth** | floor's |", thousands(int64(st.customers)))
		more += 5
	}
	b.WriteString("\n|---|---|" + strings.Repeat("--:|", more-2) + "\n")
	for _, l := range t.last().lines {
		if l.scenario.target > 0 {
			continue
		}
		k, f := &l.kontor.figures, &l.floor.figures
		fmt.Fprintf(b, "| %s | %s | %s | %.0f | %s | %s | %s | %d | %.0f | %s | %s | %s | **%.2f** | %s |",
			l.scenario.group, l.title(), rows(l.rows), k.perSecond(), millis(k.quantile(0.5)), millis(k.quantile(0.99)), t.micros(k.each()), l.allocs,
			f.perSecond(), millis(f.quantile(0.5)), millis(f.quantile(0.99)), t.micros(f.each()), l.times(), atMost(l.scenario.most))
		for _, st := range t.stages[:len(t.stages)-1] {
			if s := st.line(l.scenario); s != nil {
				fmt.Fprintf(b, " %s | %s | %.2f | **%.2f** | %.2f |", rows(s.rows), t.micros(s.kontor.each()), s.times(), l.growth(s), l.floorGrowth(s))
			} else {
				b.WriteString(" | | | | |")
			}
		}
		b.WriteString("\n")
	}
}

// apis is the table of APIs. Shares are Kontor's of what the floor does: of
// requests in a second, and of requests in a second of CPU time.
func (t *table) apis(b *strings.Builder) {
	b.WriteString("\n| call | requests/s | p50 ms | p99 ms | CPU µs | allocations " +
		"| floor: requests/s | p50 ms | CPU µs | **share** | share by CPU | at least |\n")
	b.WriteString("|---|" + strings.Repeat("--:|", 11) + "\n")
	for _, l := range t.last().lines {
		if l.scenario.target == 0 {
			continue
		}
		k, f := &l.kontor.figures, &l.floor.figures
		fmt.Fprintf(b, "| %s | %.0f | %s | %s | %s | %d | %.0f | %s | %s | **%.2f** | %.2f | %.1f |\n",
			l.title(), k.perSecond(), millis(k.quantile(0.5)), millis(k.quantile(0.99)), t.micros(k.each()), l.allocs,
			f.perSecond(), millis(f.quantile(0.5)), t.micros(f.each()), l.share(), 1/max(l.times(), 1e-9), l.scenario.target)
	}
}

// line is the figures of the scenario that has the same name, nil for none.
func (st *stage) line(as *scenario) *line {
	for _, l := range st.lines {
		if l.scenario.name == as.name && l.scenario.group == as.group {
			return l
		}
	}
	return nil
}

// times is how many times the floor's CPU time a request takes.
func (l *line) times() float64 { return ratio(l.kontor.each().sum(), l.floor.each().sum()) }

// share is how much of the floor's requests a second are answered.
func (l *line) share() float64 { return l.kontor.perSecond() / max(l.floor.perSecond(), 1e-9) }

// growth is how many times the CPU time of the same request at another size it
// takes, and floorGrowth how many the floor takes.
func (l *line) growth(of *line) float64 {
	return ratio(l.kontor.each().sum(), of.kontor.each().sum())
}

func (l *line) floorGrowth(of *line) float64 {
	return ratio(l.floor.each().sum(), of.floor.each().sum())
}

func (l *line) title() string {
	if l.scenario.what == "" {
		return l.scenario.name
	}
	return l.scenario.name + " (" + strings.ReplaceAll(l.scenario.what, "|", "/") + ")"
}

// micros is a CPU time in microseconds, of which PostgreSQL's part is named.
func (t *table) micros(s spent) string {
	if t.engine != postgres {
		return fmt.Sprint(s.sum().Microseconds())
	}
	return fmt.Sprintf("%d (%d)", s.sum().Microseconds(), s.database.Microseconds())
}

// rows is how many rows an answer has, "" for what is no list.
func rows(n float64) string {
	if n < 0 {
		return ""
	}
	return fmt.Sprintf("%.0f", n)
}

func atMost(times float64) string {
	if times == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f", times)
}

func millis(d time.Duration) string { return fmt.Sprintf("%.2f", float64(d)/float64(time.Millisecond)) }

func ratio(a, b time.Duration) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// thousands writes a number with commas.
func thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// machine says what this runs on.
func machine() string {
	name := runtime.GOARCH
	if f, err := os.Open("/proc/cpuinfo"); err == nil {
		defer f.Close()
		for lines := bufio.NewScanner(f); lines.Scan(); {
			if key, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(key) == "model name" {
				name = strings.TrimSpace(value)
				break
			}
		}
	}
	return fmt.Sprintf("%d cores of %s", runtime.NumCPU(), name)
}
