package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestServeNeedsItsKey starts nothing on a database that holds sealed secrets
// where the key file is not as it must be, and says what to do.
func TestServeNeedsItsKey(t *testing.T) {
	h := newHome(t)
	h.must("demo", "-customers", "5")
	h.must("appuser", "add", "-merchant", "1", "-name", "shop", "-json")
	h.env["KONTOR_KEY_FILE"] = filepath.Join(h.env["HOME"], ".config/kontor/key")
	key := h.env["KONTOR_KEY_FILE"]
	whole, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		text []byte
		mode os.FileMode
		says string
	}{
		{"missing", nil, 0, "the database holds sealed secrets, but its key file is missing: " + key},
		{"empty", []byte{}, 0o600, "key file " + key + " does not hold 32 bytes as base64"},
		{"short", whole[:20], 0o600, "key file " + key + " does not hold 32 bytes as base64"},
		{"read by all", whole, 0o644, "key file " + key + " may be read by others: chmod 600 it"},
		{"read by the group", whole, 0o640, "key file " + key + " may be read by others: chmod 600 it"},
		{"another", []byte("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"), 0o600, "key file " + key + " does not open this database's secrets"},
	} {
		if err := os.Remove(key); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if tt.text != nil {
			if err := os.WriteFile(key, tt.text, tt.mode); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(key, tt.mode); err != nil { // whatever the mask
				t.Fatal(err)
			}
		}
		code, out, said := h.run("serve")
		if code != 1 || out != "" || !strings.HasPrefix(said, "kontor serve: "+tt.says) || strings.Contains(said, "serving") {
			t.Errorf("%s: exit %d, %s%s", tt.name, code, out, said)
		}
		if _, err := os.Stat(key); tt.text == nil && err == nil {
			t.Errorf("%s: another key was made", tt.name)
		}
	}
	if err := os.WriteFile(key, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	h.serve() // it starts with its own
}
