package monri_test

import (
	"crypto/sha512"
	"encoding/hex"
	"net/http"
	"strconv"
	"testing"

	"kontor/db"
	"kontor/db/dbtest"
	"kontor/handlers/api"
	"kontor/handlers/api/apitest"
	"kontor/handlers/api/monri"
)

var face = apitest.Face{
	New: func(s *db.Store) *api.Face { return monri.Face(s) },
	Sign: func(r *http.Request, body []byte, by apitest.Program) {
		r.Header.Set("Authorization", digest("WP3-v2.1", by, r.URL.RequestURI()+string(body)))
	},
	Setup: func(t testing.TB, w *apitest.World) {
		shop := w.Programs["shop"]
		w.Set("older", digest("WP3-v2", shop, ""))
		w.Set("path_only", digest("WP3-v2.1", shop, "/v2/customers"))
		c := w.Customer(t, "name", "Edward Johnson", "reference", "with-cards")
		w.Card(t, c.ID, dbtest.VisaNumber)
		w.Set("with_cards", c.UUID)
		w.Set("of_another_call", digest("WP3-v2.1", shop, "/v2/customers?limit=2"))
	},
	IDs: map[string]apitest.ID{
		"uuid":                 apitest.CustomerUUID,
		"merchant_customer_id": apitest.CustomerReference,
	},
}

// digest is the Authorization header of one of the two schemes, made apart
// from the face's own.
func digest(scheme string, by apitest.Program, covered string) string {
	const timestamp = "1795600800"
	token := strconv.FormatInt(by.ID, 10)
	sum := sha512.Sum512([]byte(by.Key + timestamp + token + covered))
	return scheme + " " + token + " " + timestamp + " " + hex.EncodeToString(sum[:])
}

func TestTranscripts(t *testing.T) { face.Transcripts(t) }

func TestStrangers(t *testing.T) { face.Strangers(t) }

func FuzzCalls(f *testing.F) { face.Fuzz(f) }
