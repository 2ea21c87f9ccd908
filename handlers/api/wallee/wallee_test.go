package wallee_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"kontor/db"
	"kontor/db/core"
	"kontor/db/dbtest"
	"kontor/handlers/api"
	"kontor/handlers/api/apitest"
	"kontor/handlers/api/wallee"
)

// clock is that of the test's house, by which calls are signed.
var clock func() time.Time

var face = apitest.Face{
	New:   func(s *db.Store) *api.Face { return wallee.Face(s) },
	Sign:  sign,
	Setup: setUp,
	IDs: map[string]apitest.ID{
		"customer": apitest.CustomerID,
		"other":    anotherID,
		"address":  addressID,
		"comment":  commentID,

		"token":         tokenID,
		"tokenVersion":  cardID,
		"method":        nothing,
		"brand":         nothing,
		"configuration": nothing,

		"subscription": subscriptionID,
		"subscriber":   subscriberID,
		"product":      productID,
	},
}

// setUp makes a customer with a card and a subscription, which programs of this
// API can't.
func setUp(t testing.TB, w *apitest.World) {
	clock = w.Clock.Now
	c := w.Customer(t, "first_name", "Petra", "last_name", "Payer", "reference", "päyer-1", "email", "petra@example.com",
		"language", "de-DE", "billing.city", "Bonn", "billing.country", "DE")
	card, plan := w.Card(t, c.ID, dbtest.VisaNumber), w.Plan(t, "Sonne Monthly", 1900)
	s, err := w.StartSubscription(t.Context(), w.Owner, core.NewSubscription{Customer: c.ID, Plan: plan.ID, Card: card.ID, Description: "Bread"})
	if err != nil {
		t.Fatal(err)
	}
	w.Run(t, s)
	for name, id := range map[string]int64{"payer": c.ID, "card": card.ID, "plan": plan.ID, "bread": s.ID} {
		w.Set(name, itoa(id))
	}
}

func TestTranscripts(t *testing.T) { face.Transcripts(t) }

// A body of eight mebibytes is not read value by value, and each entry of its
// metadata not looked for among all the others.
func TestManyValuesAreRefusedBeforeTheyAreLookedAt(t *testing.T) {
	w := face.World(t, dbtest.SQLite(t))
	var entries strings.Builder
	for i := range 80_000 {
		fmt.Fprintf(&entries, `,"key%d":[]`, i)
	}
	for body, want := range map[string]int{
		`{"givenName":"Many","metaData":{` + entries.String()[1:] + `}}`:                   422,
		`{"givenName":"Many","metaData":{"a":[` + strings.Repeat("1,", 4_000_000) + `1]}}`: 413,
	} {
		if out := face.Call(w, "shop", "POST", "/api/v2.0/customers", body); out.Code != want || out.Body.Len() > 1000 {
			t.Errorf("%.60s…: %d %.300s", body, out.Code, out.Body)
		}
	}
	if out := face.Call(w, "shop", "POST", "/api/v2.0/customers/bulk", "["+strings.Repeat("1,", 4_000_000)+"1]"); out.Code != 413 {
		t.Errorf("a bulk request of four million: %d %.300s", out.Code, out.Body)
	}
}

func TestStrangers(t *testing.T) { face.Strangers(t) }

func FuzzCalls(f *testing.F) { face.Fuzz(f) }

// sign signs a call as the document's clients do, and names the program's own
// space unless the call names one.
func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func sign(r *http.Request, _ []byte, by apitest.Program) {
	if _, ok := r.Header["Space"]; !ok {
		r.Header.Set("Space", strconv.FormatInt(by.Merchant, 10))
	}
	if r.Header.Get("Space") == "none" {
		r.Header.Del("Space")
	}
	r.Header.Set("Authorization", "Bearer "+token(by.Key, map[string]any{"alg": "HS256", "typ": "JWT", "ver": 1}, jwt.MapClaims{
		"sub": strconv.FormatInt(by.ID, 10), "iat": clock().Unix(), "requestPath": r.RequestURI, "requestMethod": r.Method,
	}))
}

// token signs claims with a key as it was shown.
func token(key string, header map[string]any, c jwt.MapClaims) string {
	t := jwt.NewWithClaims(jwt.SigningMethodHS256, c)
	t.Header = header
	secret, err := base64.StdEncoding.DecodeString(key)
	if err != nil {
		panic(err)
	}
	text, err := t.SignedString(secret)
	if err != nil {
		panic(err)
	}
	return text
}

