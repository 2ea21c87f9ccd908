package wallee

import (
	"context"
	_ "embed"
	"net/http"
	"strconv"
	"strings"
	"time"

	"kontor/db/core"
	"kontor/handlers/api"
	"kontor/web"
)

//go:embed openapi.yaml
var openAPI []byte

// Store is what the face needs of the store.
type Store interface {
	CustomerWith(ctx context.Context, by core.Actor, id int64, with core.Parts) (core.Customer, error)
	CustomerRecords(ctx context.Context, by core.Actor, r core.Range) (core.Records[core.Customer], error)
	CreateCustomer(ctx context.Context, by core.Actor, from core.Source, ch core.Changes) (core.Customer, error)
	UpdateCustomer(ctx context.Context, by core.Actor, id, version int64, ch core.Changes) (core.Customer, error)
	DeleteCustomer(ctx context.Context, by core.Actor, id, version int64, reason string) error
	CreateCustomers(ctx context.Context, by core.Actor, from core.Source, many []core.Changes) ([]core.CustomerResult, error)
	UpdateCustomers(ctx context.Context, by core.Actor, many []core.CustomerChange) ([]core.CustomerResult, error)
	DeleteCustomers(ctx context.Context, by core.Actor, ids []int64) ([]core.CustomerResult, error)
	MergeCustomers(ctx context.Context, by core.Actor, winner, loser int64, v core.MergeVersions, take core.Take) (core.Customer, error)

	AddAddress(ctx context.Context, by core.Actor, customer int64, ch core.Changes) (core.Address, error)
	UpdateAddress(ctx context.Context, by core.Actor, customer, id, version int64, ch core.Changes) (core.Address, error)
	DeleteAddress(ctx context.Context, by core.Actor, customer, id int64) error

	Notes(ctx context.Context, by core.Actor, customer int64) ([]core.Note, error)
	AddNote(ctx context.Context, by core.Actor, customer int64, n core.Note) (core.Note, error)
	UpdateNote(ctx context.Context, by core.Actor, n core.Note) (core.Note, error)
	DeleteNote(ctx context.Context, by core.Actor, id int64) (event int64, err error)

	Token(ctx context.Context, by core.Actor, id int64) (core.Token, error)
	TokenRecords(ctx context.Context, by core.Actor, r core.Range) (core.Records[core.Token], error)
	CreateToken(ctx context.Context, by core.Actor, k core.Token) (core.Token, error)
	UpdateToken(ctx context.Context, by core.Actor, id, version int64, e core.TokenEdit) (core.Token, error)
	DeleteToken(ctx context.Context, by core.Actor, id int64) error
	TokenVersion(ctx context.Context, by core.Actor, k core.Token, with core.Parts) (core.TokenVersion, error)
	TokenVersionRecords(ctx context.Context, by core.Actor, r core.Range) (core.Records[core.TokenVersion], error)

	SubscriptionRecords(ctx context.Context, by core.Actor, r core.Range) (core.Records[core.SubscriptionRecord], error)
	PauseSubscription(ctx context.Context, by core.Actor, id, version int64, until time.Time) (core.Subscription, error)
	ResumeSubscription(ctx context.Context, by core.Actor, id, version int64) (core.Subscription, error)
	CancelSubscription(ctx context.Context, by core.Actor, id, version int64, when core.When) (core.Subscription, error)
	Plan(ctx context.Context, by core.Actor, id int64) (core.Plan, error)
	PlanRecords(ctx context.Context, by core.Actor, r core.Range) (core.Records[core.Plan], error)
}

// handlers are those of the calls.
type handlers struct{ store Store }

// The paths that the face answers. The first is the document's clients', the
// others those of its examples.
const (
	base      = "/api/v2.0"
	shortBase = "/api/v2"
	bareBase  = "/api"
)

// bodySize is how many bytes of a body are read: a comment may have 262,144
// characters, and a bulk request many customers.
const bodySize = 8 << 20

