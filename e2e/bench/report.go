package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// A line is a scenario's figures.
type line struct {
	scenario            *scenario
	kontor, floor, rows *side
	allocs, allocated   int64 // number and bytes, of one request
}

// A report is all that was measured.
type report struct {
	at        time.Time
	customers int
	lines     []*line
	charging  *ledger
	start     time.Duration
	binary    int64
	memory    int64
}

func newReport(o options) *report { return &report{at: time.Now(), customers: o.customers} }

// String is the report in Markdown.
func (r *report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s customers on SQLite, %d connections, %s, %s, %s.\n\n", thousands(int64(r.customers)), connections,
		machine(), runtime.Version(), r.at.Format(time.DateOnly))
	r.pages(&b)
	r.apis(&b)
	b.WriteString(r.charging.String())
	fmt.Fprintf(&b, "\nAfter all of it the server has %d MiB in memory. It answered %d ms after its start. The program has %.1f MiB.\n",
		r.memory>>20, r.start.Milliseconds(), float64(r.binary)/(1<<20))
	return b.String()
}

// pages is the table of pages.
func (r *report) pages(b *strings.Builder) {
	b.WriteString("| page | requests/s | p50 ms | p99 ms | CPU µs | allocations | KiB allocated | KiB sent " +
		"| floor: requests/s | p50 ms | p99 ms | CPU µs | **CPU ×** | p50 × | rows alone: CPU µs | CPU × |\n")
	b.WriteString("|---|" + strings.Repeat("--:|", 15) + "\n")
	for _, l := range r.lines {
		if l.scenario.target > 0 {
			continue
		}
		k, f, rows := &l.kontor.figures, &l.floor.figures, &l.rows.figures
		fmt.Fprintf(b, "| %s | %.0f | %s | %s | %d | %d | %d | %.1f | %.0f | %s | %s | %d | **%.2f** | %.2f | %d | %.2f |\n",
			l.title(), k.perSecond(), millis(k.quantile(0.5)), millis(k.quantile(0.99)), k.each().Microseconds(), l.allocs, l.allocated>>10,
			float64(k.size())/1024, f.perSecond(), millis(f.quantile(0.5)), millis(f.quantile(0.99)), f.each().Microseconds(),
			ratio(k.each(), f.each()), ratio(k.quantile(0.5), f.quantile(0.5)),
			rows.each().Microseconds(), ratio(k.each(), rows.each()))
	}
}

// apis is the table of APIs. Shares are Kontor's of what the floor does: of
// requests in a second, and of requests in a second of CPU time.
func (r *report) apis(b *strings.Builder) {
	b.WriteString("\n| call | requests/s | p50 ms | p99 ms | CPU µs | allocations | KiB allocated " +
		"| floor: requests/s | p50 ms | CPU µs | **share** | share by CPU | target |\n")
	b.WriteString("|---|" + strings.Repeat("--:|", 12) + "\n")
	for _, l := range r.lines {
		if l.scenario.target == 0 {
			continue
		}
		k, f := &l.kontor.figures, &l.floor.figures
		fmt.Fprintf(b, "| %s | %.0f | %s | %s | %d | %d | %d | %.0f | %s | %d | **%.2f** | %.2f | %.1f |\n",
			l.title(), k.perSecond(), millis(k.quantile(0.5)), millis(k.quantile(0.99)), k.each().Microseconds(), l.allocs, l.allocated>>10,
			f.perSecond(), millis(f.quantile(0.5)), f.each().Microseconds(),
			k.perSecond()/max(f.perSecond(), 1e-9), ratio(f.each(), k.each()), l.scenario.target)
	}
}

func (l *line) title() string {
	return l.scenario.name + " (" + strings.ReplaceAll(l.scenario.what, "|", "/") + ")"
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
