package wallee

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"kontor/db/core"
	"kontor/handlers/api"
)

// skew is how far a call's time may be from ours, either way. The document
// says only that the time is there against relay attacks.
const skew = 10 * time.Minute

// parser reads tokens. What it has read is checked here, see [authenticate]: the
// document's claims are not those of RFC 7519.
var parser = jwt.NewParser()

// claims are what a token says of the call it is for.
type claims struct {
	Subject              json.RawMessage `json:"sub"` // the application user, as text or as a number
	Issued               json.RawMessage `json:"iat"` // seconds since 1970; the document's sample has milliseconds
	Path                 string          `json:"requestPath"`
	Method               string          `json:"requestMethod"`
	jwt.RegisteredClaims `json:"-"`
}

// program returns the ID of the application user, 0 for what is none.
func (c claims) program() int64 { return api.ReadProgram(strings.Trim(string(c.Subject), `"`)) }

// milliseconds is from where on a time must be in milliseconds: as seconds it
// would be the year 5138.
const milliseconds = 1e11

// at returns when the token was made.
func (c claims) at() (time.Time, bool) {
	var n float64
	if json.Unmarshal(c.Issued, &n) != nil || n <= 0 || n > math.MaxInt64/1e6 {
		return time.Time{}, false
	}
	if n < milliseconds {
		n *= 1000
	}
	return time.UnixMilli(int64(n)), true
}

// authenticate checks the JSON Web Token of a call: that an application user
// signed it, now, for this method and this target. The target is compared as it
// stands in the request line, byte for byte.
func authenticate(r *http.Request, keys api.Keys) (core.ApplicationUser, error) {
	nobody := core.ApplicationUser{}
	text, ok := api.BearerToken(r)
	if !ok {
		return nobody, api.Stranger(0, "no Bearer token was sent")
	}
	var c claims
	token, parts, err := parser.ParseUnverified(text, &c)
	if err != nil {
		return nobody, api.Stranger(0, "the token is no JSON Web Token")
	}
	id := c.program()
	credentials, err := keys.ApplicationKeys(r.Context(), id)
	if errors.Is(err, core.ErrNotFound) {
		return nobody, api.Stranger(0, "there is no such application user")
	}
	if err != nil {
		return nobody, err
	}
	if why := wrongHeader(token.Header); why != "" {
		return nobody, api.Stranger(id, why)
	}
	if !signed(parts, credentials.Keys) {
		return nobody, api.Stranger(id, "the token is not signed with this application user's key")
	}
	at, ok := c.at()
	switch {
	case !ok:
		return nobody, api.Stranger(id, "the token does not say when it was issued")
	case api.Now(r).Sub(at).Abs() > skew:
		return nobody, api.Stranger(id, "the token was issued more than 10 minutes before or after now")
	case c.Method != r.Method:
		return nobody, api.Stranger(id, "the token's requestMethod is not that of the request")
	case c.Path != target(r):
		return nobody, api.Stranger(id, "the token's requestPath is not that of the request")
	}
	return credentials.ApplicationUser, nil
}

// wrongHeader says what is wrong with a token's header, "" for nothing. The
// document calls the type "type", most clients "typ".
func wrongHeader(h map[string]any) string {
	typ, ok := h["typ"].(string)
	if !ok {
		typ, ok = h["type"].(string)
	}
	switch ver := h["ver"].(type) {
	case nil:
	case float64:
		if ver != 1 {
			return "the token's ver is not 1"
		}
	default:
		return "the token's ver is not 1"
	}
	switch {
	case h["alg"] != jwt.SigningMethodHS256.Alg():
		return "the token's alg is not HS256"
	case !ok || !strings.EqualFold(typ, "JWT"):
		return "the token's type is not JWT"
	}
	return ""
}

// signed reports whether the token whose parts these are is signed by HS256 with
// one of the keys, which are base64 as they were shown.
func signed(parts, keys []string) bool {
	signature, err := parser.DecodeSegment(parts[2])
	if err != nil {
		return false
	}
	for _, text := range keys {
		key, err := base64.StdEncoding.DecodeString(text)
		if err == nil && jwt.SigningMethodHS256.Verify(parts[0]+"."+parts[1], signature, key) == nil {
			return true
		}
	}
	return false
}

// target is the path and query of a request as they were sent. A proxy's
// request names the host before them.
func target(r *http.Request) string {
	t := r.RequestURI
	if scheme := strings.Index(t, "://"); scheme > 0 && !strings.HasPrefix(t, "/") {
		rest := t[scheme+3:]
		if slash := strings.IndexByte(rest, '/'); slash >= 0 {
			return rest[slash:]
		}
		return "/"
	}
	return t
}
