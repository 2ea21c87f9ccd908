package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"

	"kontor/db/core"
)

const goodPassword = "kettle orbit mustard"

// linkOf is the address, on this program, of a link that the console printed.
func linkOf(t *testing.T, printed string) string {
	t.Helper()
	link, err := url.Parse(strings.TrimSpace(printed))
	if err != nil || !strings.HasPrefix(link.Path, "/link/") {
		t.Fatalf("no link: %q", printed)
	}
	return link.RequestURI()
}

// setPassword gives somebody a password, as following their set-up link does.
func (h *house) setPassword(email, password string) {
	h.t.Helper()
	u, err := h.store.UserByEmail(h.t.Context(), email)
	if err != nil {
		h.t.Fatal(err)
	}
	token, err := h.store.CreateLink(h.t.Context(), core.System(u.Merchant), u.ID, core.SetUpLink)
	if err != nil {
		h.t.Fatal(err)
	}
	if _, err := h.store.UseLink(h.t.Context(), token, password, "192.0.2.1"); err != nil {
		h.t.Fatal(err)
	}
}

func (p *page) signInWith(email, password string) {
	p.t.Helper()
	p.fill("E-mail", email)
	p.fill("Password", password)
	p.click(p.button("Sign in"))
}

func TestSignInByLink(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		link := linkOf(t, h.kontor("link", "-email", "owner@sonne.example"))
		h.page(t, v).open(link) // a preview, a scanner: nothing is spent
		p := h.page(t, v)
		p.open(link)
		p.must(expect.Locator(p.Locator("form")).ToHaveCount(1))
		p.click(p.button("Sign in"))
		p.at(h.home)
		p.see(p.heading("Overview"))

		late := h.page(t, v)
		late.allow(http.StatusNotFound)
		late.open(link)
		late.see(late.heading("This link does not work any more"))
		late.click(late.link("Sign in with a password"))
		late.at("/login")
	})
}

func TestSetUpLink(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		link := linkOf(t, h.kontor("user", "add", "-email", "lena@sonne.example", "-name", "Lena Vogt", "-role", "member", "-merchant", "1"))
		p := h.page(t, v)
		p.open(link)
		p.see(p.heading("Welcome, Lena Vogt"))
		p.allow(http.StatusUnprocessableEntity)
		p.fill("Password", "short")
		p.click(p.button("Save and sign in"))
		p.see(p.heading("There is a problem"))
		p.says(p.main(), "Use at least 12 characters.")
		p.fill("Password", "qwertyuiop12")
		p.click(p.button("Save and sign in"))
		p.says(p.main(), "easily guessed")
		p.holds("Password", "")
		p.fill("Password", goodPassword)
		p.click(p.button("Save and sign in"))
		p.at(h.home)

		again := h.page(t, v)
		again.open("/login")
		again.signInWith("LENA@sonne.example", goodPassword)
		again.at(h.home)
	})
}

func TestSignInWithPassword(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		h.setPassword("owner@sonne.example", goodPassword)
		c := h.customer("name", "Edward Johnson")
		p := h.page(t, v)
		p.open(pathOf(c)) // leads to the sign-in page, and back afterwards
		p.at("/login")
		p.must(expect.Page(p.Page).ToHaveTitle("Sign in · Kontor"))

		p.allow(http.StatusUnprocessableEntity)
		const wrong = "The e-mail address or the password is not right."
		for _, email := range []string{"owner@sonne.example", "nobody@sonne.example"} {
			p.signInWith(email, "not the password")
			p.see(p.link(wrong))
			p.must(expect.Page(p.Page).ToHaveTitle("Error: Sign in · Kontor"))
			p.holds("E-mail", email)
			p.holds("Password", "")
			p.focused(p.GetByRole(*playwright.AriaRoleAlert))
		}
		p.click(p.link(wrong))
		p.focused(p.field("Password"))
		p.signInWith("owner@sonne.example", goodPassword)
		p.at(pathOf(c))
		p.see(p.heading("Edward Johnson"))

		p.open("/login?next=//elsewhere.example/")
		p.at(h.home)
	})
}

func TestSignInIsThrottled(t *testing.T) {
	h := newHouse(t)
	h.setPassword("owner@sonne.example", goodPassword)
	p := h.page(t, visitor{})
	p.open("/login")
	p.allow(http.StatusUnprocessableEntity, http.StatusTooManyRequests)
	for range core.AccountTries {
		p.signInWith("owner@sonne.example", "not the password")
		p.says(p.main(), "is not right")
	}
	p.signInWith("owner@sonne.example", goodPassword) // right, and refused all the same
	p.says(p.main(), "There were too many tries. Try again in ")
	p.holds("E-mail", "owner@sonne.example")
}

func TestShowPassword(t *testing.T) {
	h := newHouse(t)
	p := h.page(t, visitor{})
	p.open("/login")
	p.fill("Password", "to be seen")
	p.click(p.button("Show password"))
	p.must(expect.Locator(p.field("Password")).ToHaveAttribute("type", "text"))
	p.click(p.button("Show password"))
	p.must(expect.Locator(p.field("Password")).ToHaveAttribute("type", "password"))
}

func TestSignOutEndsTheSession(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		c := h.customer("name", "Edward Johnson")
		p := h.as(t, v, core.Owner)
		p.open(pathOf(c))
		p.see(p.heading("Edward Johnson"))
		cookies, err := p.Context().Cookies()
		p.must(err)

		p.click(p.summary("Account of Clara Sommer"))
		p.click(p.button("Sign out"))
		p.at("/login")
		_, err = p.GoBack()
		p.must(err)
		p.at("/login")
		p.miss(p.heading("Edward Johnson"))
		p.open(pathOf(c))
		p.at("/login")

		// The cookie from before opens nothing, whoever kept it.
		thief := h.page(t, v)
		var again []playwright.OptionalCookie
		for _, cookie := range cookies {
			again = append(again, cookie.ToOptionalCookie())
		}
		thief.must(thief.Context().AddCookies(again))
		thief.open(pathOf(c))
		thief.at("/login")
	})
}

func TestThemeByChoice(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, v visitor) {
		h := newHouse(t)
		p := h.as(t, v, core.Owner)
		p.click(p.button("Theme is system, switch to light"))
		p.at(h.list)
		p.click(p.button("Theme is light, switch to dark"))
		p.at(h.list)
		p.see(p.button("Theme is dark, switch to system"))
		// The browser itself asks for light pages here.
		if scheme := p.evaluate("getComputedStyle(document.documentElement).colorScheme"); scheme != "dark" {
			t.Errorf("the scheme is %v; want dark", scheme)
		}
	})
}
