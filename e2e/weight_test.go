package e2e

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/playwright-community/playwright-go"

	"kontor/db/core"
)

// maxFirstView is how heavy the list may be for who sees it first, in bytes
// over the wire.
const maxFirstView = 150_000

func TestFirstViewIsLight(t *testing.T) {
	h := newHouse(t)
	for i := range 50 {
		h.customer("name", fmt.Sprint("Customer ", i), "email", fmt.Sprintf("customer.%d@example.com", i), "company", "Northwind Traders",
			"billing.city", "Sarajevo", "billing.country", "BA")
	}
	signedIn := h.as(t, visitor{}, core.Viewer)
	cookies, err := signedIn.Context().Cookies()
	signedIn.must(err)
	p := h.page(t, visitor{}) // with nothing in its cache
	for _, c := range cookies {
		p.must(p.Context().AddCookies([]playwright.OptionalCookie{c.ToOptionalCookie()}))
	}
	var responses []playwright.Response
	p.OnResponse(func(r playwright.Response) { responses = append(responses, r) })
	p.open(h.list)
	p.must(expect.Locator(p.rows()).ToHaveCount(50))
	p.must(p.WaitForLoadState(playwright.PageWaitForLoadStateOptions{State: playwright.LoadStateNetworkidle}))
	total := 0
	for _, r := range responses {
		if strings.Contains(r.URL(), "latin-ext") || strings.HasPrefix(r.URL(), "data:") {
			continue
		}
		sizes, err := r.Request().Sizes()
		p.must(err)
		total += sizes.ResponseBodySize + sizes.ResponseHeadersSize
		t.Logf("%7d %s", sizes.ResponseBodySize+sizes.ResponseHeadersSize, r.URL())

		u, err := url.Parse(r.URL())
		p.must(err)
		header, err := r.HeaderValue("Cache-Control")
		p.must(err)
		switch static := strings.HasPrefix(u.Path, "/static/"); {
		case static && !(strings.Contains(header, "immutable") && strings.Contains(header, "max-age=31536000")):
			t.Errorf("%s is kept as %q", u.Path, header)
		case !static && header != "private, no-cache":
			t.Errorf("%s is kept as %q", u.Path, header)
		}
	}
	if total > maxFirstView || total < 20_000 {
		t.Errorf("the first view takes %d bytes, want at most %d", total, maxFirstView)
	}
}
