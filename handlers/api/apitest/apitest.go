// Package apitest tests faces: against the real server over the real store, on
// both engines, by transcripts that a person can read, and by what no face may
// do. A face's own test is short:
//
//	var face = apitest.Face{
//		New:   func(s *db.Store) *api.Face { return acquired.Face(s) },
//		Sign:  apitest.Bearer,
//		Setup: func(t testing.TB, w *apitest.World) { w.Set("customer", …) },
//		IDs:   map[string]apitest.ID{"customer_id": apitest.CustomerUUID},
//	}
//
//	func TestTranscripts(t *testing.T) { face.Transcripts(t) }
//	func TestStrangers(t *testing.T)   { face.Strangers(t) }
//	func FuzzCalls(f *testing.F)       { face.Fuzz(f) }
//
// # Transcripts
//
// A transcript is a text file in testdata: any words, and exchanges. Each file
// begins in a new [World].
//
//	An update changes what it names.
//
//	> PUT /v1/customers/{{customer}}
//	>
//	> {"billing": {"address": {"line_1": "156 Aldgate Drive"}}}
//	< 200
//	<
//	< {"status": "success"}
//
// A request is signed by the program "shop" unless it has an Authorization of
// its own ("none" sends none), and gets a Content-Type of JSON where it has a
// body and none of its own. {{name}} stands for what Setup or an earlier answer
// named so. In an answer {{name:kind}} is anything of that kind, known by that
// name from then on, and {{:kind}} anything of it; kinds are uuid, id, lookup,
// time, hex, token and text. White space outside strings does not count in JSON;
// the order of members does. Headers that stand in an answer must be there.
//
// Three words on a line of their own tell of what follows: "@ as reader" has
// another program call (see [World]), "@ wait 25h" sets the clock on, and
// "@ liberal" says that the next request is understood although the OpenAPI file
// does not say so.
//
// An answer that is only "< ?" is filled in by go test with -record.
//
// Every exchange is held to the face's OpenAPI file, and every call in that
// file needs an exchange that succeeds and one that does not.
package apitest

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"kontor/db"
	"kontor/db/core"
	"kontor/db/dbtest"
	"kontor/handlers/api"
	"kontor/web"
)

// A Face is what the tests must know of a face.
type Face struct {
	New func(s *db.Store) *api.Face
	// Sign signs a request as the program.
	Sign func(r *http.Request, body []byte, by Program)
	// Setup names what transcripts begin with. It may be nil.
	Setup func(t testing.TB, w *World)
	// IDs are what each value in the paths stands for, by its name there.
	IDs map[string]ID
	// Bodies are what [Face.Strangers] sends, by pattern, where the call takes
	// a body; {{name}} in it stands for one of IDs.
	Bodies map[string]string
}

// A Program is an application user as it was made, with a token.
type Program struct {
	core.ApplicationUser
	Key   string
	Token string
}

// Bearer signs with the program's token.
func Bearer(r *http.Request, _ []byte, by Program) { r.Header.Set("Authorization", "Bearer "+by.Token) }

// A World is a house with programs and the server of one face. The programs
// are "shop", which may do everything, "reader", which reads, "barred", which
// may use no API but another than this, and "other", of the second merchant.
// Their IDs, keys and tokens are named {{shop_id}}, {{shop_key}} and
// {{shop_token}}, and so on, and the merchants {{merchant}} and
// {{other_merchant}}.
type World struct {
	*dbtest.House
	Programs map[string]Program
	Names    map[string]string
	Handler  http.Handler
	Face     *api.Face
}

// Set names a value.
func (w *World) Set(name, value string) { w.Names[name] = value }

// Actor is a program as the store knows it.
func (w *World) Actor(program string) core.Actor {
	return w.Programs[program].Actor(w.Face.Name, "192.0.2.7")
}

// World makes a world in the house.
func (f Face) World(t testing.TB, h *dbtest.House) *World {
	t.Helper()
	w := &World{House: h, Programs: map[string]Program{}, Names: map[string]string{}, Face: f.New(h.Store)}
	ctx := context.Background()
	elsewhere := core.FromWallee
	if w.Face.Name == core.FromWallee {
		elsewhere = core.FromMonri
	}
	for _, p := range []struct {
		by core.Actor
		a  core.ApplicationUser
	}{
		{h.Owner, core.ApplicationUser{Name: "shop"}},
		{h.Owner, core.ApplicationUser{Name: "reader", Role: core.Viewer}},
		{h.Owner, core.ApplicationUser{Name: "barred", APIs: []core.Source{elsewhere}}},
		{h.Other.In(h.Second.ID), core.ApplicationUser{Name: "other"}},
	} {
		p.by.Merchant = h.First.ID
		if p.a.Name == "other" {
			p.by.Merchant = h.Second.ID
		}
		a, key, err := h.CreateApplicationUser(ctx, p.by, p.a)
		if err != nil {
			t.Fatal(err)
		}
		token, err := h.IssueToken(ctx, a, core.CallKept)
		if err != nil {
			t.Fatal(err)
		}
		w.Programs[a.Name] = Program{a, key, token}
		w.Set(a.Name+"_id", strconv.FormatInt(a.ID, 10))
		w.Set(a.Name+"_key", key)
		w.Set(a.Name+"_token", token)
	}
	w.Set("merchant", strconv.FormatInt(h.First.ID, 10))
	w.Set("other_merchant", strconv.FormatInt(h.Second.ID, 10))
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	site := &web.Site{Log: log, Now: h.Clock.Now}
	server := api.New(h.Store, api.Options{Log: log, Now: h.Clock.Now}, w.Face)
	w.Handler = site.Around(server.Around(http.NotFoundHandler()))
	if f.Setup != nil {
		f.Setup(t, w)
	}
	return w
}

// Call makes a call as a program and returns the answer. The headers are pairs.
func (f Face) Call(w *World, program, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.RemoteAddr = "192.0.2.7:40000"
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if body != "" && len(r.Header.Values("Content-Type")) == 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	switch r.Header.Get("Authorization") {
	case "":
		f.Sign(r, []byte(body), w.Programs[program])
	case "none":
		r.Header.Del("Authorization")
	}
	out := httptest.NewRecorder()
	w.Handler.ServeHTTP(out, r)
	return out
}
