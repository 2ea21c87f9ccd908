package core

import (
	"hash/fnv"
	"slices"
)

// RowKeys remembers by which UUIDs, references and e-mail addresses the rows of
// a file name customers, at up to 24 bytes a row, so that a trial need keep in memory
// only what a later row can meet again. The zero value is ready. Add every row
// before the first question.
type RowKeys struct {
	hashes []uint64
	sorted bool
}

// Add notes the keys of one row.
func (k *RowKeys) Add(row ImportRow) {
	for _, h := range hashes(row.ID, row.Changes["reference"], row.Changes["email"]) {
		if h != 0 {
			k.hashes = append(k.hashes, h)
		}
	}
	k.sorted = false
}

// Elsewhere reports whether a row other than the given one may name one of the
// customers.
func (k *RowKeys) Elsewhere(row ImportRow, named ...Customer) bool {
	if !k.sorted {
		slices.Sort(k.hashes)
		k.sorted = true
	}
	mine := hashes(row.ID, row.Changes["reference"], row.Changes["email"])
	for _, c := range named {
		for i, h := range hashes(c.ID, c.Reference, c.Email) {
			if h == 0 {
				continue
			}
			at, here := slices.BinarySearch(k.hashes, h)
			if here && mine[i] == h { // once for this row itself
				here = at+1 < len(k.hashes) && k.hashes[at+1] == h
			}
			if here {
				return true
			}
		}
	}
	return false
}

// hashes are those of the ID, the reference and the folded e-mail address, 0
// for one that is absent. A customer not stored yet has no ID.
func hashes(id int64, reference, email string) [3]uint64 {
	var out [3]uint64
	uuid := ""
	if id > 0 {
		uuid = UUID(id)
	}
	for i, key := range []string{reference, Fold(email), uuid} {
		if key != "" {
			h := fnv.New64a()
			h.Write([]byte{byte('r' + i)})
			h.Write([]byte(key))
			out[i] = max(h.Sum64(), 1)
		}
	}
	return out
}
