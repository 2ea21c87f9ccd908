package e2e

import (
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"

	"kontor/db/core"
)

// merchantRoutes are the pages within a merchant, as routes.go lists them.
func merchantRoutes(t *testing.T) (all [][2]string) {
	t.Helper()
	text, err := os.ReadFile("../handlers/routes.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`pages\.Page\("(\w+) (/m/[^"]+)"`).FindAllStringSubmatch(string(text), -1) {
		all = append(all, [2]string{m[1], m[2]})
	}
	if len(all) < 14 {
		t.Fatalf("routes.go lists %d pages of a merchant", len(all))
	}
	return all
}

func TestAnotherMerchantsPagesAreNotThere(t *testing.T) {
	h := newHouse(t)
	c := h.customer("name", "Edward Johnson")
	note, err := h.store.AddNote(t.Context(), core.System(h.first.ID), c.ID, core.Note{Text: "Moved house"})
	if err != nil {
		t.Fatal(err)
	}
	p := h.page(t, visitor{})
	h.signIn(p, "owner@globex.example")
	fill := func(path string, merchant int64) string {
		return strings.NewReplacer("{merchant}", strconv.FormatInt(merchant, 10), "{id}", after(pathOf(c)),
			"{note}", strconv.FormatInt(note.ID, 10), "{event}", "1").Replace(path)
	}
	requestID := regexp.MustCompile(`<code>[A-Z0-9]{16}</code>`)
	ask := func(method, path string) (int, string) {
		t.Helper()
		res, err := p.Context().Request().Fetch(h.URL+path, playwright.APIRequestContextFetchOptions{
			Method:       &method,
			Headers:      map[string]string{"Origin": h.URL, "Content-Type": "application/x-www-form-urlencoded"},
			MaxRedirects: playwright.Int(0),
		})
		p.must(err)
		body, err := res.Text()
		p.must(err)
		return res.Status(), requestID.ReplaceAllString(body, "")
	}
	_, never := ask("GET", "/m/99/customers")
	for _, r := range merchantRoutes(t) {
		status, body := ask(r[0], fill(r[1], h.first.ID))
		if status != http.StatusNotFound || body != never {
			t.Errorf("%s %s as another merchant's owner: %d, or not as one that never was", r[0], r[1], status)
		}
		// Under their own merchant's address it is as little there.
		if !strings.Contains(r[1], "{id}") {
			continue
		}
		if status, body := ask(r[0], fill(r[1], h.second.ID)); status != http.StatusNotFound || strings.Contains(body, "Edward") {
			t.Errorf("%s %s as another merchant's customer: %d", r[0], r[1], status)
		}
	}
	if got := h.now(c); !got.Living() || got.Version != 1 {
		t.Errorf("another merchant's owner left the customer as %+v", got)
	}

	p.allow(http.StatusNotFound)
	p.open(pathOf(c))
	p.see(p.heading("There is nothing here"))
	p.click(p.link("Go to the start"))
	p.see(p.heading("Overview"))
	p.open("/m/2/customers")
	p.see(p.heading("No customers yet"))
	p.search(c.UUID)
	p.see(p.heading("No customer matches"))
}

func TestEachRoleSeesWhatItMay(t *testing.T) {
	h := newHouse(t)
	c := h.customer("name", "Edward Johnson")
	gone := h.customer("name", "Gone Girl")
	if err := h.store.DeleteCustomer(t.Context(), core.System(h.first.ID), gone.ID, 0, ""); err != nil {
		t.Fatal(err)
	}
	for _, role := range core.Roles {
		t.Run(string(role), func(t *testing.T) {
			p := h.as(t, visitor{}, role)
			sees := func(what playwright.Locator, may bool) {
				t.Helper()
				if may {
					p.see(what.First())
				} else {
					p.must(expect.Locator(what).ToHaveCount(0))
				}
			}
			p.open(h.list)
			p.lists("Edward Johnson")
			sees(p.link("New customer"), role.May(core.Write))
			sees(p.link("Merchants"), role.May(core.Visit))
			p.open(pathOf(c))
			p.see(p.heading("Edward Johnson"))
			sees(p.link("Edit"), role.May(core.Write))
			sees(p.link("Delete"), role.May(core.Write))
			sees(p.summary("Add note"), role.May(core.Write))
			p.open(pathOf(gone))
			sees(p.button("Restore"), role.May(core.Write))

			p.allow(http.StatusForbidden)
			want := map[bool]int{true: http.StatusOK, false: http.StatusForbidden}
			for path, right := range map[string]core.Right{
				h.list + "/new": core.Write, pathOf(c) + "/edit": core.Write, pathOf(c) + "/delete": core.Write,
				"/merchants": core.Visit, "/find": core.Visit, "/merchants/new": core.Install,
			} {
				if got := p.open(path); got != want[role.May(right)] {
					t.Errorf("%s: %d, want %d", path, got, want[role.May(right)])
				}
			}
			if role.May(core.Visit) {
				p.open("/merchants")
				p.see(p.link("Bäckerei Sonne"))
				sees(p.link("Add merchant"), role.May(core.Install))
			} else {
				p.open("/merchants")
				p.see(p.heading("You may not do that"))
			}
		})
	}
}
