package monri

import (
	"crypto/sha512"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"

	"kontor/db/core"
	"kontor/handlers/api"
)

// authenticate takes the three handshakes: "WP3-v2.1 TOKEN TIMESTAMP DIGEST",
// "WP3-v2" with the same three, and a Bearer token.
func authenticate(r *http.Request, keys api.Keys) (core.ApplicationUser, error) {
	parts := strings.Fields(r.Header.Get("Authorization"))
	if len(parts) == 0 || strings.EqualFold(parts[0], "Bearer") {
		return api.Bearer(r, keys)
	}
	covered := covers[strings.ToLower(parts[0])]
	if covered == nil || len(parts) != 4 {
		return core.ApplicationUser{}, api.Stranger(0, "the Authorization header is none of WP3-v2.1, WP3-v2 and Bearer")
	}
	token, timestamp, digest := parts[1], parts[2], strings.ToLower(parts[3])
	c, err := keys.ApplicationKeys(r.Context(), api.ReadProgram(token))
	if errors.Is(err, core.ErrNotFound) {
		return core.ApplicationUser{}, api.Stranger(0, "there is no such authenticity token")
	}
	if err != nil {
		return core.ApplicationUser{}, err
	}
	fits := 0
	for _, key := range c.Keys {
		for _, text := range covered(r) {
			fits |= subtle.ConstantTimeCompare([]byte(digest), []byte(sign(key, timestamp, token, text)))
		}
	}
	if fits == 0 {
		return core.ApplicationUser{}, api.Stranger(c.ID, "the digest is not that of this call and key")
	}
	return c.ApplicationUser, nil
}

// covers are what the digests of each scheme may cover behind the key, the
// timestamp and the token.
var covers = map[string]func(r *http.Request) []string{
	"wp3-v2.1": func(r *http.Request) []string {
		path, _, _ := strings.Cut(r.RequestURI, "?")
		body := string(api.Body(r))
		return []string{r.RequestURI + body, path + body}
	},
	"wp3-v2": func(r *http.Request) []string { return []string{string(api.Body(r))} },
}

// sign returns a digest: SHA-512 in hex of the parts one after the other. It is
// no HMAC, the key is the first part of the text.
func sign(key, timestamp, token, covered string) string {
	sum := sha512.Sum512([]byte(key + timestamp + token + covered))
	return hex.EncodeToString(sum[:])
}
