package handlers_test

import (
	"io"
	"log/slog"
	"strings"
	"testing"

	"kontor/db/core"
	"kontor/db/dbtest"
	"kontor/handlers"
	"kontor/handlers/api"
	"kontor/web"
)

func TestAPIsAreDescribedToEverybody(t *testing.T) {
	h := dbtest.SQLite(t)
	face := api.NewFace(core.FromAcquired, "Acquired.com", "/v1")
	face.OpenAPI = []byte("openapi: 3.0.3\n")
	kit := &web.Site{Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	routes := handlers.Routes(h.Store, kit, handlers.Options{Now: h.Clock.Now, Faces: []*api.Face{face}})
	s := &site{House: h, t: t, h: kit.Around(routes)}

	page := s.get(core.Actor{}, "/docs")
	want(t, page, 200)
	policy := page.Header().Get("Content-Security-Policy")
	if !strings.Contains(policy, "script-src 'self';") || !strings.Contains(policy, "style-src 'self' 'unsafe-inline';") {
		t.Errorf("the policy is %q", policy)
	}
	if got, _ := page.Find("#swagger-ui").Attr("data-faces"); got != `[{"name":"acquired","title":"Acquired.com","url":"/docs/acquired.yaml","bases":["/v1"]}]` {
		t.Errorf("the script is told %s", got)
	}
	file := s.get(core.Actor{}, "/docs/acquired.yaml")
	if file.Code != 200 || file.Body.String() != "openapi: 3.0.3\n" || file.Header().Get("Content-Type") != "application/yaml" {
		t.Errorf("the file: %d %q %v", file.Code, file.Body, file.Header())
	}
	for path, status := range map[string]int{
		"/docs/wallee.yaml": 404, "/docs/acquired": 404, "/docs/assets/": 404, "/docs/assets/swagger-ui.css": 200, "/docs/assets/index.html": 404,
	} {
		if a := s.get(core.Actor{}, path); a.Code != status {
			t.Errorf("%s: %d, want %d", path, a.Code, status)
		}
	}
}
