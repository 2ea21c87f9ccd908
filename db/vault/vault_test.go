package vault

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// shelf keeps a keyset as the database does.
type shelf struct{ sealed []byte }

func (s *shelf) Keyset(context.Context) ([]byte, error) { return s.sealed, nil }
func (s *shelf) AddKeyset(_ context.Context, sealed []byte) ([]byte, error) {
	s.sealed = sealed
	return sealed, nil
}

func TestSealedOpensOnlyForItsObject(t *testing.T) {
	ctx := t.Context()
	db, file := &shelf{}, filepath.Join(t.TempDir(), "deep", "key")
	v := New(file, db)
	secret := []byte("an authentication key")
	sealed, err := v.Seal(ctx, secret, 1, "application_user", 7)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, secret) || bytes.Contains(db.sealed, secret) {
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
			db, file := &shelf{}, filepath.Join(t.TempDir(), "key")
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
