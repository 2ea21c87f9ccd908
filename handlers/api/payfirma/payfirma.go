package payfirma

import (
	"context"
	_ "embed"
	"errors"
	"net/http"
	"strings"
	"time"

	"kontor/db/core"
	"kontor/handlers/api"
	"kontor/web"
)

// Store is what the face needs of the store.
type Store interface {
	customers
	cards
	subscriptions
	plans
}

type customers interface {
	CreateCustomer(ctx context.Context, by core.Actor, from core.Source, ch core.Changes) (core.Customer, error)
	CustomerWith(ctx context.Context, by core.Actor, id int64, with core.Parts) (core.Customer, error)
	CustomerRecords(ctx context.Context, by core.Actor, r core.Range) (core.Records[core.Customer], error)
	UpdateCustomer(ctx context.Context, by core.Actor, id, version int64, ch core.Changes) (core.Customer, error)
}

type cards interface {
	Card(ctx context.Context, by core.Actor, id int64) (core.Card, error)
	CardsOf(ctx context.Context, by core.Actor, customers []int64) (map[int64][]core.Card, error)
	AddCard(ctx context.Context, by core.Actor, customer int64, n core.NewCard) (core.Card, core.Addition, error)
	UpdateCard(ctx context.Context, by core.Actor, id, version int64, edit core.CardEdit) (core.Card, error)
	RemoveCard(ctx context.Context, by core.Actor, id, version, next int64) (event int64, err error)
}

type subscriptions interface {
	Subscription(ctx context.Context, by core.Actor, id int64) (core.SubscriptionSummary, error)
	SubscriptionsOf(ctx context.Context, by core.Actor, customers []int64) (map[int64][]core.SubscriptionSummary, error)
	StartSubscription(ctx context.Context, by core.Actor, n core.NewSubscription) (core.Subscription, error)
	ChangeSubscription(ctx context.Context, by core.Actor, id, version int64, ch core.SubscriptionChange) (core.Subscription, error)
	PauseSubscription(ctx context.Context, by core.Actor, id, version int64, until time.Time) (core.Subscription, error)
	ResumeSubscription(ctx context.Context, by core.Actor, id, version int64) (core.Subscription, error)
	KeepSubscription(ctx context.Context, by core.Actor, id, version int64) (core.Subscription, error)
	CancelSubscription(ctx context.Context, by core.Actor, id, version int64, when core.When) (core.Subscription, error)
}

type plans interface {
	Plan(ctx context.Context, by core.Actor, id int64) (core.Plan, error)
	Plans(ctx context.Context, by core.Actor, l core.PlanList) (core.Page[core.PlanSummary], error)
	PlanSubscriptions(ctx context.Context, by core.Actor, plan int64) (ever, now int, err error)
	CreatePlan(ctx context.Context, by core.Actor, p core.Plan) (core.Plan, error)
	UpdatePlan(ctx context.Context, by core.Actor, p core.Plan, to core.Spread) (core.Plan, int64, error)
	ArchivePlan(ctx context.Context, by core.Actor, id, version int64) error
	DeletePlan(ctx context.Context, by core.Actor, id, version int64) error
}

//go:embed openapi.yaml
var openAPI []byte

// A face holds the handlers of the calls.
type face struct{ store Store }

// Face returns the API.
func Face(store Store) *api.Face {
	f := api.NewFace(core.FromPayfirma, "Payfirma", "/customer-service", "/plan-service")
	f.OpenAPI, f.Fail, f.Authenticate = openAPI, fail, api.Bearer
	h := face{store}
	const customer = "/customer-service/customer"
	f.Handle("POST "+customer, core.Write, h.create)
	f.Handle("GET "+customer+"/{customer}", core.Read, h.show)
	f.Handle("GET "+customer, core.Read, h.list)
	f.Handle("GET "+customer+"/plan/{plan}", core.Read, h.listOfPlan)
	f.Handle("PUT "+customer+"/{customer}", core.Write, h.update)
	f.Handle("PATCH "+customer+"/{customer}", core.Write, h.update)

	f.Handle("POST "+customer+"/{customer}/card", core.Write, h.addCard)
	f.Handle("PATCH "+customer+"/{customer}/card/{card}", core.Write, h.updateCard)
	f.Handle("PUT "+customer+"/{customer}/card/{card}", core.Write, h.updateCard)
	f.Handle("DELETE "+customer+"/{customer}/card/{card}", core.Write, h.removeCard)

	f.Handle("POST "+customer+"/subscription", core.Write, h.subscribeByCard)
	f.Handle("POST "+customer+"/{customer}/subscription", core.Write, h.subscribe)
	f.Handle("GET "+customer+"/{customer}/subscription/{subscription}", core.Read, h.showSubscription)
	f.Handle("PATCH "+customer+"/{customer}/subscription/{subscription}", core.Write, anew(h.updateSubscription))
	f.Handle("PUT "+customer+"/{customer}/subscription/{subscription}", core.Write, anew(h.updateSubscription))
	f.Handle("DELETE "+customer+"/{customer}/subscription/{subscription}", core.Write, h.cancelSubscription)

	const plan = "/plan-service/plan"
	f.Handle("POST "+plan, core.Write, h.createPlan)
	f.Handle("GET "+plan, core.Read, h.listPlans)
	f.Handle("GET "+plan+"/{plan}", core.Read, h.showPlan)
	f.Handle("PUT "+plan+"/{plan}", core.Write, anew(h.updatePlan))
	f.Handle("PATCH "+plan+"/{plan}", core.Write, anew(h.updatePlan))
	f.Handle("DELETE "+plan+"/{plan}", core.Write, anew(h.deletePlan))
	f.Customer = h.shown
	return f
}