// Face returns the API, in the order of the document.
func Face(store Store) *api.Face {
	h := handlers{store: store}
	f := api.NewFace(core.FromWallee, "wallee", base, shortBase, bareBase+"/customers")
	f.OpenAPI, f.Fail, f.Authenticate, f.Body, f.Customer = openAPI, fail, authenticate, bodySize, showCustomer
	add := func(method, path string, right core.Right, do web.Handler) {
		f.Handle(method+" "+base+path, right, do)
		f.Handle(method+" "+shortBase+path, right, do)
		if strings.HasPrefix(path, "/customers") {
			f.Handle(method+" "+bareBase+path, right, do)
		}
	}
	// in adds a call about what belongs to the space.
	in := func(method, path string, right core.Right, do spaced) { add(method, path, right, inSpace(do)) }

	in("DELETE", "/customers/bulk", core.Write, h.deleteCustomers)
	in("PATCH", "/customers/bulk", core.Write, h.updateCustomers)
	in("POST", "/customers/bulk", core.Write, h.createCustomers)
	in("GET", "/customers/search", core.Read, search(customerTree, core.CustomerFields, h.answerCustomers))
	in("GET", "/customers", core.Read, list(customerTree, h.answerCustomers))
	in("POST", "/customers", core.Write, h.createCustomer)
	in("DELETE", "/customers/{customer}", core.Write, h.deleteCustomer)
	in("GET", "/customers/{customer}", core.Read, h.readCustomer)
	in("PATCH", "/customers/{customer}", core.Write, h.updateCustomer)
	in("POST", "/customers/{customer}", core.Write, h.updateCustomer)
	in("GET", "/customers/{customer}/email-addresses", core.Read, h.listEmailAddresses)
	in("POST", "/customers/{customer}/merge/{other}", core.Write, h.mergeCustomers)

	in("GET", "/customers/{customer}/addresses/search", core.Read, search(addressTree, core.AddressVocabulary, h.answerAddresses))
	in("GET", "/customers/{customer}/addresses", core.Read, list(addressTree, h.answerAddresses))
	in("POST", "/customers/{customer}/addresses", core.Write, h.createAddress)
	in("DELETE", "/customers/{customer}/addresses/{address}", core.Write, h.deleteAddress)
	in("GET", "/customers/{customer}/addresses/{address}", core.Read, h.readAddress)
	in("PATCH", "/customers/{customer}/addresses/{address}", core.Write, h.updateAddress)
	in("POST", "/customers/{customer}/addresses/{address}", core.Write, h.updateAddress)
	in("POST", "/customers/{customer}/addresses/{address}/default", core.Write, h.defaultAddress)

	in("GET", "/customers/{customer}/comments/search", core.Read, search(commentTree, core.NoteVocabulary, h.answerComments))
	in("GET", "/customers/{customer}/comments", core.Read, list(commentTree, h.answerComments))
	in("POST", "/customers/{customer}/comments", core.Write, h.createComment)
	in("DELETE", "/customers/{customer}/comments/{comment}", core.Write, h.deleteComment)
	in("GET", "/customers/{customer}/comments/{comment}", core.Read, h.readComment)
	in("PATCH", "/customers/{customer}/comments/{comment}", core.Write, h.updateComment)
	in("POST", "/customers/{customer}/comments/{comment}", core.Write, h.updateComment)
	in("POST", "/customers/{customer}/comments/{comment}/pin", core.Write, h.pinComment(true))
	in("POST", "/customers/{customer}/comments/{comment}/unpin", core.Write, h.pinComment(false))

	in("GET", "/payment/tokens/search", core.Read, search(tokenTree, core.TokenFields, h.answerTokens))
	in("GET", "/payment/tokens", core.Read, list(tokenTree, h.answerTokens))
	in("POST", "/payment/tokens", core.Write, h.createToken)
	in("DELETE", "/payment/tokens/{token}", core.Write, h.deleteToken)
	in("GET", "/payment/tokens/{token}", core.Read, h.readToken)
	in("PATCH", "/payment/tokens/{token}", core.Write, h.updateToken)
	in("POST", "/payment/tokens/{token}", core.Write, h.updateToken)
	in("GET", "/payment/tokens/{token}/active-version", core.Read, h.activeVersion)

	in("GET", "/payment/token-versions/search", core.Read, search(tokenVersionTree, tokenVersionNames, h.answerTokenVersions))
	in("GET", "/payment/token-versions", core.Read, list(tokenVersionTree, h.answerTokenVersions))
	in("GET", "/payment/token-versions/{tokenVersion}", core.Read, h.readTokenVersion)

	add("GET", "/payment/methods/search", core.Read, spaceless(methodCatalogue.search()))
	add("GET", "/payment/methods", core.Read, spaceless(methodCatalogue.list()))
	add("GET", "/payment/methods/{method}", core.Read, spaceless(methodCatalogue.read))
	add("GET", "/payment/method-brands/search", core.Read, spaceless(brandCatalogue.search()))
	add("GET", "/payment/method-brands", core.Read, spaceless(brandCatalogue.list()))
	add("GET", "/payment/method-brands/{brand}", core.Read, spaceless(brandCatalogue.read))
	in("GET", "/payment/method-configurations/search", core.Read, configurationCatalogue.search())
	in("GET", "/payment/method-configurations", core.Read, configurationCatalogue.list())
	in("GET", "/payment/method-configurations/{configuration}", core.Read, configurationCatalogue.read)

	in("GET", "/subscriptions/search", core.Read, search(subscriptionTree, subscriptionNames, h.answerSubscriptions))
	in("GET", "/subscriptions", core.Read, list(subscriptionTree, h.answerSubscriptions))
	in("GET", "/subscriptions/{subscription}", core.Read, h.readSubscription)
	in("POST", "/subscriptions/{subscription}/reactivate", core.Write, h.reactivate)
	in("POST", "/subscriptions/{subscription}/suspend", core.Write, h.suspend)
	in("POST", "/subscriptions/{subscription}/terminate", core.Write, h.terminate)

	in("GET", "/subscriptions/subscribers/search", core.Read, search(subscriberTree, subscriberNames, h.answerSubscribers))
	in("GET", "/subscriptions/subscribers", core.Read, list(subscriberTree, h.answerSubscribers))
	in("GET", "/subscriptions/subscribers/{subscriber}", core.Read, h.readSubscriber)

	in("GET", "/subscriptions/products/search", core.Read, search(productTree, productNames, h.answerProducts))
	in("GET", "/subscriptions/products", core.Read, list(productTree, h.answerProducts))
	in("GET", "/subscriptions/products/{product}", core.Read, h.readProduct)
	return f
}

