package apitest

import (
	"context"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// An ID is what one value of a path stands for: one of the first merchant's
// own, one of the second's, and one of that form that nobody has.
type ID func(t testing.TB, w *World) (own, theirs, nobodys string)

// CustomerID is a customer's ID.
func CustomerID(t testing.TB, w *World) (own, theirs, nobodys string) {
	return customerIDs(t, w, func(id int64) string { return strconv.FormatInt(id, 10) })
}

// CustomerUUID is a customer's UUID.
func CustomerUUID(t testing.TB, w *World) (own, theirs, nobodys string) {
	return customerIDs(t, w, core.UUID)
}

// CustomerLookup is a customer's lookup ID.
func CustomerLookup(t testing.TB, w *World) (own, theirs, nobodys string) {
	return customerIDs(t, w, core.LookupID)
}

// CustomerReference is a customer's reference.
func CustomerReference(t testing.TB, w *World) (own, theirs, nobodys string) {
	customerIDs(t, w, core.UUID)
	return "own-1", "theirs-1", "nobodys-1"
}

// CardUUID is a card's UUID.
func CardUUID(t testing.TB, w *World) (own, theirs, nobodys string) {
	return cardIDs(t, w, core.UUID)
}

// CardLookup is a card's lookup ID.
func CardLookup(t testing.TB, w *World) (own, theirs, nobodys string) {
	return cardIDs(t, w, core.LookupID)
}

func cardIDs(t testing.TB, w *World, name func(int64) string) (own, theirs, nobodys string) {
	t.Helper()
	CustomerUUID(t, w) // who the cards are of
	one := func(by core.Actor, reference string) int64 {
		c, err := w.CustomerByReference(context.Background(), by, reference)
		if err != nil {
			t.Fatal(err)
		}
		details, bad := core.ReadCard("4111111111111111", "12/30", "123", "Somebody Else", w.Clock.Now())
		if len(bad) > 0 {
			t.Fatal(bad)
		}
		card, _, err := w.AddCard(context.Background(), by, c.ID, core.NewCard{CardDetails: details})
		if err != nil {
			t.Fatal(err)
		}
		return card.ID
	}
	mine, others := one(w.Actor("shop"), "own-1"), one(w.Actor("other"), "theirs-1")
	return name(mine), name(others), name(others + 1)
}

func customerIDs(t testing.TB, w *World, name func(int64) string) (own, theirs, nobodys string) {
	t.Helper()
	one := func(by core.Actor, reference string) core.Customer {
		c, err := w.CustomerByReference(context.Background(), by, reference)
		if err == nil {
			return c
		}
		return w.CustomerOf(t, by, "name", "Somebody Else", "reference", reference, "email", "somebody@example.com", "billing.city", "Oslo")
	}
	mine, others := one(w.Actor("shop"), "own-1"), one(w.Actor("other"), "theirs-1")
	return name(mine.ID), name(others.ID), name(others.ID + 1)
}

// Strangers calls every call whose path or body names a record with another
// merchant's, and with one that nobody has, and wants the same 404.
func (f Face) Strangers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		w := f.World(t, h)
		type ids struct{ own, theirs, nobodys string }
		known := map[string]ids{}
		for name, make := range f.IDs {
			own, theirs, nobodys := make(t, w)
			known[name] = ids{own, theirs, nobodys}
		}
		for _, pattern := range w.Face.Patterns() {
			method, path, _ := strings.Cut(pattern, " ")
			body := f.Bodies[pattern]
			names := namesIn(path + " " + body)
			if len(names) == 0 {
				continue
			}
			if body == "" && method != "GET" && method != "DELETE" {
				body = "{}"
			}
			for _, strange := range names {
				if _, ok := known[strange]; !ok {
					t.Errorf("%s: say in IDs what {%s} is", pattern, strange)
					continue
				}
				call := func(of func(ids) string) *httptest.ResponseRecorder {
					target, sent := path, body
					for _, name := range names {
						v := known[name].own
						if name == strange {
							v = of(known[name])
						}
						target = strings.NewReplacer("{"+name+"}", v, "{"+name+"...}", v).Replace(target)
						sent = strings.ReplaceAll(sent, "{{"+name+"}}", v)
					}
					return f.Call(w, "shop", method, target, sent)
				}
				theirs := call(func(i ids) string { return i.theirs })
				nobodys := call(func(i ids) string { return i.nobodys })
				if theirs.Code < 400 || theirs.Code != nobodys.Code || (theirs.Code != 404 && !strings.Contains(body, "{{"+strange+"}}")) {
					t.Errorf("%s with another merchant's %s is answered %d, with nobody's %d", pattern, strange, theirs.Code, nobodys.Code)
				}
				said, instead := masked(theirs, known[strange].theirs), masked(nobodys, known[strange].nobodys)
				if said != instead {
					t.Errorf("%s with another merchant's %s says\n%s\nwith nobody's\n%s", pattern, strange, said, instead)
				}
			}
		}
	})
}

// namesIn are the names of a pattern's values, and of those in a body.
func namesIn(text string) []string {
	var names []string
	for {
		_, rest, ok := strings.Cut(text, "{")
		if !ok {
			return names
		}
		if rest != "" && rest[0] == '{' {
			rest = rest[1:]
		}
		name, after, ok := strings.Cut(rest, "}")
		if !ok {
			return names
		}
		text = after
		name = strings.TrimSuffix(name, "...")
		if isName(name) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
}

func isName(s string) bool {
	return s != "" && s != "$" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") == ""
}

// masked leaves out of an answer what differs with every call, and then the ID
// that was asked for: the other way round a short ID is taken out of a time too.
func masked(answer *httptest.ResponseRecorder, id string) string {
	body := anyTime.ReplaceAllString(answer.Body.String(), `"time"`)
	body = anyRequest.ReplaceAllString(body, `"request"`)
	return regexp.MustCompile(`\b`+regexp.QuoteMeta(id)+`\b`).ReplaceAllString(body, "?")
}
