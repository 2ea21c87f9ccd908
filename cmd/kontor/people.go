package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"kontor/db/core"
	"kontor/views"
)

func cmdUserAdd(ctx context.Context, env environment, args []string) error {
	fs, c := flagsOf(env, "user add", "")
	email := fs.String("email", "", "e-mail address, by which the person signs in")
	name := fs.String("name", "", "name; the address when not given")
	role := fs.String("role", "", "admin, agent or auditor of the staff; owner, member or viewer of a merchant")
	merchant := fs.Int64("merchant", 0, "the merchant's number, for owner, member and viewer")
	if err := parseAlone(fs, args); err != nil {
		return err
	}
	u := core.User{Email: *email, Name: *name, Role: core.Role(*role), Merchant: *merchant}
	if u.Name == "" {
		u.Name = u.Email
	}
	switch {
	case u.Email == "":
		return misuse("say who: -email")
	case !u.Role.Known():
		return misuse("-role is one of %v", core.Roles)
	case u.Role.Staff() && u.Merchant != 0:
		return misuse("%s is of the staff and has no -merchant", u.Role)
	case !u.Role.Staff() && u.Merchant == 0:
		return misuse("say whose %s: -merchant", u.Role)
	}
	c.Makes = true
	store, err := openStore(ctx, env, c)
	if err != nil {
		return err
	}
	defer store.Close()
	_, token, err := store.CreateUser(ctx, core.System(u.Merchant), u)
	if err != nil {
		return plainly(err, fmt.Sprintf("merchant %d", u.Merchant))
	}
	fmt.Fprintln(env.Stdout, c.public(views.LinkURL(token)))
	return nil
}

func cmdLink(ctx context.Context, env environment, args []string) error {
	fs, c := flagsOf(env, "link", "")
	email := fs.String("email", "", "whom to sign in")
	if err := parseAlone(fs, args); err != nil {
		return err
	}
	if *email == "" {
		return misuse("say who: -email")
	}
	store, err := openStore(ctx, env, c)
	if err != nil {
		return err
	}
	defer store.Close()
	u, err := store.UserByEmail(ctx, *email)
	if err == nil {
		var token string
		if token, err = store.CreateLink(ctx, core.System(0), u.ID, core.SignInLink); err == nil {
			fmt.Fprintln(env.Stdout, c.public(views.LinkURL(token)))
			return nil
		}
	}
	return plainly(err, "active user "+*email)
}

func cmdAppUserAdd(ctx context.Context, env environment, args []string) error {
	fs, c := flagsOf(env, "appuser add", "")
	merchant := fs.Int64("merchant", 0, "the merchant's number")
	name := fs.String("name", "", "what the program is called")
	asJSON := fs.Bool("json", false, "print a JSON object")
	if err := parseAlone(fs, args); err != nil {
		return err
	}
	if *merchant == 0 || *name == "" {
		return misuse("say whose and what: -merchant and -name")
	}
	store, err := openStore(ctx, env, c)
	if err != nil {
		return err
	}
	defer store.Close()
	a, key, err := store.CreateApplicationUser(ctx, core.System(*merchant), core.ApplicationUser{Name: *name})
	if err != nil {
		return plainly(err, fmt.Sprintf("merchant %d", *merchant))
	}
	if *asJSON {
		return json.NewEncoder(env.Stdout).Encode(struct {
			Merchant int64  `json:"merchant"`
			ID       int64  `json:"id"`
			Key      string `json:"key"`
		}{a.Merchant, a.ID, key})
	}
	fmt.Fprintf(env.Stdout, "merchant  %d\nid        %d\nkey       %s\n\nThe key is shown this once.\n", a.Merchant, a.ID, key)
	return nil
}

// plainly says an error of the store in words: which field, or what is not
// there.
func plainly(err error, what string) error {
	var bad core.Invalid
	switch {
	case errors.As(err, &bad):
		return errors.New(views.Complaint(bad[0]))
	case errors.Is(err, core.ErrNotFound):
		return fmt.Errorf("there is no %s", what)
	}
	return err
}
