package acquired_test

import (
	"testing"

	"kontor/db"
	"kontor/handlers/api"
	"kontor/handlers/api/acquired"
	"kontor/handlers/api/apitest"
)

var face = apitest.Face{
	New:  func(s *db.Store) *api.Face { return acquired.Face(s) },
	Sign: apitest.Bearer,
	IDs:  map[string]apitest.ID{"customer_id": apitest.CustomerUUID, "card_id": apitest.CardUUID},
	Bodies: map[string]string{
		"POST /v1/cards": `{"customer_id": "{{customer_id}}", "number": "4111111111111111", "expiry_month": 12, "expiry_year": 30, "cvv": "123"}`,
	},
}

func TestTranscripts(t *testing.T) { face.Transcripts(t) }

func TestStrangers(t *testing.T) { face.Strangers(t) }

func FuzzCalls(f *testing.F) { face.Fuzz(f) }
