package main

import (
	"bytes"
	"cmp"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRun runs the real go test, since what it prints is what may change.
func TestRun(t *testing.T) {
	tests := []struct {
		name  string
		flag  string
		files map[string]string
		ok    bool
		want  []string // in the output
		last  string
	}{
		{
			name: "passing, with a skip and a subtest",
			files: map[string]string{"a_test.go": `package a
				import "testing"
				func TestA(t *testing.T) { t.Run("sub", func(t *testing.T) { t.Log("quiet") }) }
				func TestB(t *testing.T) { t.Skip("no browser here") }`},
			ok:   true,
			want: []string{"ok    m ", "skip  TestB: a_test.go:4: no browser here"},
			last: "2 passed, 0 failed, 1 skipped",
		},
		{
			name: "failing",
			files: map[string]string{"a_test.go": `package a
				import "testing"
				func TestA(t *testing.T) { t.Error("got 1, want 2") }
				func TestB(t *testing.T) {}`},
			want: []string{"got 1, want 2", "FAIL  m ", "Failed:\n  m TestA\n"},
			last: "1 passed, 1 failed",
		},
		{
			name: "panicking",
			files: map[string]string{"a_test.go": `package a
				import "testing"
				func TestA(t *testing.T) { panic("out of cheese") }`},
			want: []string{"panic: out of cheese", "a_test.go:3", "m TestA"},
			last: "0 passed, 1 failed",
		},
		{
			name: "exiting in the middle of a test",
			files: map[string]string{"a_test.go": `package a
				import ("os"; "testing")
				func TestA(t *testing.T) { os.Exit(3) }`},
			want: []string{"m TestA"},
			last: "0 passed, 1 failed",
		},
		{
			name: "out of time",
			flag: "-timeout=1s",
			files: map[string]string{"a_test.go": `package a
				import "testing"
				func TestA(t *testing.T) { select {} }
				func TestMain(m *testing.M) { go func() { for {} }(); m.Run() }`},
			want: []string{"panic: test timed out", "m TestA"},
			last: "0 passed, 1 failed",
		},
		{
			name: "stopped before the first test",
			files: map[string]string{"a_test.go": `package a
				import ("fmt"; "os"; "testing")
				func TestMain(m *testing.M) { fmt.Println("no chromium"); os.Exit(1) }
				func TestA(t *testing.T) {}`},
			want: []string{"no chromium", "Failed:\n  m\n"},
			last: "0 passed, 1 failed",
		},
		{
			name: "one package does not compile",
			files: map[string]string{
				"a_test.go": "package a\nimport \"testing\"\nfunc TestA(t *testing.T) { undefined() }",
				"b/b_test.go": `package b
					import "testing"
					func TestB(t *testing.T) {}`,
			},
			want: []string{"undefined: undefined", "FAIL  m ", "ok    m/b "},
			last: "1 passed, 1 failed",
		},
		{
			name:  "nothing to run",
			files: map[string]string{"a.go": "package a"},
			want:  []string{"No test ran."},
			last:  "0 passed, 0 failed",
		},
		{
			name: "no such package",
			files: map[string]string{"a_test.go": `package a
				import ("testing"; _ "m/none")
				func TestA(t *testing.T) {}`},
			want: []string{"m/none"},
			last: "0 passed, 1 failed",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			tt.files["go.mod"] = "module m\n\ngo 1.26\n"
			for name, text := range tt.files {
				path := filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			t.Chdir(dir)
			var stdout, stderr bytes.Buffer
			ok, err := run([]string{"-count=1", cmp.Or(tt.flag, "-timeout=1m"), "./..."}, nil, &stdout, &stderr)
			if err != nil {
				t.Fatal(err)
			}
			if ok != tt.ok {
				t.Errorf("ok = %v, want %v", ok, tt.ok)
			}
			got := stdout.String() + stderr.String()
			for _, want := range tt.want {
				if !strings.Contains(got, want) {
					t.Errorf("output lacks %q:\n%s", want, got)
				}
			}
			if !strings.HasSuffix(stdout.String(), "\n"+tt.last+"\n") {
				t.Errorf("output does not end in %q:\n%s", tt.last, stdout.String())
			}
		})
	}
}