// triesAnew is how often a call is carried out that meets others.
const triesAnew = 10

// anew carries a call out again where somebody else changed what it read before
// it was saved: the document has no versions, so that nobody could say which
// one was meant.
func anew(handle web.Handler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		for range triesAnew - 1 {
			if err := handle(w, r); !errors.Is(err, core.ErrConflict) {
				return err
			}
		}
		return handle(w, r)
	}
}

// A problem is the answer to a call that was not carried out.
type problem struct {
	Error   string `json:"error"`
	Message string `json:"message"`
}

// codes are the errors by status.
var codes = map[int]string{
	http.StatusUnauthorized:          "UNAUTHORIZED",
	http.StatusPaymentRequired:       "CARD_DECLINED",
	http.StatusForbidden:             "FORBIDDEN",
	http.StatusNotFound:              "NOT_FOUND",
	http.StatusMethodNotAllowed:      "METHOD_NOT_ALLOWED",
	http.StatusNotAcceptable:         "NOT_ACCEPTABLE",
	http.StatusConflict:              "CONFLICT",
	http.StatusRequestEntityTooLarge: "PAYLOAD_TOO_LARGE",
	http.StatusUnsupportedMediaType:  "UNSUPPORTED_MEDIA_TYPE",
	http.StatusUnprocessableEntity:   "UNPROCESSABLE",
	http.StatusTooManyRequests:       "TOO_MANY_REQUESTS",
	http.StatusServiceUnavailable:    "SERVICE_UNAVAILABLE",
	http.StatusInternalServerError:   "INTERNAL_ERROR",
}

// fail answers with a problem. All that is wrong with what was sent is a 400.
func fail(w http.ResponseWriter, _ *http.Request, f api.Failure) {
	status, p := f.Status, problem{Message: f.Reason()}
	var missing *notFound
	switch {
	case len(f.Invalid) > 0:
		status = http.StatusBadRequest
	case errors.As(f.Err, new(core.Declined)):
		declined, _ := errors.AsType[core.Declined](f.Err)
		status, p.Message = http.StatusPaymentRequired, "the card was declined: "+strings.ReplaceAll(string(declined.Reason), "_", " ")
	case errors.As(f.Err, new(core.CardInUse)):
		p.Error = "CARD_IN_USE"
	case errors.As(f.Err, new(core.ForbiddenMove)):
		move, _ := errors.AsType[core.ForbiddenMove](f.Err)
		status, p.Message = http.StatusConflict, moveWords(move)
	case errors.As(f.Err, &missing):
		p.Error, p.Message = strings.ToUpper(missing.what)+"_NOT_FOUND", "there is no such "+missing.what
	}
	if p.Error == "" {
		p.Error = codes[status]
	}
	if p.Error == "" {
		p.Error = "INVALID_REQUEST"
	}
	api.Write(w, status, p)
}

// moveWords say which of the states that may be written a subscription could go
// to, as the document names them.
func moveWords(e core.ForbiddenMove) string {
	text := "a subscription that is " + statuses[e.From] + " cannot become " + statuses[e.To]
	if e.To == "" {
		text = "a subscription that is " + statuses[e.From] + " cannot change"
	}
	if len(e.Allowed) == 0 {
		return text + ": it has ended"
	}
	var names []string
	for _, s := range e.Allowed {
		if (s == core.Active || s == core.Paused || s == core.Canceled) && s != e.To {
			names = append(names, statuses[s])
		}
	}
	return text + ", only " + strings.Join(names, " or ")
}

// A notFound error says what of a path is not there.
type notFound struct{ what string }

// Error implements error.
func (e *notFound) Error() string { return "no such " + e.what }

// Unwrap returns [core.ErrNotFound].
func (e *notFound) Unwrap() error { return core.ErrNotFound }

// missing gives the store's error the name of what was looked for.
func missing(err error, what string) error {
	if errors.Is(err, core.ErrNotFound) {
		return &notFound{what}
	}
	return err
}

// pathID reads a lookup ID, or the numeric ID, of the path.
func pathID(r *http.Request, what string) (int64, error) {
	id, ok := core.ReadID(r.PathValue(what))
	if !ok {
		return 0, &notFound{what}
	}
	return id, nil
}
