package payfirma

import (
	"testing"

	"kontor/db/core"
)

func TestMovesAreNamedAsTheDocumentDoes(t *testing.T) {
	for _, tt := range []struct {
		from, to core.State
		want     string
	}{
		{core.PastDue, core.Active, "a subscription that is RETRY cannot become ACTIVE, only PAUSED or CANCELLED"},
		{core.Unpaid, core.Paused, "a subscription that is SUSPENDED cannot become PAUSED, only ACTIVE or CANCELLED"},
		{core.Completed, core.Paused, "a subscription that is EXPIRED cannot become PAUSED: it has ended"},
		{core.Canceled, "", "a subscription that is CANCELLED cannot change: it has ended"},
	} {
		if got := moveWords(core.ForbiddenMove{From: tt.from, To: tt.to, Allowed: tt.from.Moves()}); got != tt.want {
			t.Errorf("from %s to %s: %q, want %q", tt.from, tt.to, got, tt.want)
		}
	}
}
