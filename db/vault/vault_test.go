package vault

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// shelf keeps keysets as the database does.
type shelf map[string]Keyset

func (s shelf) Keyset(_ context.Context, name string) (Keyset, error) { return s[name], nil }

func (s shelf) AddKeyset(_ context.Context, name string, sealed []byte) (Keyset, error) {
	s[name] = Keyset{sealed, 1}
	return s[name], nil
}

// put stores a keyset that seals as its next generation.
func (s shelf) put(sealed []byte) { s[seals] = Keyset{sealed, s[seals].Generation + 1} }

func TestSealedOpensOnlyForItsObject(t *testing.T) {
	ctx := t.Context()
	db, file := shelf{}, filepath.Join(t.TempDir(), "deep", "key")
	v := New(file, db)
	secret := []byte("an authentication key")
	sealed, _, err := v.Seal(ctx, secret, 1, "application_user", 7)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, secret) || bytes.Contains(db[seals].Sealed, secret) {
		t.Error("the secret lies open")
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key file: %v, %v", info.Mode(), err)
	}
	again := New(file, db) // the next start
	got, err := again.Open(ctx, sealed, 1, "application_user", 7)
	if err != nil || !bytes.Equal(got, secret) {
		t.Errorf("opened %q, %v", got, err)
	}
	for _, at := range []struct {
		merchant int64
		object   string
		id       int64
	}{{2, "application_user", 7}, {1, "card", 7}, {1, "application_user", 8}} {
		if _, err := again.Open(ctx, sealed, at.merchant, at.object, at.id); err == nil {
			t.Errorf("opened for %+v", at)
		}
	}
}

func TestKeyFileIsRefused(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(path string) error
		want   error
	}{
		{"missing", os.Remove, ErrNoKey},
		{"read by others", func(p string) error { return os.Chmod(p, 0o644) }, nil},
		{"short", func(p string) error { return os.WriteFile(p, []byte("c2hvcnQ="), 0o600) }, nil},
		{"another", func(p string) error { os.Remove(p); return makeKeyFile(p) }, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db, file := shelf{}, filepath.Join(t.TempDir(), "key")
			if err := New(file, db).Unlock(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := tt.change(file); err != nil {
				t.Fatal(err)
			}
			err := New(file, db).Unlock(t.Context())
			if err == nil || (tt.want != nil && !errors.Is(err, tt.want)) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

func TestFingerprintsAreOfTheirMerchantAndKind(t *testing.T) {
	ctx, db, file := t.Context(), shelf{}, filepath.Join(t.TempDir(), "key")
	v := New(file, db)
	print := func(v *Vault, secret string, merchant int64, object string) string {
		t.Helper()
		p, err := v.Fingerprint(ctx, []byte(secret), merchant, object)
		if err != nil || len(p) != fingerprintSize {
			t.Fatalf("%x, %v", p, err)
		}
		return string(p)
	}
	first := print(v, "4111111111111111", 1, "card")
	if got := print(New(file, db), "4111111111111111", 1, "card"); got != first {
		t.Error("the next start makes another fingerprint")
	}
	for name, got := range map[string]string{
		"number":   print(v, "4111111111111112", 1, "card"),
		"merchant": print(v, "4111111111111111", 2, "card"),
		"kind":     print(v, "4111111111111111", 1, "channel"),
		"keyset":   print(New(filepath.Join(t.TempDir(), "key"), shelf{}), "4111111111111111", 1, "card"),
	} {
		if got == first {
			t.Errorf("another %s has the same fingerprint", name)
		}
	}
}

func TestRotationRetiresTheOldKey(t *testing.T) {
	ctx, db, file := t.Context(), shelf{}, filepath.Join(t.TempDir(), "key")
	v, other := New(file, db), New(file, db) // two programs
	seal := func(v *Vault, secret string) []byte {
		t.Helper()
		sealed, _, err := v.Seal(ctx, []byte(secret), 1, "channel", 7)
		if err != nil {
			t.Fatal(err)
		}
		return sealed
	}
	old := seal(other, "before")
	print, err := v.Fingerprint(ctx, []byte("number"), 1, "card")
	if err != nil {
		t.Fatal(err)
	}
	r, err := v.Rotate(ctx)
	if err != nil || r.Begun {
		t.Fatalf("begun %v, %v", r.Begun, err)
	}
	db.put(r.Both)

	again, err := New(file, db).Rotate(ctx) // after a kill
	if err != nil || !again.Begun || again.Generation != 2 {
		t.Fatalf("begun %v at %d, %v", again.Begun, again.Generation, err)
	}
	if err := v.Reload(ctx); err != nil {
		t.Fatal(err)
	}
	fresh := seal(v, "after")
	prefix, err := v.Prefix(ctx)
	if err != nil || !bytes.HasPrefix(fresh, prefix) || bytes.HasPrefix(old, prefix) {
		t.Errorf("prefix %x of %x, not of %x: %v", prefix, fresh[:8], old[:8], err)
	}
	for _, sealed := range [][]byte{old, fresh} {
		if _, err := other.Open(ctx, sealed, 1, "channel", 7); err != nil {
			t.Errorf("a program with the old keyset: %v", err)
		}
	}

	db.put(again.Alone)
	last := New(file, db)
	if got, err := last.Open(ctx, fresh, 1, "channel", 7); err != nil || string(got) != "after" {
		t.Errorf("opened %q, %v", got, err)
	}
	if _, err := last.Open(ctx, old, 1, "channel", 7); err == nil {
		t.Error("the retired key still opens")
	}
	if got, err := last.Fingerprint(ctx, []byte("number"), 1, "card"); err != nil || !bytes.Equal(got, print) {
		t.Errorf("the fingerprint became another, %v", err)
	}
}
