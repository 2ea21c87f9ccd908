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
	IDs:  map[string]apitest.ID{"customer_id": apitest.CustomerUUID},
}

func TestTranscripts(t *testing.T) { face.Transcripts(t) }

func TestStrangers(t *testing.T) { face.Strangers(t) }

func FuzzCalls(f *testing.F) { face.Fuzz(f) }
