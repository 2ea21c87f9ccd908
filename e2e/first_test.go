package e2e

import (
	"net/url"
	"regexp"
	"testing"
)

// firstLink is the link on the console that makes the first admin.
func (a *app) firstLink(t *testing.T) string {
	t.Helper()
	link, err := url.Parse(regexp.MustCompile(`https?://\S+/first/\S+`).FindString(a.console.String()))
	if err != nil || link.Path == "" {
		t.Fatalf("the console has no link: %v\n%s", err, a.console)
	}
	return link.RequestURI()
}

func TestFirstStart(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		a := start(t)
		p := a.page(t, v)
		p.open("/")
		p.at("/login")
		p.see(p.heading("Welcome to Kontor"))
		p.miss(p.field("Password"))

		p.open(a.firstLink(t))
		p.fill("Your name", "Mira Lang")
		p.fill("E-mail", "mira@sonne.example")
		p.fill("Password", "password1234")
		p.allow(422)
		p.click(p.button("Save and sign in"))
		p.see(p.link("This password is easily guessed. Choose another, such as a few words that do not belong together."))
		p.holds("Your name", "Mira Lang")
		p.holds("E-mail", "mira@sonne.example")
		p.holds("Password", "")
		p.fill("Password", "kettle orbit mustard")
		p.click(p.button("Save and sign in"))

		p.at("/merchants/new")
		p.fill("Name", "Bäckerei Sonne")
		p.choose("Country", "Germany")
		p.click(p.button("Add merchant"))
		p.at("/m/1/customers")
		p.told("Bäckerei Sonne is merchant 1")
		p.see(p.heading("No customers yet"))
		p.see(p.link("Import customers"))

		p.click(p.main().GetByText("New customer").Last())
		p.fill("First name", "Amara")
		p.fill("Last name", "Okafor")
		p.click(p.button("Save customer"))
		p.leave("/m/1/customers/new")
		p.see(p.heading("Amara Okafor"))
		p.told("Amara Okafor added")
		p.open("/m/1/customers")
		p.lists("Amara Okafor")

		// The link made one admin and makes no other.
		other := a.page(t, v)
		other.open(a.firstLink(t))
		other.at("/login")
		other.see(other.heading("Sign in"))
	})
}
