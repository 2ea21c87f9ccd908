package wallee_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"kontor/db/dbtest"
)

func TestTokensCoverTheCallAsItWasSent(t *testing.T) {
	h := dbtest.SQLite(t)
	w := face.World(t, h)
	shop, reader := w.Programs["shop"], w.Programs["reader"]
	const path = "/api/v2.0/customers/search?query=givenName:~%27a%27+(familyName:b%29&expand=metaData"
	now := h.Clock.Now()
	type change func(header map[string]any, c jwt.MapClaims)
	nothing := func(map[string]any, jwt.MapClaims) {}
	for _, tt := range []struct {
		name   string
		key    string
		change change
		want   int
	}{
		{"as the JavaScript, PHP and Python clients do", shop.Key, nothing, 200},
		{"type for typ, as the Java client does", shop.Key, func(h map[string]any, _ jwt.MapClaims) { delete(h, "typ"); h["type"] = "JWT" }, 200},
		{"sub as a number, as the Python client does", shop.Key, func(_ map[string]any, c jwt.MapClaims) { c["sub"] = shop.ID }, 200},
		{"iat in milliseconds, as the document's sample", shop.Key, func(_ map[string]any, c jwt.MapClaims) { c["iat"] = now.UnixMilli() }, 200},
		{"iat with a fraction", shop.Key, func(_ map[string]any, c jwt.MapClaims) { c["iat"] = float64(now.UnixMilli()) / 1000 }, 200},
		{"almost ten minutes old", shop.Key, func(_ map[string]any, c jwt.MapClaims) { c["iat"] = now.Add(-9*time.Minute - 50*time.Second).Unix() }, 200},
		{"almost ten minutes ahead", shop.Key, func(_ map[string]any, c jwt.MapClaims) { c["iat"] = now.Add(9*time.Minute + 50*time.Second).Unix() }, 200},
		{"without ver", shop.Key, func(h map[string]any, _ jwt.MapClaims) { delete(h, "ver") }, 200},
		{"an exp that has passed is no claim of theirs", shop.Key, func(_ map[string]any, c jwt.MapClaims) { c["exp"] = 1 }, 200},

		{"too old", shop.Key, func(_ map[string]any, c jwt.MapClaims) { c["iat"] = now.Add(-11 * time.Minute).Unix() }, 401},
		{"too far ahead", shop.Key, func(_ map[string]any, c jwt.MapClaims) { c["iat"] = now.Add(11 * time.Minute).Unix() }, 401},
		{"too old in milliseconds", shop.Key, func(_ map[string]any, c jwt.MapClaims) { c["iat"] = now.Add(-11 * time.Minute).UnixMilli() }, 401},
		{"without iat", shop.Key, func(_ map[string]any, c jwt.MapClaims) { delete(c, "iat") }, 401},
		{"iat in words", shop.Key, func(_ map[string]any, c jwt.MapClaims) { c["iat"] = "now" }, 401},
		{"a huge iat", shop.Key, func(_ map[string]any, c jwt.MapClaims) { c["iat"] = 1e300 }, 401},
		{"another path", shop.Key, func(_ map[string]any, c jwt.MapClaims) { c["requestPath"] = "/api/v2.0/customers" }, 401},
		{"the same path, encoded otherwise", shop.Key, func(_ map[string]any, c jwt.MapClaims) {
			c["requestPath"] = strings.ReplaceAll(path, "+", "%20")
		}, 401},
		{"the path without its query", shop.Key, func(_ map[string]any, c jwt.MapClaims) {
			c["requestPath"], _, _ = strings.Cut(path, "?")
		}, 401},
		{"without a path", shop.Key, func(_ map[string]any, c jwt.MapClaims) { delete(c, "requestPath") }, 401},
		{"another method", shop.Key, func(_ map[string]any, c jwt.MapClaims) { c["requestMethod"] = "POST" }, 401},
		{"the method in lower case", shop.Key, func(_ map[string]any, c jwt.MapClaims) { c["requestMethod"] = "get" }, 401},
		{"another's key", reader.Key, nothing, 401},
		{"another's ID", shop.Key, func(_ map[string]any, c jwt.MapClaims) { c["sub"] = reader.ID }, 401},
		{"nobody's ID", shop.Key, func(_ map[string]any, c jwt.MapClaims) { c["sub"] = "12" }, 401},
		{"no ID", shop.Key, func(_ map[string]any, c jwt.MapClaims) { c["sub"] = map[string]any{"id": shop.ID} }, 401},
		{"another type", shop.Key, func(h map[string]any, _ jwt.MapClaims) { h["typ"] = "JWS" }, 401},
		{"no type", shop.Key, func(h map[string]any, _ jwt.MapClaims) { delete(h, "typ") }, 401},
		{"another version", shop.Key, func(h map[string]any, _ jwt.MapClaims) { h["ver"] = 2 }, 401},
		{"an algorithm in the header that is not the one used", shop.Key, func(h map[string]any, _ jwt.MapClaims) { h["alg"] = "HS512" }, 401},
		{"no algorithm", shop.Key, func(h map[string]any, _ jwt.MapClaims) { h["alg"] = "none" }, 401},
	} {
		header := map[string]any{"alg": "HS256", "typ": "JWT", "ver": 1}
		c := jwt.MapClaims{"sub": itoa(shop.ID), "iat": now.Unix(), "requestPath": path, "requestMethod": "GET"}
		tt.change(header, c)
		out := face.Call(w, "shop", "GET", path, "", "Space", "1", "Authorization", "Bearer "+token(tt.key, header, c))
		if out.Code != tt.want {
			t.Errorf("%s: %d, want %d: %s", tt.name, out.Code, tt.want, out.Body)
		}
		if out.Code == http.StatusUnauthorized {
			var said struct{ ID, Code, Message, Date string }
			if err := json.Unmarshal(out.Body.Bytes(), &said); err != nil || said.Code != "unauthorized" || said.ID == "" || said.Message == "" || said.Date == "" {
				t.Errorf("%s: the error is %s", tt.name, out.Body)
			}
		}
	}
	for _, text := range []string{"", "Bearer", "Bearer x", "Basic eDp5", "Bearer a.b.c", "Bearer " + shop.Token, "Bearer " + unsigned(path, shop.ID, now)} {
		if out := face.Call(w, "shop", "GET", path, "", "Space", "1", "Authorization", text+" "); out.Code != http.StatusUnauthorized {
			t.Errorf("%q: %d, want 401", text, out.Code)
		}
	}
}

// unsigned is a token that says it needs no signature.
func unsigned(path string, id int64, now time.Time) string {
	text, err := jwt.NewWithClaims(jwt.SigningMethodNone, jwt.MapClaims{
		"sub": itoa(id), "iat": now.Unix(), "requestPath": path, "requestMethod": "GET",
	}).SignedString(jwt.UnsafeAllowNoneSignatureType)
	if err != nil {
		panic(err)
	}
	return text
}
