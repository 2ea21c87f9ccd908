package cdc_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"kontor/db"
	"kontor/db/billing"
	"kontor/db/core"
	"kontor/db/dbtest"
	"kontor/handlers/api"
	"kontor/handlers/api/apitest"
	"kontor/handlers/api/cdc"
)

var face = apitest.Face{
	New:  func(s *db.Store) *api.Face { return cdc.Face(s) },
	Sign: apitest.Bearer,
	Setup: func(t testing.TB, w *apitest.World) {
		// Somebody whose channels the registry has found.
		ctx, by := context.Background(), w.Actor("shop")
		_, err := w.Enrol(ctx, by, core.PersonEnrolled, core.FromCDC, []core.Enrolment{{
			Reference: "test-both-1", Changes: core.Changes{"first_name": "Kari", "last_name": "Nordmann", "phone": "+47 900 00 003"},
		}})
		if err == nil {
			w.Clock.Advance(core.ScanDelay)
			_, err = w.ScanChannels(ctx, billing.Registry{})
		}
		if err != nil {
			t.Fatal(err)
		}
	},
	IDs: map[string]apitest.ID{"id": enrolled},
}

// enrolled is the ID of a person and a company of each merchant.
func enrolled(t testing.TB, w *apitest.World) (own, theirs, nobodys string) {
	t.Helper()
	for reference, by := range map[string]core.Actor{"own-1": w.Actor("shop"), "theirs-1": w.Actor("other")} {
		n := []core.Enrolment{{Reference: reference, Changes: core.Changes{"first_name": "Somebody", "last_name": "Else"}}}
		if _, err := w.Enrol(context.Background(), by, core.PersonEnrolled, core.FromCDC, n); err != nil {
			t.Fatal(err)
		}
	}
	return "own-1", "theirs-1", "nobodys-1"
}

func TestAWholeBatchOfLongCustomersIsTaken(t *testing.T) {
	w := face.World(t, dbtest.SQLite(t))
	long := strings.Repeat(`\u0416`, 100)
	var b strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&b, `,{"id": "long-%d", "first_name": "%s", "last_name": "%s", "address": "%s"}`, i, long, long, strings.Repeat(long, 3))
	}
	out := face.Call(w, "shop", "POST", "/api/v1/people/batch", "["+b.String()[1:]+"]")
	if out.Code != 200 || !strings.HasSuffix(out.Body.String(), `"rejected":[]}`) {
		t.Errorf("a batch of %d bytes: %d %.200s", b.Len(), out.Code, out.Body)
	}
}

func TestTheCallThatAPageShowsCanBeMade(t *testing.T) {
	w := face.World(t, dbtest.SQLite(t))
	c, err := w.CustomerByReference(t.Context(), w.Owner, "test-both-1")
	if err != nil {
		t.Fatal(err)
	}
	for reference, want := range map[string]int{"a/b c?%1": 200, "": 0} {
		if c, err = w.UpdateCustomer(t.Context(), w.Owner, c.ID, 0, core.Changes{"reference": reference, "ip": "192.0.2.1"}); err != nil {
			t.Fatal(err)
		}
		shown, err := w.Face.Customer(api.Look(httptest.NewRequest("GET", "/", nil), w.Viewer, w.Clock.Now), c)
		if want == 0 {
			if !errors.Is(err, core.ErrNotFound) {
				t.Errorf("without a reference: %+v, %v", shown, err)
			}
			continue
		}
		if err != nil || !slices.Contains(shown.Unsaid, "the IP address") {
			t.Fatalf("%+v, %v", shown, err)
		}
		if out := face.Call(w, "shop", shown.Method, shown.Path, ""); out.Code != want {
			t.Errorf("%s: %d %s", shown.Path, out.Code, out.Body)
		}
	}
}

func TestTranscripts(t *testing.T) { face.Transcripts(t) }

func TestStrangers(t *testing.T) { face.Strangers(t) }

func FuzzCalls(f *testing.F) { face.Fuzz(f) }
