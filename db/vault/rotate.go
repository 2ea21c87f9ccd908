package vault

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
)

// A Rotation takes the keyset that seals from its old keys to a new one. It is
// three steps, each of which can be taken again after a kill: a keyset with
// the new key is stored, in use and beside the old ones; all that is sealed is
// sealed anew; a keyset with nothing but the new key is stored.
type Rotation struct {
	// Both is the keyset with the old keys and the new, Alone the one with the
	// new key alone, both sealed.
	Both, Alone []byte
	// Generation is of the keyset that the rotation begins with.
	Generation int64
	// Begun says that the keyset in the database is Both already: an earlier
	// rotation was not finished.
	Begun bool
}

// Rotate prepares a rotation, or the rest of one that was begun.
func (v *Vault) Rotate(ctx context.Context) (Rotation, error) {
	if err := v.Reload(ctx); err != nil {
		return Rotation{}, err
	}
	k, err := v.unlocked(ctx)
	if err != nil {
		return Rotation{}, err
	}
	r := Rotation{Generation: k.generation, Begun: k.seals.Len() > 1}
	m := keyset.NewManagerFromHandle(k.seals)
	if !r.Begun {
		id, err := m.Add(aead.AES256GCMKeyTemplate())
		if err != nil {
			return r, fmt.Errorf("make key: %w", err)
		}
		if err := m.SetPrimary(id); err != nil {
			return r, fmt.Errorf("make key: %w", err)
		}
	}
	both, err := m.Handle()
	if err != nil {
		return r, err
	}
	if r.Both, err = write(both, k.master); err != nil {
		return r, fmt.Errorf("seal keyset: %w", err)
	}
	primary := both.KeysetInfo().GetPrimaryKeyId()
	for _, old := range both.KeysetInfo().GetKeyInfo() {
		if old.GetKeyId() != primary {
			if err := m.Delete(old.GetKeyId()); err != nil {
				return r, fmt.Errorf("retire key: %w", err)
			}
		}
	}
	alone, err := m.Handle()
	if err != nil {
		return r, err
	}
	r.Alone, err = write(alone, k.master)
	return r, err
}

// prefixSize is how long the beginning of a sealed value is that names its key:
// a version byte and the key's number.
const prefixSize = 5

// Prefix returns what begins every value that is sealed with the key now in
// use.
func (v *Vault) Prefix(ctx context.Context) ([]byte, error) {
	k, err := v.unlocked(ctx)
	if err != nil {
		return nil, err
	}
	prefix := make([]byte, prefixSize)
	prefix[0] = 1
	binary.BigEndian.PutUint32(prefix[1:], k.seals.KeysetInfo().GetPrimaryKeyId())
	return prefix, nil
}
