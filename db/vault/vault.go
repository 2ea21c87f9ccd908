// Package vault seals secrets, so that a stolen database yields none of them.
//
// What seals is a Tink keyset (AES-256-GCM). It lies in the database, itself
// sealed by the key in a file that lies elsewhere: without the file nothing
// opens, and the file alone holds nothing. Each sealed value is bound to the
// merchant and the object it belongs to, so that it cannot be moved to another.
package vault

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Keysets is where the sealed keyset lies: the database.
type Keysets interface {
	// Keyset returns the sealed keyset, or nil when there is none yet.
	Keyset(ctx context.Context) ([]byte, error)
	// AddKeyset stores the first sealed keyset and returns the one that is
	// then there: another program's, if it came first.
	AddKeyset(ctx context.Context, sealed []byte) ([]byte, error)
}

// keySize is the size of the key file's key in bytes. The file holds it as
// base64.
const keySize = 32

// A Vault seals and opens. It is safe for concurrent use.
type Vault struct {
	keyFile string
	keysets Keysets

	mu     sync.Mutex
	sealer tink.AEAD
}

// New returns a vault. The key file is read when the vault is first used; see
// [Vault.Unlock].
func New(keyFile string, keysets Keysets) *Vault {
	return &Vault{keyFile: keyFile, keysets: keysets}
}

// ErrNoKey says that the database holds sealed secrets and the key file that
// opens them is not there.
var ErrNoKey = errors.New("the database holds sealed secrets, but its key file is missing")

// Unlock reads the key file and the keyset, or makes both when the database
// holds nothing sealed. It fails with [ErrNoKey] when only the file is
// missing, and when others than its owner may read it.
func (v *Vault) Unlock(ctx context.Context) error {
	_, err := v.unlocked(ctx)
	return err
}

func (v *Vault) unlocked(ctx context.Context) (tink.AEAD, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.sealer != nil {
		return v.sealer, nil
	}
	sealed, err := v.keysets.Keyset(ctx)
	if err != nil {
		return nil, fmt.Errorf("read keyset: %w", err)
	}
	master, err := v.master(sealed == nil)
	if err != nil {
		return nil, err
	}
	if sealed == nil {
		if sealed, err = newKeyset(master); err != nil {
			return nil, fmt.Errorf("make keyset: %w", err)
		}
		if sealed, err = v.keysets.AddKeyset(ctx, sealed); err != nil {
			return nil, fmt.Errorf("store keyset: %w", err)
		}
	}
	handle, err := keyset.Read(keyset.NewBinaryReader(bytes.NewReader(sealed)), master)
	if err != nil {
		return nil, fmt.Errorf("key file %s does not open this database's secrets: %w", v.keyFile, err)
	}
	if v.sealer, err = aead.New(handle); err != nil {
		return nil, err
	}
	return v.sealer, nil
}

// Seal seals a secret that belongs to the given object of a merchant.
func (v *Vault) Seal(ctx context.Context, secret []byte, merchant int64, object string, id int64) ([]byte, error) {
	a, err := v.unlocked(ctx)
	if err != nil {
		return nil, err
	}
	return a.Encrypt(secret, binding(merchant, object, id))
}

// Open opens what [Vault.Seal] sealed for the same object.
func (v *Vault) Open(ctx context.Context, sealed []byte, merchant int64, object string, id int64) ([]byte, error) {
	a, err := v.unlocked(ctx)
	if err != nil {
		return nil, err
	}
	return a.Decrypt(sealed, binding(merchant, object, id))
}

func binding(merchant int64, object string, id int64) []byte {
	return fmt.Appendf(nil, "kontor/%d/%s/%d", merchant, object, id)
}

func newKeyset(master tink.AEAD) ([]byte, error) {
	handle, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	err = handle.Write(keyset.NewBinaryWriter(&buf), master)
	return buf.Bytes(), err
}

// master reads the key file, or makes it where mayMake says that nothing can
// have been sealed with another.
func (v *Vault) master(mayMake bool) (tink.AEAD, error) {
	if v.keyFile == "" {
		return nil, errors.New("no key file is configured")
	}
	info, err := os.Stat(v.keyFile)
	switch {
	case errors.Is(err, fs.ErrNotExist) && mayMake:
		if err := makeKeyFile(v.keyFile); err != nil {
			return nil, fmt.Errorf("make key file: %w", err)
		}
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w: %s", ErrNoKey, v.keyFile)
	case err != nil:
		return nil, fmt.Errorf("key file: %w", err)
	case info.Mode().Perm()&0o077 != 0:
		return nil, fmt.Errorf("key file %s may be read by others: chmod 600 it", v.keyFile)
	}
	text, err := os.ReadFile(v.keyFile)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	key, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(text)))
	if err != nil || len(key) != keySize {
		return nil, fmt.Errorf("key file %s does not hold %d bytes as base64", v.keyFile, keySize)
	}
	return subtle.NewAESGCM(key)
}

// makeKeyFile makes the file whole or not at all.
func makeKeyFile(path string) error {
	key := make([]byte, keySize)
	rand.Read(key)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".key-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(key) + "\n")
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Link(f.Name(), path) // fails if another program came first
}
