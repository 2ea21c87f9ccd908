package db_test

import (
	"errors"
	"slices"
	"testing"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// tokens returns the references of the tokens that a query finds.
func tokens(t *testing.T, h *dbtest.House, text string, r core.Range) []string {
	t.Helper()
	var err error
	if r.Query, err = core.ParseQuery(text, core.TokenFields, nil); err != nil {
		t.Fatal(err)
	}
	found, err := h.TokenRecords(t.Context(), h.Viewer, r)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, k := range found.Items {
		out = append(out, k.Reference)
	}
	return out
}

func TestCardsAreTokensAndSoIsWhatProgramsMake(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		c := h.Customer(t, "name", "Payer", "reference", "r-1", "email", "payer@example.com", "language", "de-CH")
		first := h.Card(t, c.ID, dbtest.VisaNumber)
		made, err := h.CreateToken(ctx, h.Member, core.Token{ExternalID: "n-1", Reference: "made", CustomerReference: "r-1", Email: "other@example.com"})
		if err != nil {
			t.Fatal(err)
		}
		second := h.Card(t, c.ID, dbtest.AmexNumber)
		again, err := h.CreateToken(ctx, h.Member, core.Token{ExternalID: "n-1", Reference: "again"})
		if err != nil || again != made {
			t.Errorf("made twice: %+v, %v", again, err)
		}
		ofCard, err := h.Token(ctx, h.Viewer, first.ID)
		if err != nil {
			t.Fatal(err)
		}
		want := core.Token{
			ID: first.ID, Merchant: h.First.ID, Version: first.Version, CustomerReference: "r-1", Email: "payer@example.com", OneClick: true,
			Language: "de-CH", State: core.TokenActive, CreatedAt: first.CreatedAt, Card: first.ID, Customer: c.ID,
		}
		if ofCard != want {
			t.Errorf("a card's token is\n%+v, want\n%+v", ofCard, want)
		}
		changed, err := h.UpdateToken(ctx, h.Member, first.ID, first.Version, core.TokenEdit{Reference: new("card")})
		if err != nil || changed.Version != first.Version+1 {
			t.Errorf("changed: %+v, %v", changed, err)
		}
		if _, err := h.UpdateToken(ctx, h.Member, first.ID, first.Version, core.TokenEdit{Reference: new("x")}); !errors.Is(err, core.ErrConflict) {
			t.Errorf("a stale change: %v", err)
		}
		if changed, err = h.UpdateToken(ctx, h.Member, first.ID, first.Version+1, core.TokenEdit{OneClick: new(false)}); err != nil || changed.Version != first.Version+2 {
			t.Errorf("changed again: %+v, %v", changed, err)
		}
		if _, err := h.UpdateToken(ctx, h.Member, made.ID, 1, core.TokenEdit{Email: new("nobody"), Zone: new("Mars"), Language: new("!")}); !wrong(err, "email", core.Malformed) || !wrong(err, "zone", core.Unknown) || !wrong(err, "language", core.Malformed) {
			t.Errorf("a wrong change: %v", err)
		}
		if _, err := h.UpdateToken(ctx, h.Member, made.ID, 1, core.TokenEdit{Zone: new("Europe/Zurich")}); err != nil {
			t.Error(err)
		}
		for text, want := range map[string][]string{
			"":                        {"card", "made", ""},
			"oneClick:true":           {""}, // "made" is not
			"timeZone:europe/zurich":  {"made"},
			"state:active":            {"card", "made", ""},
			"-state:active":           {},
			"customerId:r-1":          {"card", "made", ""},
			"email:OTHER@example.com": {"made"},
			"tokenReference:~ar":      {"card"},
			"externalId:*":            {"card", ""},
			"externalId:n-1 OR id:1":  {"made"},
			"language:de-ch":          {"card", ""},
			"card":                    {"card"},
			"version:>=3":             {"card"},
			"createdOn:>=2026-11-22":  {},
		} {
			if got := tokens(t, h, text, core.Range{}); !slices.Equal(got, want) {
				t.Errorf("%q finds %q, want %q", text, got, want)
			}
		}
		if got := tokens(t, h, "", core.Range{Before: second.ID, Limit: 1}); !slices.Equal(got, []string{"made"}) {
			t.Errorf("before the last is %q", got)
		}
		order, _ := core.ParseOrder("tokenReference:DESC", core.TokenFields)
		if got := tokens(t, h, "", core.Range{Order: order, Offset: 1, Limit: 1}); !slices.Equal(got, []string{"card"}) {
			t.Errorf("sorted: %q", got)
		}

		// What a program made stands for the default card of whom it names.
		v, err := h.TokenVersion(ctx, h.Viewer, made, core.WithAddresses)
		if err != nil || v.ID != first.ID || v.Owner.ID != c.ID || v.Owner.Language != "de-CH" {
			t.Errorf("behind it is %+v, %v", v, err)
		}
		if _, err := h.TokenVersion(ctx, h.Viewer, core.Token{CustomerReference: "r-2"}, 0); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("behind a token for nobody: %v", err)
		}
		if err := h.DeleteToken(ctx, h.Member, first.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Store.Card(ctx, h.Viewer, first.ID); !errors.Is(err, core.ErrNotFound) {
			t.Errorf("the card of a deleted token: %v", err)
		}
		if err := h.DeleteToken(ctx, h.Member, made.ID); err != nil {
			t.Fatal(err)
		}
		if got := tokens(t, h, "", core.Range{}); !slices.Equal(got, []string{""}) {
			t.Errorf("left are %q", got)
		}
		if fresh, err := h.CreateToken(ctx, h.Member, core.Token{ExternalID: "n-1"}); err != nil || fresh.ID == made.ID {
			t.Errorf("made anew: %+v, %v", fresh, err)
		}
		found, err := h.TokenVersionRecords(ctx, h.Viewer, core.Range{})
		if err != nil || len(found.Items) != 1 || found.Items[0].ID != second.ID {
			t.Errorf("versions: %+v, %v", found, err)
		}
		for text, n := range map[string]int{
			"state:ACTIVE": 1, "state:OBSOLETE": 0, "brand:amex": 1, "expiresOn:2030-08": 1, "expiresOn:<2030-08": 0, "token.customerId:r-1": 1, "payer": 1, "visa": 0,
		} {
			q, err := core.ParseQuery(text, core.TokenVersionFields, nil)
			if err != nil {
				t.Fatal(err)
			}
			if found, err := h.TokenVersionRecords(ctx, h.Viewer, core.Range{Query: q}); err != nil || len(found.Items) != n {
				t.Errorf("%q finds %d, %v", text, len(found.Items), err)
			}
		}
	})
}
