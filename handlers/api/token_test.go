package api_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"kontor/db/core"
	"kontor/db/dbtest"
	"kontor/handlers/api"
)

func TestTokensAreGivenForTheTwoStrings(t *testing.T) {
	d := newDesk(t, dbtest.SQLite(t), api.Options{})
	id, key := fmt.Sprint(d.program["shop"].ID), d.keys["shop"]
	form := func(pairs ...string) string {
		v := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return v.Encode()
	}
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+key))
	encoded := "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+url.QueryEscape(key)))
	asForm, asJSON := "application/x-www-form-urlencoded", "application/json"
	credentials := `{"grant_type":"client_credentials","client_id":"` + id + `","client_secret":"` + key + `"}`
	var others strings.Builder // looked at by whom nobody knows yet
	for i := range 80_000 {
		fmt.Fprintf(&others, `"k%d":1,`, i)
	}
	many := "{" + others.String() + credentials[1:]
	for _, tt := range []struct {
		name, auth, kind, target, body string
		status, expires                int
	}{
		{"Basic and a form", basic, asForm, "", form("grant_type", "client_credentials"), 200, 43200},
		{"Basic, with percent signs", encoded, asForm, "", form("grant_type", "client_credentials"), 200, 43200},
		{"Basic and garbage", basic, asForm, "", "0=g&1=r&2=a", 200, 43200},
		{"Basic alone", basic, "", "", "", 200, 43200},
		{"a form", "", asForm, "", form("grant_type", "client_credentials", "client_id", id, "client_secret", key), 200, 43200},
		{"the query", "", "", "?" + form("grant_type", "client_credentials", "client_id", id, "client_secret", key), "", 200, 43200},
		{"JSON", "", asJSON, "", credentials, 200, 43200},
		{"JSON with the ID as a number", "", asJSON, "", strings.Replace(credentials, `"`+id+`"`, id, 1), 200, 43200},
		{"CDC's scope", "", asForm, "", form("grant_type", "client_credentials", "client_id", id, "client_secret", key, "scope", "openid pci-user"), 200, 3600},
		{"JSON with much else", "", asJSON, "", many, 200, 43200},
		{"no grant without Basic", "", asForm, "", form("client_id", id, "client_secret", key), 400, 0},
		{"another grant", basic, asForm, "", form("grant_type", "password"), 400, 0},
		{"a wrong key", "", asForm, "", form("grant_type", "client_credentials", "client_id", id, "client_secret", d.keys["reader"]), 401, 0},
		{"nobody", "", asForm, "", form("grant_type", "client_credentials"), 401, 0},
		{"XML", basic, "text/xml", "", "<x/>", 415, 0},
	} {
		w := d.call("", "POST", "/oauth/token"+tt.target, tt.body, "Authorization", tt.auth, "Content-Type", tt.kind)
		var said struct {
			AccessToken string `json:"access_token"`
			TokenType   string `json:"token_type"`
			ExpiresIn   int    `json:"expires_in"`
			Error       string `json:"error"`
			Description string `json:"error_description"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &said); err != nil || w.Code != tt.status || said.ExpiresIn != tt.expires {
			t.Errorf("%s: %d %s", tt.name, w.Code, w.Body)
			continue
		}
		if tt.status != 200 {
			if said.Error == "" || said.Description == "" {
				t.Errorf("%s: %s", tt.name, w.Body)
			}
			continue
		}
		d.want(d.call("", "GET", "/t/customers/1", "", "Authorization", "bearer "+said.AccessToken), 200)
	}
}

func TestTokensEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		d := newDesk(t, h, api.Options{})
		a := d.program["shop"]
		token, err := h.IssueToken(t.Context(), a, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		d.tokens["hour"] = token
		d.want(d.call("hour", "GET", "/t/customers/1", ""), 200)
		d.want(d.call("reader", "DELETE", "/oauth/token", "", "Authorization", "Bearer "+token), 204)
		d.want(d.call("hour", "GET", "/t/customers/1", ""), 401)
		if d.tokens["hour"], err = h.IssueToken(t.Context(), a, time.Hour); err != nil {
			t.Fatal(err)
		}
		d.Clock.Advance(time.Hour)
		d.want(d.call("hour", "GET", "/t/customers/1", ""), 401)
		d.want(d.call("shop", "GET", "/t/customers/1", ""), 200)
		if err := h.RevokeApplicationUser(t.Context(), h.Owner, a.ID); err != nil {
			t.Fatal(err)
		}
		d.want(d.call("shop", "GET", "/t/customers/1", ""), 401)
		if n := h.Count(t, "SELECT COUNT(*) FROM application_users WHERE name = 'reader'"); n != 1 {
			t.Fatalf("%d readers", n)
		}
		d.want(d.call("reader", "GET", "/t/customers/1", ""), 200)
	})
}

func TestOldKeyOpensForAWhile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		d := newDesk(t, h, api.Options{})
		a := d.program["shop"]
		_, fresh, err := h.RotateApplicationKey(t.Context(), h.Owner, a.ID, 0)
		if err != nil {
			t.Fatal(err)
		}
		login := func(key string) int {
			basic := base64.StdEncoding.EncodeToString([]byte(fmt.Sprint(a.ID) + ":" + key))
			return d.call("", "POST", "/oauth/token", "", "Authorization", "Basic "+basic).Code
		}
		if old, now := login(d.keys["shop"]), login(fresh); old != 200 || now != 200 {
			t.Errorf("after rotating: old %d, new %d", old, now)
		}
		d.Clock.Advance(core.OldKeyLife)
		if old, now := login(d.keys["shop"]), login(fresh); old != 401 || now != 200 {
			t.Errorf("a week later: old %d, new %d", old, now)
		}
	})
}
