package main

import (
	"kontor/db"
	"kontor/handlers/api"
	"kontor/handlers/api/acquired"
	"kontor/handlers/api/cdc"
	"kontor/handlers/api/monri"
	"kontor/handlers/api/payfirma"
	"kontor/handlers/api/wallee"
)

// faces returns the APIs there are, in the order that pages list them.
func faces(store *db.Store) []*api.Face {
	return []*api.Face{
		wallee.Face(store),
		monri.Face(store),
		payfirma.Face(store),
		acquired.Face(store),
		cdc.Face(store),
	}
}
