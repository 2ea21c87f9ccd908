package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"kontor/db"
	"kontor/db/core"
	"kontor/db/demo"
	"kontor/handlers"
	"kontor/handlers/api"
	"kontor/views"
	"kontor/web"
)

// demoCustomers is how many customers the demo has unless said otherwise.
const demoCustomers = 20000

func cmdServe(ctx context.Context, env environment, args []string) error {
	fs, c := flagsOf(env, "serve", "")
	c.Sandbox, c.Makes = true, true
	showDemo := fs.Bool("demo", false, "make demo data where there is none, and print sign-in links for its people")
	if err := parseAlone(fs, args); err != nil {
		return err
	}
	store, err := openStore(ctx, env, c)
	if err != nil {
		return err
	}
	defer store.Close()
	if err := store.UnlockVault(ctx); err != nil {
		return err
	}
	if *showDemo {
		if err := makeDemo(ctx, env, c, store); err != nil {
			return err
		}
	}
	ln, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return err
	}
	c.Addr = ln.Addr().String() // the port, where 0 was asked for
	first, err := c.greet(ctx, env, store, *showDemo)
	if err != nil {
		ln.Close()
		return err
	}
	log := c.logger(env)
	log.Info("serving", "addr", c.Addr, "url", c.public("/"), "version", version())
	working, stop := context.WithCancel(ctx)
	var worker sync.WaitGroup
	worker.Go(func() { work(working, log, time.After, c.tasks(store)) })
	defer worker.Wait() // before the store closes
	defer stop()
	return web.Serve(ctx, ln, c.handler(store, env, first), log)
}

// handler is the whole program as the network sees it.
func (c *config) handler(store *db.Store, env environment, first string) http.Handler {
	site := &web.Site{Log: c.logger(env), URL: c.URL, Proxies: c.Proxies}
	all := faces(store)
	apis := api.New(store, api.Options{Log: site.Log, Now: time.Now, Rate: c.APIRate}, all...)
	routes := handlers.Routes(store, site, handlers.Options{FirstRun: first, Now: time.Now, Faces: all, Charger: c.worker})
	return site.Around(site.Health(store.Ready, apis.Around(routes)))
}

// makeDemo fills a database that has no merchant yet.
func makeDemo(ctx context.Context, env environment, c *config, store *db.Store) error {
	any, err := store.HasUsers(ctx)
	if err != nil || any {
		return err
	}
	return fillDemo(ctx, env, c, store, demoCustomers, 1)
}

// greet prints what whoever starts the program needs first: the link that
// makes the first admin where there is nobody, and in a demo links that sign
// its people in. It returns the first link's token.
func (c *config) greet(ctx context.Context, env environment, store *db.Store, showDemo bool) (first string, err error) {
	any, err := store.HasUsers(ctx)
	if err != nil {
		return "", err
	}
	if !any {
		first = rand.Text()
		fmt.Fprintf(env.Stdout, "Nobody can sign in yet. Make the first admin:\n\n  %s\n\n", c.public(views.FirstURL(first)))
		return first, nil
	}
	if !showDemo {
		return "", nil
	}
	fmt.Fprintf(env.Stdout, "Kontor runs at %s\n\nSign in, once with each link:\n\n", c.public("/"))
	for _, who := range []struct{ what, email string }{
		{"staff admin", demo.AdminEmail}, {"merchant owner", demo.OwnerEmail},
	} {
		u, err := store.UserByEmail(ctx, who.email)
		if errors.Is(err, core.ErrNotFound) { // not the demo's database
			continue
		}
		if err != nil {
			return "", err
		}
		token, err := store.CreateLink(ctx, core.System(0), u.ID, core.SignInLink)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(env.Stdout, "  %-15s %s\n", who.what, c.public(views.LinkURL(token)))
	}
	fmt.Fprintln(env.Stdout)
	return "", nil
}
