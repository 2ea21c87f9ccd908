// Package vault seals secrets, so that a stolen database yields none of them.
//
// What seals is a Tink keyset (AES-256-GCM). It lies in the database, itself
// sealed by the key in a file that lies elsewhere: without the file nothing
// opens, and the file alone holds nothing. Each sealed value is bound to the
// merchant and the object it belongs to, so that it cannot be moved to another.
// A second keyset makes fingerprints (HMAC-SHA-256), by which a secret is known
// again that is not kept.
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
	"github.com/tink-crypto/tink-go/v2/prf"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Names of keysets. What seals can be rotated; what fingerprints are made with
// stays, so that they stay comparable.
const (
	seals        = "seals"
	fingerprints = "fingerprints"
)

// A Keyset is a sealed keyset as it lies in the database.
type Keyset struct {
	Sealed     []byte
	Generation int64 // counts its changes from 1
}

// Keysets is where the sealed keysets lie: the database.
type Keysets interface {
	// Keyset returns the keyset of the name, or a zero one when there is none.
	Keyset(ctx context.Context, name string) (Keyset, error)
	// AddKeyset stores the first keyset of the name and returns the one that
	// is then there: another program's, if it came first.
	AddKeyset(ctx context.Context, name string, sealed []byte) (Keyset, error)
}

// keySize is the size of the key file's key in bytes. The file holds it as
// base64.
const keySize = 32

// A Vault seals, opens and makes fingerprints. It is safe for concurrent use.
type Vault struct {
	keyFile string
	keysets Keysets

	mu   sync.Mutex
	keys *keys // nil while locked
}

// keys are the keysets, unsealed in memory.
type keys struct {
	master     tink.AEAD
	seals      *keyset.Handle
	sealer     tink.AEAD
	generation int64 // of seals
	printer    *prf.Set
}

// New returns a vault. The key file is read when the vault is first used; see
// [Vault.Unlock].
func New(keyFile string, keysets Keysets) *Vault {
	return &Vault{keyFile: keyFile, keysets: keysets}
}

// ErrNoKey says that the database holds sealed secrets and the key file that
// opens them is not there.
var ErrNoKey = errors.New("the database holds sealed secrets, but its key file is missing")

// Unlock reads the key file and the keysets, or makes them when the database
// holds nothing sealed. It fails with [ErrNoKey] when only the file is
// missing, and when others than its owner may read it.
func (v *Vault) Unlock(ctx context.Context) error {
	_, err := v.unlocked(ctx)
	return err
}

// Reload reads the keyset that seals again, which another program has
// rotated.
func (v *Vault) Reload(ctx context.Context) error {
	v.mu.Lock()
	v.keys = nil
	v.mu.Unlock()
	return v.Unlock(ctx)
}

func (v *Vault) unlocked(ctx context.Context) (*keys, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.keys != nil {
		return v.keys, nil
	}
	sealing, err := v.keysets.Keyset(ctx, seals)
	if err != nil {
		return nil, fmt.Errorf("read keyset: %w", err)
	}
	printing, err := v.keysets.Keyset(ctx, fingerprints)
	if err != nil {
		return nil, fmt.Errorf("read keyset: %w", err)
	}
	k := &keys{}
	if k.master, err = v.master(sealing.Sealed == nil && printing.Sealed == nil); err != nil {
		return nil, err
	}
	if k.seals, k.generation, err = v.keyset(ctx, k.master, seals, sealing, aead.AES256GCMKeyTemplate()); err != nil {
		return nil, err
	}
	if k.sealer, err = aead.New(k.seals); err != nil {
		return nil, err
	}
	handle, _, err := v.keyset(ctx, k.master, fingerprints, printing, prf.HMACSHA256PRFKeyTemplate())
	if err != nil {
		return nil, err
	}
	if k.printer, err = prf.NewPRFSet(handle); err != nil {
		return nil, err
	}
	v.keys = k
	return k, nil
}

// keyset opens a keyset, or makes it of the template when there is none.
func (v *Vault) keyset(ctx context.Context, master tink.AEAD, name string, there Keyset, of *tinkpb.KeyTemplate) (*keyset.Handle, int64, error) {
	if there.Sealed == nil {
		handle, err := keyset.NewHandle(of)
		if err != nil {
			return nil, 0, fmt.Errorf("make keyset: %w", err)
		}
		sealed, err := write(handle, master)
		if err != nil {
			return nil, 0, fmt.Errorf("seal keyset: %w", err)
		}
		if there, err = v.keysets.AddKeyset(ctx, name, sealed); err != nil {
			return nil, 0, fmt.Errorf("store keyset: %w", err)
		}
	}
	handle, err := keyset.Read(keyset.NewBinaryReader(bytes.NewReader(there.Sealed)), master)
	if err != nil {
		return nil, 0, fmt.Errorf("key file %s does not open this database's secrets: %w", v.keyFile, err)
	}
	return handle, there.Generation, nil
}

func write(handle *keyset.Handle, master tink.AEAD) ([]byte, error) {
	var buf bytes.Buffer
	err := handle.Write(keyset.NewBinaryWriter(&buf), master)
	return buf.Bytes(), err
}

// Seal seals a secret that belongs to the given object of a merchant. It also
// returns the generation of the keyset it did so with: what is sealed must be
// stored only while that is the keyset's, or a rotation could miss it.
func (v *Vault) Seal(ctx context.Context, secret []byte, merchant int64, object string, id int64) (sealed []byte, generation int64, err error) {
	k, err := v.unlocked(ctx)
	if err != nil {
		return nil, 0, err
	}
	sealed, err = k.sealer.Encrypt(secret, binding(merchant, object, id))
	return sealed, k.generation, err
}

// Open opens what [Vault.Seal] sealed for the same object, also with a key that
// another program has added since the vault was unlocked.
func (v *Vault) Open(ctx context.Context, sealed []byte, merchant int64, object string, id int64) ([]byte, error) {
	k, err := v.unlocked(ctx)
	if err != nil {
		return nil, err
	}
	secret, err := k.sealer.Decrypt(sealed, binding(merchant, object, id))
	if err == nil {
		return secret, nil
	}
	now, rerr := v.keysets.Keyset(ctx, seals)
	if rerr != nil || now.Generation == k.generation {
		return nil, err
	}
	if err := v.Reload(ctx); err != nil {
		return nil, err
	}
	if k, err = v.unlocked(ctx); err != nil {
		return nil, err
	}
	return k.sealer.Decrypt(sealed, binding(merchant, object, id))
}

func binding(merchant int64, object string, id int64) []byte {
	return fmt.Appendf(nil, "kontor/%d/%s/%d", merchant, object, id)
}

// fingerprintSize is the length of fingerprints in bytes.
const fingerprintSize = 32

// Fingerprint returns what the same secret is known again by among the objects
// of a kind of one merchant: an HMAC under a key that is sealed as secrets are.
// It does not change when keys are rotated.
func (v *Vault) Fingerprint(ctx context.Context, secret []byte, merchant int64, object string) ([]byte, error) {
	k, err := v.unlocked(ctx)
	if err != nil {
		return nil, err
	}
	input := append(fmt.Appendf(nil, "kontor/%d/%s/", merchant, object), secret...)
	defer clear(input)
	return k.printer.ComputePrimaryPRF(input, fingerprintSize)
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
