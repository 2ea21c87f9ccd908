package views

import (
	"kontor/db/core"
)

// CustomerFacesURL is the customer as each API answers it.
func CustomerFacesURL(m, id int64) string { return CustomerURL(m, id) + "/apis" }

// CustomerFacesView is the customer as each API answers it. Customer is what
// the page's head shows.
type CustomerFacesView struct {
	CustomerView
	Faces []FaceLine
	Calls []core.Event // the last that programs changed the customer by, newest first
}

// A FaceLine is the customer through one API.
type FaceLine struct {
	API    core.Source
	Title  string
	Call   string // the method and the path that read it
	Answer string // JSON, or "" where the API does not have the customer
	Why    string // why not
	Unsaid []string
	Shell  string // the call, ready to be pasted
}

// ShellCall is a call that reads the customer, for any application user.
func ShellCall(base string, api core.Source, merchant int64, path string) string {
	return shellCall(base, api, "", "", merchant, path)
}