// ids makes a record of each merchant and returns their IDs, and one that
// nobody has.
func ids(t testing.TB, w *apitest.World, make func(by core.Actor, customer int64) (int64, error)) (own, theirs, nobodys string) {
	t.Helper()
	one := func(program, reference string) int64 {
		by := w.Actor(program)
		c, err := w.CustomerByReference(t.Context(), by, reference)
		if err != nil {
			c = w.CustomerOf(t, by, "name", "Somebody Else", "reference", reference)
		}
		id, err := make(by, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	mine, others := one("shop", "own-1"), one("other", "theirs-1")
	return strconv.FormatInt(mine, 10), strconv.FormatInt(others, 10), strconv.FormatInt(others+1, 10)
}

func anotherID(t testing.TB, w *apitest.World) (own, theirs, nobodys string) {
	return ids(t, w, func(by core.Actor, _ int64) (int64, error) {
		c, err := w.CreateCustomer(t.Context(), by, core.FromWallee, core.Changes{"email": "another@example.com"})
		return c.ID, err
	})
}

func addressID(t testing.TB, w *apitest.World) (own, theirs, nobodys string) {
	return ids(t, w, func(by core.Actor, customer int64) (int64, error) {
		a, err := w.AddAddress(t.Context(), by, customer, core.Changes{"city": "Bern", "street": "Gasse 1"})
		return a.ID, err
	})
}

func tokenID(t testing.TB, w *apitest.World) (own, theirs, nobodys string) {
	return ids(t, w, func(by core.Actor, customer int64) (int64, error) {
		k, err := w.CreateToken(t.Context(), by, core.Token{ExternalID: "for-" + itoa(customer)})
		return k.ID, err
	})
}

func cardID(t testing.TB, w *apitest.World) (own, theirs, nobodys string) {
	return ids(t, w, func(by core.Actor, customer int64) (int64, error) {
		c, _, err := w.AddCard(t.Context(), by, customer, w.NewCard(t, dbtest.VisaNumber))
		return c.ID, err
	})
}

// subscribe starts a subscription of a customer's.
func subscribe(t testing.TB, w *apitest.World, by core.Actor, customer int64) (core.Subscription, error) {
	plan, err := w.CreatePlan(t.Context(), core.System(by.Merchant), core.Plan{
		Name: "Plan of " + itoa(by.ID), Amount: core.Money{Minor: 100, Currency: "EUR"}, Every: core.EveryMonth,
	})
	if err != nil {
		return core.Subscription{}, err
	}
	card, _, err := w.AddCard(t.Context(), by, customer, w.NewCard(t, dbtest.MastercardNumber))
	if err != nil {
		return core.Subscription{}, err
	}
	return w.StartSubscription(t.Context(), by, core.NewSubscription{Customer: customer, Plan: plan.ID, Card: card.ID})
}

// subscribed are the subscriptions of the first and the second merchant, made
// once a world.
func subscribed(t testing.TB, w *apitest.World, id func(core.Subscription) int64) (own, theirs, nobodys string) {
	return ids(t, w, func(by core.Actor, customer int64) (int64, error) {
		all, err := w.CustomerSubscriptions(t.Context(), by, customer)
		if err != nil {
			return 0, err
		}
		if len(all) > 0 {
			return id(all[0].Subscription), nil
		}
		s, err := subscribe(t, w, by, customer)
		return id(s), err
	})
}

func subscriptionID(t testing.TB, w *apitest.World) (own, theirs, nobodys string) {
	return subscribed(t, w, func(s core.Subscription) int64 { return s.ID })
}

func subscriberID(t testing.TB, w *apitest.World) (own, theirs, nobodys string) {
	return subscribed(t, w, func(s core.Subscription) int64 { return s.Customer })
}

func productID(t testing.TB, w *apitest.World) (own, theirs, nobodys string) {
	return subscribed(t, w, func(s core.Subscription) int64 { return s.Plan })
}

// nothing is for what is the same for everybody.
func nothing(testing.TB, *apitest.World) (own, theirs, nobodys string) { return "1", "98", "99" }

func commentID(t testing.TB, w *apitest.World) (own, theirs, nobodys string) {
	return ids(t, w, func(by core.Actor, customer int64) (int64, error) {
		n, err := w.AddNote(t.Context(), by, customer, core.Note{Text: "A comment."})
		return n.ID, err
	})
}
