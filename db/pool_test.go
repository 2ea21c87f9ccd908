package db_test

import (
	"context"
	"errors"
	"testing"

	"kontor/db/dbtest"
)

// A page's many short queries are not watched one by one, but who has gone
// before they begin gets none of them.
func TestShortReadsMindWhoHasGone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx, leave := context.WithCancel(t.Context())
		leave()
		if _, err := h.Session(ctx, []byte("key")); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want %v", err, context.Canceled)
		}
	})
}
