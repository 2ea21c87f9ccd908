package core

import (
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
	"sync"
	"time"
)

// An ID is 53 bits, so that a program that reads JSON numbers as floats keeps
// it whole: 42 bits of milliseconds since 2010, 5 of the node that made it and
// 6 of a counter. Newer is larger.
const (
	idCounterBits = 6
	idNodeBits    = 5
	idTimeShift   = idCounterBits + idNodeBits
	idBits        = 53

	// MaxNode is the largest KONTOR_NODE.
	MaxNode = 1<<idNodeBits - 1
)

var idEpoch = time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()

// IDs makes the IDs of one kind of record. It is safe for concurrent use.
type IDs struct {
	node int64
	mu   sync.Mutex
	last int64 // time and counter of the last one, as time<<6 | counter
}

// NewIDs returns a maker for the given node, 0 to [MaxNode].
func NewIDs(node int) *IDs { return &IDs{node: int64(node)} }

// Next returns an ID for a record created at the given time and the time it
// stands for, which is later by some milliseconds where more than 64 were made
// in one. IDs only grow, whatever times are given.
func (g *IDs) Next(at time.Time) (int64, time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.last = max(g.last+1, (at.UnixMilli()-idEpoch)<<idCounterBits)
	ms, counter := g.last>>idCounterBits, g.last&(1<<idCounterBits-1)
	return ms<<idTimeShift | g.node<<idCounterBits | counter, time.UnixMilli(ms + idEpoch).UTC()
}

// IDTime returns the time an ID was made for.
func IDTime(id int64) time.Time { return time.UnixMilli(id>>idTimeShift + idEpoch).UTC() }

// UUID returns the name of a record for the APIs that use UUIDs. It is the ID
// in another form: a version 7 UUID whose time and first random bits are the
// ID's and whose remaining bits follow from it, so it needs no column, no
// index and no look-up.
func UUID(id int64) string {
	var b [16]byte
	ms := uint64(id>>idTimeShift + idEpoch)
	binary.BigEndian.PutUint64(b[:8], ms<<16|7<<12|uint64(id)&(1<<idTimeShift-1))
	binary.BigEndian.PutUint64(b[8:], scramble(uint64(id))>>2|1<<63)
	var s [36]byte
	hex.Encode(s[:8], b[:4])
	hex.Encode(s[9:13], b[4:6])
	hex.Encode(s[14:18], b[6:8])
	hex.Encode(s[19:23], b[8:10])
	hex.Encode(s[24:], b[10:])
	s[8], s[13], s[18], s[23] = '-', '-', '-', '-'
	return string(s[:])
}

// IDFromUUID returns the ID that a UUID is the name of, and whether it is one
// of ours.
func IDFromUUID(s string) (int64, bool) {
	if len(s) != 36 {
		return 0, false
	}
	b, err := hex.DecodeString(strings.ReplaceAll(s, "-", ""))
	if err != nil || len(b) != 16 {
		return 0, false
	}
	high := binary.BigEndian.Uint64(b[:8])
	id := (int64(high>>16)-idEpoch)<<idTimeShift | int64(high&(1<<idTimeShift-1))
	return id, id > 0 && id < 1<<idBits && UUID(id) == strings.ToLower(s)
}

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// lookupLen is the length of a lookup ID: 10 digits of base 62 hold 59 bits,
// the ID's 53 and 6 that check it.
const lookupLen = 10

// LookupID returns the short name of a record for the APIs that use those:
// ten letters and digits, again the ID in another form.
func LookupID(id int64) string {
	n := (uint64(id)*lookupFactor&(1<<idBits-1))<<6 | scramble(uint64(id))&63
	var s [lookupLen]byte
	for i := range s {
		s[lookupLen-1-i] = base62[n%62]
		n /= 62
	}
	return string(s[:])
}

// IDFromLookup returns the ID that a lookup ID is the name of, and whether it
// is one of ours.
func IDFromLookup(s string) (int64, bool) {
	if len(s) != lookupLen {
		return 0, false
	}
	var n uint64
	for i := range len(s) {
		d := strings.IndexByte(base62, s[i])
		if d < 0 {
			return 0, false
		}
		n = n*62 + uint64(d)
	}
	id := int64(n >> 6 * lookupInverse & (1<<idBits - 1))
	return id, id > 0 && LookupID(id) == s
}

// An odd factor mixes low bits upwards, and its inverse modulo 2^53 undoes it.
const lookupFactor = 0x1d8f1a6c93b4e5

var lookupInverse = func() uint64 {
	var x uint64 = lookupFactor // Newton: each step doubles the bits that are right
	for range 6 {
		x *= 2 - lookupFactor*x
	}
	return x
}()

// scramble mixes n into 64 bits that look random (SplitMix64's finish).
func scramble(n uint64) uint64 {
	n += 0x9e3779b97f4a7c15
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return n ^ n>>31
}

// FirstID returns the least ID that a record created at the time can have.
func FirstID(at time.Time) int64 { return max(at.UnixMilli()-idEpoch, 0) << idTimeShift }

// ReadID reads any of a record's three names: its ID, UUID or lookup ID.
func ReadID(s string) (int64, bool) {
	if id, ok := IDFromUUID(s); ok {
		return id, true
	}
	if id, ok := IDFromLookup(s); ok {
		return id, true
	}
	id, err := strconv.ParseInt(s, 10, 64)
	return id, err == nil && id >= 1<<idTimeShift && id < 1<<idBits
}
