// Testsum runs go test with the arguments it is given and tells a person
// what it did: a line for each package, the whole output of whatever failed,
// and last, alone on its line, the count
//
//	N passed, N failed
//
// with ", N skipped" after it when tests were skipped. Tests and subtests
// count alike. What failed outside any test (a package that does not compile,
// an exit in TestMain) counts as one failure. It exits with 0 only when
// something ran and nothing failed.
//
// An interrupt or termination interrupts go test and everything it started,
// and kills what is left of them 20 seconds later. Nothing they started
// outlives testsum.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

// grace is how long an interrupted go test may take to end.
const grace = 20 * time.Second

func main() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	ok, err := run(os.Args[1:], signals, os.Stdout, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "testsum:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

// run runs go test and reports whether every test passed and there was one.
func run(args []string, signals <-chan os.Signal, stdout, stderr io.Writer) (bool, error) {
	cmd := exec.Command("go", append([]string{"test", "-json"}, args...)...)
	cmd.Stderr = stderr
	// A process group of its own, so that a signal reaches test binaries and
	// the servers they started as well.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return false, err
	}
	if err := cmd.Start(); err != nil {
		return false, err
	}
	group := -cmd.Process.Pid
	done := make(chan struct{})
	go func() {
		select {
		case <-signals:
			syscall.Kill(group, syscall.SIGINT)
		case <-done:
			return
		}
		select {
		case <-time.After(grace):
			syscall.Kill(group, syscall.SIGKILL)
		case <-done:
		}
	}()
	s := newSummary(stdout)
	err = s.read(pipe)
	exit := cmd.Wait()
	close(done)
	syscall.Kill(group, syscall.SIGTERM) // what a test left behind
	if err != nil {
		return false, fmt.Errorf("read go test: %w", err)
	}
	return s.close(exit), nil
}

// event is what go test -json prints; see go doc test2json.
type event struct {
	Action     string
	Package    string
	ImportPath string // in place of Package, for build output
	Test       string
	Elapsed    float64 // seconds
	Output     string
	// FailedBuild is the import path of the package whose build failed and
	// with it the tests of Package.
	FailedBuild string
}

type summary struct {
	w                       io.Writer
	passed, failed, skipped int
	packages                map[string]*pkg
	builds                  map[string]*strings.Builder // compiler output by import path
	failures                []string                    // what failed, for the end
}

type pkg struct {
	output  strings.Builder             // of no test
	running map[string]*strings.Builder // output of the tests not yet over
	passed  int
	failed  int
	skipped []string
}

func newSummary(w io.Writer) *summary {
	return &summary{w: w, packages: map[string]*pkg{}, builds: map[string]*strings.Builder{}}
}

// read takes events until r ends. A line that is no event is passed on.
func (s *summary) read(r io.Reader) error {
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) == nil && e.Action != "" {
				s.take(e)
			} else {
				s.w.Write(line)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (s *summary) take(e event) {
	if e.Action == "build-output" {
		if s.builds[e.ImportPath] == nil {
			s.builds[e.ImportPath] = new(strings.Builder)
		}
		s.builds[e.ImportPath].WriteString(e.Output)
		return
	}
	if e.Package == "" {
		return
	}
	p := s.packages[e.Package]
	if p == nil {
		p = &pkg{running: map[string]*strings.Builder{}}
		s.packages[e.Package] = p
	}
	if e.Test == "" {
		s.takePackage(p, e)
		return
	}
	switch e.Action {
	case "run":
		p.running[e.Test] = new(strings.Builder)
	case "output":
		if out := p.running[e.Test]; out != nil && !chatter(e.Output) {
			out.WriteString(e.Output)
		}
	case "pass":
		p.passed++
		delete(p.running, e.Test)
	case "skip":
		p.skipped = append(p.skipped, reason(p.running[e.Test]))
		delete(p.running, e.Test)
	case "fail":
		s.failTest(p, e.Package, e.Test)
	}
}

func (s *summary) takePackage(p *pkg, e event) {
	switch e.Action {
	case "output":
		p.output.WriteString(e.Output)
		return
	case "pass", "fail", "skip":
	default:
		return
	}
	if e.Action == "fail" {
		// A panic, an exit or a time-out ends the process with tests still
		// running: they failed.
		for _, name := range slices.Sorted(maps.Keys(p.running)) {
			s.failTest(p, e.Package, name)
		}
		if out := s.builds[e.FailedBuild]; out != nil {
			fmt.Fprintf(s.w, "\n%s", out)
			delete(s.builds, e.FailedBuild) // once, however many packages need it
		}
		if p.failed == 0 {
			p.failed++
			s.failures = append(s.failures, e.Package)
			if e.FailedBuild == "" {
				fmt.Fprintf(s.w, "\n%s", p.output.String())
			}
		}
	}
	s.passed += p.passed
	s.failed += p.failed
	s.skipped += len(p.skipped)
	switch {
	case e.Action == "fail":
		fmt.Fprintf(s.w, "FAIL  %-32s %7.2fs  %d failed, %d passed\n", e.Package, e.Elapsed, p.failed, p.passed)
	case p.passed+len(p.skipped) > 0:
		fmt.Fprintf(s.w, "ok    %-32s %7.2fs  %d passed\n", e.Package, e.Elapsed, p.passed)
	}
	for _, why := range p.skipped {
		fmt.Fprintf(s.w, "skip  %s\n", why)
	}
	delete(s.packages, e.Package)
}

func (s *summary) failTest(p *pkg, in, test string) {
	p.failed++
	s.failures = append(s.failures, in+" "+test)
	fmt.Fprintf(s.w, "\n%s %s\n%s", in, test, p.running[test])
	delete(p.running, test)
}

// close prints the count and reports whether all is well. exit is how go
// test ended.
func (s *summary) close(exit error) bool {
	// Packages that never ended: go test itself was stopped.
	for _, name := range slices.Sorted(maps.Keys(s.packages)) {
		s.takePackage(s.packages[name], event{Action: "fail", Package: name})
	}
	if exit != nil && s.failed == 0 {
		s.failed++
		s.failures = append(s.failures, "go test: "+exit.Error())
	}
	if len(s.failures) > 0 {
		fmt.Fprintf(s.w, "\nFailed:\n  %s\n", strings.Join(s.failures, "\n  "))
	} else if s.passed == 0 {
		fmt.Fprintln(s.w, "\nNo test ran.")
	}
	fmt.Fprintf(s.w, "\n%d passed, %d failed", s.passed, s.failed)
	if s.skipped > 0 {
		fmt.Fprintf(s.w, ", %d skipped", s.skipped)
	}
	fmt.Fprintln(s.w)
	return s.failed == 0 && s.passed > 0
}

// chatter reports whether a line of output only says where go test is.
func chatter(line string) bool {
	for _, prefix := range []string{"=== RUN", "=== PAUSE", "=== CONT", "=== NAME"} {
		if strings.HasPrefix(line, prefix) {
			return true
		}
	}
	return false
}

// reason makes one line of what a skipped test printed: its name and why.
func reason(output *strings.Builder) string {
	if output == nil {
		return ""
	}
	var why, name string
	for line := range strings.Lines(output.String()) {
		line = strings.TrimSpace(line)
		if rest, ok := strings.CutPrefix(line, "--- SKIP: "); ok {
			name, _, _ = strings.Cut(rest, " ")
		} else if line != "" {
			why = line
		}
	}
	return name + ": " + why
}
