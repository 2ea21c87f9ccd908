package core

// Limits of the lists that APIs ask for.
const (
	MaxRecords = 100    // of one answer
	MaxOffset  = 10_000 // wallee: search; further in, its programs page by ID or ask for less
)

// A Range says which whole records of a list an API asks for. The zero value
// is the first [MaxRecords], oldest first.
type Range struct {
	Query  Query
	Order  []Order // the first counts most; what is equal in all goes by ID
	After  int64   // an ID: what follows it in the order, which then must be by ID
	Before int64   // an ID: what comes just before it; with After, from After on up to it
	Offset int     // how many are skipped, which costs passing over them
	Limit  int     // at most [MaxRecords], which 0 stands for
	With   Parts
}

// An Order sorts a list by a field. Records without it count as "".
type Order struct {
	Field      Field
	Descending bool
}

// Parts are what beside its own row is read of a record. A list that shows
// less reads less.
type Parts int

const (
	WithMetadata Parts = 1 << iota
	WithAddresses

	WithAll = WithMetadata | WithAddresses
)

// Records are the part of a list that a [Range] asked for.
type Records[T any] struct {
	Items []T
	More  bool // there are others after these; before them where only Before was given
}

// Bounds returns the limit and the offset that the range stands for.
func (r Range) Bounds() (limit, offset int) {
	limit = r.Limit
	if limit <= 0 || limit > MaxRecords {
		limit = MaxRecords
	}
	return limit, max(r.Offset, 0)
}

// ByID reports whether the range's order is that of the records' IDs, which is
// the order they were created in, and whether the newest come first.
func (r Range) ByID() (byID, descending bool) {
	if len(r.Order) == 0 {
		return true, false
	}
	o := r.Order[0]
	return o.Field == FieldID || o.Field == FieldCreated, o.Descending
}

// MaxMany is how many customers can be made, changed or deleted in one act.
const MaxMany = 500

// A CustomerChange is one of many changes that are asked for together. Unless
// Version is 0 it must be the customer's.
type CustomerChange struct {
	ID, Version int64
	Changes     Changes
}

// A CustomerResult is what became of one of many acts that were asked for
// together: the customer as it then is, or why nothing was done: [Invalid],
// [ErrNotFound] or [ErrConflict].
type CustomerResult struct {
	Customer Customer
	Err      error
}

// A CardRange says which cards of a list an API asks for. The zero value is
// the first [MaxRecords] of the merchant, oldest first.
type CardRange struct {
	Customer   int64 // whose; 0 is everybody's
	Descending bool  // newest first
	After      int64 // as a [Range] has it
	Before     int64
	Offset     int
	Limit      int
}