// A spaced handler answers a call about what belongs to a space.
type spaced func(w http.ResponseWriter, r *http.Request, by core.Actor) error

// A listed handler answers with the objects that a list asks for.
type listed func(w http.ResponseWriter, r *http.Request, by core.Actor, l listing) error

// list reads the parameters of a list, with what can be expanded in it.
func list(of tree, answer listed) spaced {
	return func(w http.ResponseWriter, r *http.Request, by core.Actor) error {
		l, err := readListing(r, of)
		if err != nil {
			return err
		}
		return answer(w, r, by, l)
	}
}

// search reads the parameters of a search by the fields.
func search(of tree, fields core.Vocabulary, answer listed) spaced {
	return func(w http.ResponseWriter, r *http.Request, by core.Actor) error {
		l, err := readSearch(r, of, fields)
		if err != nil {
			return err
		}
		return answer(w, r, by, l)
	}
}

// inSpace holds a call to the space that its header names, which must be the
// program's own.
func inSpace(do spaced) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		text := strings.TrimSpace(r.Header.Get("Space"))
		space, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return faults{"Space": "must be the ID of a space, in the header of this name"}.err(http.StatusBadRequest)
		}
		by := api.Actor(r)
		if space != by.Merchant {
			return api.Refuse(http.StatusForbidden, "the application user has no permission in this space")
		}
		return do(w, r, by)
	}
}

// pathID returns the ID in the path. What is no ID is nobody's.
func pathID(r *http.Request, name string) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue(name), 10, 64)
	if err != nil || id <= 0 {
		return 0, core.ErrNotFound
	}
	return id, nil
}
