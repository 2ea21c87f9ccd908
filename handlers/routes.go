package handlers

import (
	"context"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"kontor/db/core"
	"kontor/handlers/api"
	"kontor/static"
	"kontor/views"
	"kontor/web"
)

// Store is everything the pages need of the store.
type Store interface {
	overviewStore
	customerStore
	duplicateStore
	cardStore
	channelStore
	methodStore
	activityStore
	noteStore
	subscriptionStore
	merchantStore
	signInStore
	settingsStore
	peopleStore
	programStore
	exportStore
	jobStore
	accountStore
	viewStore
	mailStore
	chargeStore
	runStore
	forgotStore
	eraseStore
	web.Sessions
	EnterMerchant(ctx context.Context, by core.Actor) error
}

// Options are what the pages are told by the program.
type Options struct {
	// FirstRun is the token of the page that makes the first admin, "" when
	// there is somebody already.
	FirstRun string
	// Now tells the time.
	Now func() time.Time
	// Charger carries out charges and refunds while whoever asked waits; nil
	// leaves them to the worker.
	Charger Charger
	// Faces are the APIs there are.
	Faces []*api.Face
}

// Routes returns all pages and fills in what site needs of them. This is the
// whole list, each page with the right it takes.
func Routes(store Store, site *web.Site, o Options) http.Handler {
	site.Sessions, site.Enter, site.Now, site.ErrorPage = store, store.EnterMerchant, o.Now, errorPage
	b := base{merchants: store, now: o.Now}
	pages := site.Pages()

	in := signInPages{base: b, store: store, site: site, pages: pages, firstRun: o.FirstRun}
	pages.Open("GET /{$}", in.home)
	pages.Open("GET /login", in.form)
	pages.Open("POST /login", in.signIn, web.Secret)
	pages.Open("POST /logout", in.signOut)
	pages.Open("GET /link/{token}", in.link, web.Secret)
	pages.Open("POST /link/{token}", in.useLink, web.Secret)
	pages.Open("GET /first/{token}", in.first, web.Secret)
	pages.Open("POST /first/{token}", in.makeFirst, web.Secret)

	forgot := forgotPages{store: store}
	pages.Open("GET /forgot", forgot.form)
	pages.Open("POST /forgot", forgot.ask, web.Secret)
	pages.Open("GET /forgot/asked", forgot.asked)

	own := accountPages{base: b, store: store, site: site}
	pages.Open("POST /theme", own.setTheme)
	pages.Page("GET /account", core.Read, own.show)
	pages.Page("POST /account/name", core.Read, own.rename)
	pages.Page("POST /account/password", core.Read, own.setPassword, web.Secret)
	pages.Page("POST /account/preferences", core.Read, own.setPreferences)
	pages.Page("POST /account/sessions/end", core.Read, own.endOthers)
	pages.Page("POST /account/sessions/{session}/end", core.Read, own.endSession)

	m := merchantPages{base: b, store: store}
	pages.Page("GET /merchants", core.Visit, m.list)
	pages.Page("GET /merchants/new", core.Install, m.form)
	pages.Page("POST /merchants/new", core.Install, m.save)
	pages.Page("GET /find", core.Visit, m.find)

	ov := overviewPages{base: b, store: store}
	pages.Page("GET /m/{merchant}", core.Read, ov.show)

	ms := settingsPages{base: b, store: store}
	pages.Page("GET /m/{merchant}/settings/merchant", core.Manage, ms.show)
	pages.Page("POST /m/{merchant}/settings/merchant", core.Manage, ms.save)
	pages.Page("POST /m/{merchant}/settings/merchant/close", core.Install, ms.close)
	pages.Page("POST /m/{merchant}/settings/merchant/reopen", core.Install, ms.reopen)
	pages.Page("GET /m/{merchant}/settings/merchant/delete", core.Install, ms.deleteForm)
	pages.Page("POST /m/{merchant}/settings/merchant/delete", core.Install, ms.delete)

	t := peoplePages{base: b, store: store, site: site}
	pages.Page("GET /m/{merchant}/settings/team", core.Manage, t.list)
	pages.Page("POST /m/{merchant}/settings/team/export", core.Manage, t.export)
	pages.Page("GET /m/{merchant}/settings/team/new", core.Manage, t.inviteForm)
	pages.Page("POST /m/{merchant}/settings/team/new", core.Manage, t.invite, web.Secret)
	pages.Page("GET /m/{merchant}/settings/team/{user}", core.Manage, t.show)
	pages.Page("POST /m/{merchant}/settings/team/{user}", core.Manage, t.save)
	pages.Page("POST /m/{merchant}/settings/team/{user}/link", core.Manage, t.link, web.Secret)
	pages.Page("POST /m/{merchant}/settings/team/{user}/mail", core.Manage, t.mailLink)
	pages.Page("POST /m/{merchant}/settings/team/{user}/sessions", core.Manage, t.endSessions)
	pages.Page("POST /m/{merchant}/settings/team/{user}/deactivate", core.Manage, t.deactivate)
	pages.Page("POST /m/{merchant}/settings/team/{user}/reactivate", core.Manage, t.reactivate)
	pages.Page("GET /staff", core.Install, t.list)
	pages.Page("POST /staff/export", core.Install, t.export)
	pages.Page("GET /staff/new", core.Install, t.inviteForm)
	pages.Page("POST /staff/new", core.Install, t.invite, web.Secret)
	pages.Page("GET /staff/{user}", core.Install, t.show)
	pages.Page("POST /staff/{user}", core.Install, t.save)
	pages.Page("POST /staff/{user}/link", core.Install, t.link, web.Secret)
	pages.Page("POST /staff/{user}/mail", core.Install, t.mailLink)
	pages.Page("POST /staff/{user}/sessions", core.Install, t.endSessions)
	pages.Page("POST /staff/{user}/deactivate", core.Install, t.deactivate)
	pages.Page("POST /staff/{user}/reactivate", core.Install, t.reactivate)

	pr := programPages{base: b, store: store, site: site, faces: o.Faces}
	pages.Page("GET /m/{merchant}/settings/api", core.Manage, pr.list)
	pages.Page("GET /m/{merchant}/settings/api/new", core.Manage, pr.form)
	pages.Page("POST /m/{merchant}/settings/api/new", core.Manage, pr.create, web.Secret)
	pages.Page("GET /m/{merchant}/settings/api/{program}", core.Manage, pr.show)
	pages.Page("POST /m/{merchant}/settings/api/{program}", core.Manage, pr.save)
	pages.Page("POST /m/{merchant}/settings/api/{program}/rotate", core.Manage, pr.rotate, web.Secret)
	pages.Page("GET /m/{merchant}/settings/api/{program}/revoke", core.Manage, pr.revokeForm)
	pages.Page("POST /m/{merchant}/settings/api/{program}/revoke", core.Manage, pr.revoke)

	c := customerPages{base: b, store: store}
	pages.Page("GET /m/{merchant}/customers", core.Read, c.list)
	pages.Page("GET /m/{merchant}/customers/new", core.Write, c.newForm)
	pages.Page("POST /m/{merchant}/customers/new", core.Write, c.create)
	pages.Page("GET /m/{merchant}/customers/like", core.Write, c.like, web.Aside)
	pages.Page("GET /m/{merchant}/customers/{id}", core.Read, c.show)
	pages.Page("GET /m/{merchant}/customers/{id}/apis", core.Read, facePages{customerPages: c, site: site, faces: o.Faces}.show)
	pages.Page("GET /m/{merchant}/customers/{id}/edit", core.Write, c.editForm)
	pages.Page("POST /m/{merchant}/customers/{id}/edit", core.Write, c.save)
	pages.Page("GET /m/{merchant}/customers/{id}/delete", core.Write, c.deleteForm)
	pages.Page("POST /m/{merchant}/customers/{id}/delete", core.Write, c.delete)
	pages.Page("POST /m/{merchant}/customers/{id}/restore", core.Write, c.restore)
	pages.Page("POST /m/{merchant}/customers/{id}/undo/{event}", core.Write, c.undo)

	d := duplicatePages{base: b, store: store}
	pages.Page("GET /m/{merchant}/customers/duplicates", core.Write, d.list)
	pages.Page("GET /m/{merchant}/customers/{id}/merge/{other}", core.Write, d.compare)
	pages.Page("POST /m/{merchant}/customers/{id}/merge/{other}", core.Write, d.merge)
	pages.Page("POST /m/{merchant}/customers/{id}/merge/{other}/dismiss", core.Write, d.dismiss)
	pages.Page("POST /m/{merchant}/customers/{id}/merge/{other}/recall", core.Write, d.recall)

	x := exportPages{pages: c, store: store}
	pages.Page("POST /m/{merchant}/customers/export", core.Manage, x.export, web.Long)

	bulk := bulkPages{pages: c, exports: x, store: store}
	pages.Page("POST /m/{merchant}/customers/bulk", core.Write, bulk.begin, web.Long)

	j := jobPages{base: b, store: store}
	pages.Page("GET /m/{merchant}/customers/import", core.Write, j.form)
	pages.Page("POST /m/{merchant}/customers/import", core.Write, j.upload, web.Body(core.MaxUpload+uploadForm))
	pages.Page("GET /m/{merchant}/jobs", core.Write, j.list)
	pages.Page("GET /m/{merchant}/jobs/{job}", core.Write, j.show)
	pages.Page("GET /m/{merchant}/jobs/{job}/mapping", core.Write, j.mapping)
	pages.Page("POST /m/{merchant}/jobs/{job}/mapping", core.Write, j.plan)
	pages.Page("POST /m/{merchant}/jobs/{job}/start", core.Write, j.start)
	pages.Page("POST /m/{merchant}/jobs/{job}/stop", core.Write, j.stop)
	pages.Page("POST /m/{merchant}/jobs/{job}/undo", core.Write, j.undo)
	pages.Page("GET /m/{merchant}/jobs/{job}/refused", core.Write, j.refused)
	pl := planPages{base: b, store: store}
	pages.Page("GET /m/{merchant}/plans", core.Read, pl.list)
	pages.Page("GET /m/{merchant}/plans/new", core.Write, pl.newForm)
	pages.Page("POST /m/{merchant}/plans/new", core.Write, pl.create)
	pages.Page("GET /m/{merchant}/plans/{plan}", core.Read, pl.show)
	pages.Page("GET /m/{merchant}/plans/{plan}/edit", core.Write, pl.editForm)
	pages.Page("POST /m/{merchant}/plans/{plan}/edit", core.Write, pl.save)
	pages.Page("POST /m/{merchant}/plans/{plan}/archive", core.Write, pl.archive)
	pages.Page("POST /m/{merchant}/plans/{plan}/unarchive", core.Write, pl.unarchive)
	pages.Page("POST /m/{merchant}/plans/{plan}/delete", core.Write, pl.delete)

	sb := subscriptionPages{base: b, store: store}
	pages.Page("GET /m/{merchant}/subscriptions", core.Read, sb.list)
	pages.Page("GET /m/{merchant}/subscriptions/{subscription}", core.Read, sb.show)
	pages.Page("GET /m/{merchant}/subscriptions/{subscription}/pause", core.Write, sb.pauseForm)
	pages.Page("POST /m/{merchant}/subscriptions/{subscription}/pause", core.Write, sb.pause)
	pages.Page("POST /m/{merchant}/subscriptions/{subscription}/resume", core.Write, sb.resume)
	pages.Page("GET /m/{merchant}/subscriptions/{subscription}/change", core.Write, sb.changeForm)
	pages.Page("POST /m/{merchant}/subscriptions/{subscription}/change", core.Write, sb.change)
	pages.Page("GET /m/{merchant}/subscriptions/{subscription}/cancel", core.Write, sb.cancelForm)
	pages.Page("POST /m/{merchant}/subscriptions/{subscription}/cancel", core.Write, sb.cancel)
	pages.Page("POST /m/{merchant}/subscriptions/{subscription}/keep", core.Write, sb.keep)
	pages.Page("GET /m/{merchant}/customers/{id}/subscriptions/new", core.Write, sb.startForm)
	pages.Page("POST /m/{merchant}/customers/{id}/subscriptions/new", core.Write, sb.start)

	k := cardPages{base: b, store: store}
	pages.Page("GET /m/{merchant}/customers/{id}/cards/new", core.Write, k.newForm, web.Secret)
	pages.Page("POST /m/{merchant}/customers/{id}/cards/new", core.Write, k.add, web.Secret, web.Body(cardForm))
	pages.Page("GET /m/{merchant}/customers/{id}/cards/{card}/edit", core.Write, k.editForm, web.Secret)
	pages.Page("POST /m/{merchant}/customers/{id}/cards/{card}/edit", core.Write, k.save, web.Secret, web.Body(cardForm))
	pages.Page("POST /m/{merchant}/customers/{id}/cards/{card}/default", core.Write, k.setDefault)
	pages.Page("GET /m/{merchant}/customers/{id}/cards/{card}/remove", core.Write, k.removeForm)
	pages.Page("POST /m/{merchant}/customers/{id}/cards/{card}/remove", core.Write, k.remove)

	h := channelPages{cardPages: k, channels: store}
	pages.Page("GET /m/{merchant}/customers/{id}/channels/new", core.Write, h.newForm, web.Secret)
	pages.Page("POST /m/{merchant}/customers/{id}/channels/new", core.Write, h.add, web.Secret, web.Body(cardForm))
	pages.Page("POST /m/{merchant}/customers/{id}/channels/{channel}/withdraw", core.Write, h.withdraw)

	pm := methodPages{base: b, store: store}
	pages.Page("GET /m/{merchant}/payment-methods", core.Read, pm.list)

	s := viewPages{store: store, pages: c}
	pages.Page("POST /m/{merchant}/views", core.Read, s.create)
	pages.Page("POST /m/{merchant}/views/{view}", core.Read, s.save)
	pages.Page("POST /m/{merchant}/views/{view}/delete", core.Read, s.delete)
	pages.Page("POST /m/{merchant}/views/{view}/restore", core.Read, s.restore)

	n := notePages{base: b, store: store, pages: c}
	pages.Page("POST /m/{merchant}/customers/{id}/notes", core.Write, n.add)
	pages.Page("POST /m/{merchant}/customers/{id}/notes/{note}", core.Write, n.save)
	pages.Page("POST /m/{merchant}/customers/{id}/notes/{note}/pin", core.Write, n.pin)
	pages.Page("POST /m/{merchant}/customers/{id}/notes/{note}/delete", core.Write, n.delete)

	py := paymentPages{base: b, store: store, charger: o.Charger}
	pages.Page("GET /m/{merchant}/payments", core.Read, py.list)
	pages.Page("GET /m/{merchant}/payments/{payment}", core.Read, py.show)
	pages.Page("POST /m/{merchant}/payments/{payment}/retry", core.Write, py.retry)
	pages.Page("POST /m/{merchant}/payments/{payment}/resolve", core.Write, py.resolve)
	pages.Page("GET /m/{merchant}/payments/{payment}/settle", core.Write, py.settleForm)
	pages.Page("POST /m/{merchant}/payments/{payment}/settle", core.Write, py.settle)
	pages.Page("GET /m/{merchant}/payments/{payment}/refund", core.Refund, py.refundForm)
	pages.Page("POST /m/{merchant}/payments/{payment}/refund", core.Refund, py.refund)
	pages.Page("POST /m/{merchant}/payments/{payment}/refunds/{refund}/resolve", core.Refund, py.resolveRefund)
	pages.Page("GET /m/{merchant}/customers/{id}/charge", core.Write, py.onceForm)
	pages.Page("POST /m/{merchant}/customers/{id}/charge", core.Write, py.once)
	pages.Page("POST /m/{merchant}/subscriptions/{subscription}/unpark", core.Write, py.unpark)

	ru := runPages{base: b, store: store}
	pages.Page("GET /m/{merchant}/runs", core.Read, ru.list)
	pages.Page("GET /m/{merchant}/runs/{run}", core.Read, ru.show)
	pages.Page("POST /m/{merchant}/runs/resume", core.Install, ru.resume)
	pages.Page("GET /m/{merchant}/payments/queue", core.Read, ru.queue)
	pages.Page("GET /m/{merchant}/payments/ahead", core.Read, ru.ahead)
	pages.Page("POST /m/{merchant}/payments/ahead", core.Read, ru.askAhead)

	a := activityPages{base: b, store: store}
	pages.Page("GET /activity", core.Visit, a.all)
	pages.Page("GET /m/{merchant}/activity", core.Read, a.list)

	er := erasePages{base: b, store: store}
	pages.Page("GET /m/{merchant}/customers/{id}/erase", core.Manage, er.form)
	pages.Page("POST /m/{merchant}/customers/{id}/erase", core.Manage, er.erase)
	pages.Page("GET /m/{merchant}/customers/{id}/data", core.Manage, er.data)
	pages.Page("POST /m/{merchant}/customers/{id}/data", core.Manage, er.takeOut)

	ml := mailPages{base: b, store: store}
	pages.Page("GET /m/{merchant}/mail", core.Read, ml.list)
	pages.Page("GET /m/{merchant}/mail/{mail}", core.Read, ml.show)
	pages.Page("GET /m/{merchant}/mail/{mail}/html", core.Read, ml.html)
	pages.Page("POST /m/{merchant}/mail/{mail}/resend", core.Write, ml.resend)
	pages.Page("GET /mail", core.Visit, ml.list)
	pages.Page("GET /mail/{mail}", core.Visit, ml.show)
	pages.Page("GET /mail/{mail}/html", core.Visit, ml.html)
	pages.Page("POST /mail/{mail}/resend", core.Install, ml.resend)

	docs := docPages{faces: o.Faces}
	pages.Open("GET /docs", docs.show)
	pages.Open("GET /docs/{file}", docs.file)

	root := http.NewServeMux()
	root.Handle("GET "+views.DocsAssets, swaggerUI())
	root.Handle("GET /static/", static.Handler())
	root.Handle("/", pages)
	return root
}

// errorPage is the page for a request that failed. It asks the store nothing.
func errorPage(r *http.Request, f web.Failure) templ.Component {
	v := views.ErrorView{Theme: theme(r), Status: f.Status, RequestID: f.Request, Wait: f.RetryAfter, Limit: f.Limit}
	if f.Part {
		return views.ErrorPart(v)
	}
	return views.ErrorPage(v)
}
