package db

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// hashing makes and checks password hashes, argon2id in PHC form. A hash takes
// 64 MiB and a fifth of a second, so that only two are made at once: enough
// for people, and no way to bring the machine down.
type hashing struct {
	memory, time uint32
	slots        chan struct{}
	decoy        string // checked for an unknown address, so that it takes as long
}

func newHashing(cheap bool) hashing {
	h := hashing{memory: 64 << 10, time: 3, slots: make(chan struct{}, 2)}
	if cheap {
		h.memory, h.time = 64, 1
	}
	h.decoy = fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=1$%s$%s", h.memory, h.time,
		base64.RawStdEncoding.EncodeToString(make([]byte, 16)), base64.RawStdEncoding.EncodeToString(make([]byte, 32)))
	return h
}

func (h hashing) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, 16)
	rand.Read(salt)
	key, err := h.key(ctx, password, salt, h.memory, h.time, 32)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=1$%s$%s", h.memory, h.time,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key)), nil
}

// matches reports whether the password is the one that was hashed. No hash, of
// a user who is not there or has set no password, takes as long and never
// matches.
func (h hashing) matches(ctx context.Context, password, hashed string) (bool, error) {
	real := hashed != ""
	if !real {
		hashed = h.decoy
	}
	var memory, time uint32
	parts := strings.Split(hashed, "$")
	if len(parts) != 6 {
		return false, fmt.Errorf("password hash has %d parts, want 6", len(parts))
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=1", &memory, &time); err != nil {
		return false, fmt.Errorf("password hash: %w", err)
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, fmt.Errorf("password hash: %w", err)
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil {
		return false, fmt.Errorf("password hash: %w", err)
	}
	got, err := h.key(ctx, password, salt, memory, time, uint32(len(want)))
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1 && real, nil
}

func (h hashing) key(ctx context.Context, password string, salt []byte, memory, time, size uint32) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(password), salt, time, memory, 1, size), nil
}
