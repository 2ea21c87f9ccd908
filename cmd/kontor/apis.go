package main

import (
	"log/slog"
	"time"

	"kontor/db"
	"kontor/handlers/api"
	"kontor/handlers/api/acquired"
	"kontor/handlers/api/monri"
	"kontor/handlers/api/wallee"
)

// faces returns the APIs there are, in the order that pages list them.
func faces(store *db.Store) []*api.Face {
	return []*api.Face{
		wallee.Face(store),
		monri.Face(store),
		acquired.Face(store),
	}
}

// apis returns the server of the APIs.
func (c *config) apis(store *db.Store, log *slog.Logger) *api.Server {
	return api.New(store, api.Options{Log: log, Now: time.Now, Rate: c.APIRate}, faces(store)...)
}
