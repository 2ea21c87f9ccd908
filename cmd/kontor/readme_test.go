package main

import (
	"bytes"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// document returns a file of this repository, by its place below the top.
func document(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// found are the first groups of all matches, each once and in order.
func found(pattern, text string) []string {
	all := map[string]bool{}
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
		all[m[1]] = true
	}
	return slices.Sorted(maps.Keys(all))
}

// unknown is the first word of a call, without "kontor", that the program does
// not know: its command, or a flag of it.
func unknown(t *testing.T, call string) string {
	t.Helper()
	name, cmd, rest := commandOf(strings.Fields(call))
	if cmd == nil {
		return name
	}
	_, _, help := newHome(t).run(append(strings.Fields(name), "-help")...)
	flags := found(`(?m)^  (-[a-z]+)`, help)
	for _, arg := range rest {
		if strings.HasPrefix(arg, "-") && arg != "-help" && !slices.Contains(flags, arg) {
			return arg
		}
	}
	return ""
}

func TestDocumentsCallWhatThereIs(t *testing.T) {
	source, err := parser.ParseFile(token.NewFileSet(), "main.go", nil, parser.ParseComments|parser.PackageClauseOnly)
	if err != nil {
		t.Fatal(err)
	}
	there := slices.Sorted(maps.Keys(commands))
	for where, text := range map[string]string{"the package's comment": source.Doc.Text(), "kontor help": usage} {
		if got := found(`(?m)^\tkontor ([a-z]+(?: [a-z]+)?)`, text); !slices.Equal(got, there) {
			t.Errorf("%s lists %q, there are %q", where, got, there)
		}
	}

	readme, makefile := document(t, "README.md"), document(t, "Makefile")
	recipes := strings.Join(found(`(?m)^\t(.*)`, makefile), "\n")
	for text, least := range map[string]int{readme: 8, recipes: 1} {
		calls := found("\\bkontor ([a-z][^`\"\n]*)", text)
		if len(calls) < least {
			t.Errorf("only %d calls found: %q", len(calls), calls)
		}
		for _, call := range calls {
			if bad := unknown(t, call); bad != "" {
				t.Errorf("kontor %s: there is no %s", call, bad)
			}
		}
	}
	for call, want := range map[string]string{"frobnicate": "frobnicate", "user frob": "user", "bill -frob": "-frob", "link -json": "-json"} {
		if got := unknown(t, call); got != want {
			t.Errorf("kontor %s: unknown is %q, want %q", call, got, want)
		}
	}

	targets := found(`(?m)^([a-z]+):`, makefile)
	for _, target := range found("(?m)(?:`|^)make ([a-z]+)", readme) {
		if !slices.Contains(targets, target) {
			t.Errorf("README: there is no make %s among %q", target, targets)
		}
	}
	if !strings.Contains(readme, "\nmake run ") || !strings.Contains(makefile, "\nrun: ") {
		t.Error("make run is not found where it was")
	}
}

// TestREADMEListsTheEnvironment holds the table of variables, and the defaults
// in it that can be written down, to what the program reads.
func TestREADMEListsTheEnvironment(t *testing.T) {
	asked := map[string]bool{}
	settled := func(env map[string]string) *config {
		t.Helper()
		e := environment{Stderr: io.Discard, Getenv: func(name string) string {
			asked[name] = true
			return env[name]
		}}
		_, c := flagsOf(e, "serve", "")
		if err := c.settle(e); err != nil {
			t.Fatalf("%v: %v", env, err)
		}
		return c
	}
	home := map[string]string{"XDG_CONFIG_HOME": "/home/somebody/.config"}
	plain := settled(home)
	var read []string
	for name := range asked {
		if strings.HasPrefix(name, "KONTOR_") {
			read = append(read, name)
		}
	}
	slices.Sort(read)

	readme := document(t, "README.md")
	if listed := found("(?m)^\\| `(KONTOR_[A-Z_]+)` \\|", readme); !slices.Equal(listed, read) {
		t.Errorf("README lists %q, a command reads %q", listed, read)
	}
	if named := found(`\b(KONTOR_[A-Z_]+)\b`, readme); !slices.Equal(named, read) {
		t.Errorf("README names %q, a command reads %q", named, read)
	}
	var sources bytes.Buffer
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !strings.HasSuffix(file, "_test.go") {
			sources.WriteString(document(t, "cmd/kontor/"+file))
		}
	}
	if named := found(`"(KONTOR_[A-Z_]+)"`, sources.String()); !slices.Equal(named, read) {
		t.Errorf("the program names %q, every command reads %q", named, read)
	}

	defaults := regexp.MustCompile("(?m)^\\| `(KONTOR_[A-Z_]+)` \\| `([^`]+)` \\|").FindAllStringSubmatch(readme, -1)
	if len(defaults) < 6 {
		t.Errorf("only %d defaults found: %q", len(defaults), defaults)
	}
	for _, m := range defaults {
		env := maps.Clone(home)
		env[m[1]] = os.Expand(m[2], func(name string) string { return home[name] })
		if got := settled(env); !reflect.DeepEqual(got, plain) {
			t.Errorf("%s=%s is not what stands without it: %+v, %+v", m[1], env[m[1]], got, plain)
		}
	}
}
