package db

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// millis is a time stored as milliseconds since 1970. The zero time is 0.
type millis time.Time

func (m millis) time() time.Time { return time.Time(m) }

// Value implements [driver.Valuer].
func (m millis) Value() (driver.Value, error) {
	if time.Time(m).IsZero() {
		return int64(0), nil
	}
	return time.Time(m).UnixMilli(), nil
}

// Scan implements [database/sql.Scanner].
func (m *millis) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a time is stored as an integer, not as %T", v)
	}
	*m = millis{}
	if n != 0 {
		*m = millis(time.UnixMilli(n).UTC())
	}
	return nil
}

// bit is a boolean stored as 0 or 1.
type bit bool

// Value implements [driver.Valuer].
func (b bit) Value() (driver.Value, error) {
	if b {
		return int64(1), nil
	}
	return int64(0), nil
}

// Scan implements [database/sql.Scanner].
func (b *bit) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a boolean is stored as an integer, not as %T", v)
	}
	*b = n != 0
	return nil
}

// absent is an ID where 0 is stored as NULL.
type absent int64

// Value implements [driver.Valuer].
func (a absent) Value() (driver.Value, error) {
	if a == 0 {
		return nil, nil
	}
	return int64(a), nil
}

// Scan implements [database/sql.Scanner].
func (a *absent) Scan(v any) error {
	switch n := v.(type) {
	case nil:
		*a = 0
	case int64:
		*a = absent(n)
	default:
		return fmt.Errorf("an ID is stored as an integer, not as %T", v)
	}
	return nil
}
