package dbtest

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"os"
	"strings"
	"sync"
	"testing"
)

// A Canary is a card that is known again wherever it turns up.
type Canary struct{ Number, Code string }

// Canaries are one card each of Visa, Mastercard and American Express, which
// the sandbox approves.
var Canaries = []Canary{
	{"4929004407310228", "907"}, {"5425233430109903", "683"}, {"374245455400126", "9375"},
}

// Spaced is the number in groups of four.
func (c Canary) Spaced() string {
	return c.Number[:4] + " " + c.Number[4:8] + " " + c.Number[8:12] + " " + c.Number[12:]
}

// traces are the ways in which a number could be written down.
func (c Canary) traces() map[string]string {
	return map[string]string{
		"plain": c.Number, "spaced": c.Spaced(), "dashed": strings.ReplaceAll(c.Spaced(), " ", "-"), "escaped": strings.ReplaceAll(c.Spaced(), " ", "+"),
		"hex": hex.EncodeToString([]byte(c.Number)), "HEX": strings.ToUpper(hex.EncodeToString([]byte(c.Number))),
		"base64": strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(c.Number)), "=")[:18],
	}
}

// NoCanary fails the test where something holds a trace of a canary.
func NoCanary(t testing.TB, where string, text []byte) {
	t.Helper()
	for _, c := range Canaries {
		for how, trace := range c.traces() {
			if bytes.Contains(text, []byte(trace)) {
				t.Errorf("%s holds a card number, %s", where, how)
			}
		}
	}
}

// NoCanary fails the test where the files of a SQLite database hold a trace of
// a canary.
func (h *House) NoCanary(t testing.TB) {
	t.Helper()
	for _, suffix := range []string{"", "-wal"} {
		file, err := os.ReadFile(h.DSN + suffix)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		NoCanary(t, "the database file"+suffix, file)
	}
}

// A Log keeps what is logged, from any goroutine.
type Log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements [io.Writer].
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// Bytes returns a copy of what was logged.
func (l *Log) Bytes() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Clone(l.text.Bytes())
}
