package e2e

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/playwright-community/playwright-go"
)

const (
	picturesDir = "pictures"
	failedDir   = picturesDir + "/failed"
)

// visitor says who looks at a page. The zero visitor sits at a desktop, in
// the light theme, with scripts.
type visitor struct {
	Dark      bool
	Phone     bool // 390 pixels wide, with touch
	NoScripts bool
}

func (v visitor) theme() string {
	if v.Dark {
		return "dark"
	}
	return "light"
}

// withAndWithoutScripts tells a story twice.
func withAndWithoutScripts(t *testing.T, story func(t *testing.T, v visitor)) {
	t.Run("with scripts", func(t *testing.T) { story(t, visitor{}) })
	t.Run("without scripts", func(t *testing.T) { story(t, visitor{NoScripts: true}) })
}

// page is a browser tab with cookies of its own. Its methods fail the test
// when what they do or expect does not come about in time.
type page struct {
	playwright.Page
	t       *testing.T
	visitor visitor

	mu      sync.Mutex
	faults  []string
	allowed []int // statuses
}

// reportCSP makes CSP reports errors on the console. Chromium writes its own
// there too, but not for policies that only report.
const reportCSP = `addEventListener("securitypolicyviolation", e => console.error(
	"CSP: " + e.effectiveDirective + " refuses " + e.blockedURI + " at " + e.sourceFile + ":" + e.lineNumber))`

// page opens an empty tab, closed at the end of the test. Any fault seen in
// it until then fails the test.
func (a *app) page(t *testing.T, v visitor) *page {
	t.Helper()
	needBrowser(t)
	options := playwright.BrowserNewContextOptions{
		BaseURL:           &a.URL,
		ColorScheme:       playwright.ColorSchemeLight,
		JavaScriptEnabled: playwright.Bool(!v.NoScripts),
		Locale:            playwright.String("en-GB"),
		ReducedMotion:     playwright.ReducedMotionReduce,
		TimezoneId:        playwright.String("Europe/Berlin"),
		Viewport:          &playwright.Size{Width: 1280, Height: 900},
	}
	if v.Dark {
		options.ColorScheme = playwright.ColorSchemeDark
	}
	if v.Phone {
		options.Viewport = &playwright.Size{Width: 390, Height: 844}
		options.DeviceScaleFactor = playwright.Float(2)
		options.HasTouch = playwright.Bool(true)
		options.IsMobile = playwright.Bool(true)
	}
	tab, err := chromium.NewContext(options)
	if err != nil {
		t.Fatal(err)
	}
	tab.SetDefaultTimeout(timeout)
	p := &page{t: t, visitor: v}
	t.Cleanup(func() { p.close(tab) })

	home, err := url.Parse(a.URL)
	if err != nil {
		t.Fatal(err)
	}
	p.watch(tab, home.Host)
	if err := tab.AddInitScript(playwright.Script{Content: playwright.String(reportCSP)}); err != nil {
		t.Fatal(err)
	}
	if p.Page, err = tab.NewPage(); err != nil {
		t.Fatal(err)
	}
	p.SetDefaultTimeout(timeout) // the tab's own does not reach every action
	return p
}

// watch collects the faults of everything in tab. It calls nothing that
// talks to the browser, which an event handler must not.
func (p *page) watch(tab playwright.BrowserContext, host string) {
	tab.OnConsole(func(m playwright.ConsoleMessage) {
		// Answers of 400 and above are on the console too, but also below.
		if m.Type() == "error" && !strings.HasPrefix(m.Text(), "Failed to load resource: the server responded") {
			p.fault("console: %s", m.Text())
		}
	})
	tab.OnWebError(func(e playwright.WebError) { p.fault("script error: %v", e.Error()) })
	tab.OnRequest(func(r playwright.Request) {
		u, err := url.Parse(r.URL())
		if err != nil || u.Host != host && u.Scheme != "data" && u.Scheme != "blob" && u.Scheme != "about" {
			p.fault("request to another host: %s", r.URL())
		}
	})
	tab.OnResponse(func(r playwright.Response) {
		if r.Status() >= 400 {
			p.mu.Lock()
			allowed := slices.Contains(p.allowed, r.Status())
			p.mu.Unlock()
			if !allowed {
				p.fault("%s %s was answered %d", r.Request().Method(), r.URL(), r.Status())
			}
		}
	})
}

func (p *page) fault(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = append(p.faults, fmt.Sprintf(format, args...))
}

// takeFaults returns what has gone wrong so far and forgets it.
func (p *page) takeFaults() []string {
	// Events come in order: this answer comes after all of theirs, and after
	// what the page has queued.
	if p.visitor.NoScripts {
		p.Evaluate("0") // a timer would never fire
	} else {
		p.Evaluate("new Promise(done => setTimeout(done))")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	faults := p.faults
	p.faults = nil
	return faults
}

// allow lets answers with the given statuses pass from now on.
func (p *page) allow(statuses ...int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.allowed = append(p.allowed, statuses...)
}

func (p *page) close(tab playwright.BrowserContext) {
	if p.Page != nil {
		for _, f := range p.takeFaults() {
			p.t.Errorf("%s: %s", p.URL(), f)
		}
		if p.t.Failed() {
			p.keep()
		}
	}
	if err := tab.Close(); err != nil {
		p.t.Error(err)
	}
}

// keep leaves the page as it is now in the folder of failures.
func (p *page) keep() {
	name := filepath.Join(failedDir, strings.NewReplacer("/", "-", " ", "_").Replace(p.t.Name()))
	html, err := p.Content()
	if err == nil {
		err = os.MkdirAll(failedDir, 0o755)
	}
	if err == nil {
		err = os.WriteFile(name+".html", []byte(html), 0o644)
	}
	if err == nil {
		_, err = p.Screenshot(playwright.PageScreenshotOptions{Path: playwright.String(name + ".png"), FullPage: playwright.Bool(true)})
	}
	if err != nil {
		p.t.Logf("the page at failure could not be kept: %v", err)
		return
	}
	p.t.Logf("the page at failure: e2e/%s.png and .html (%s)", name, p.URL())
}

func (p *page) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatalf("%s: %v", p.URL(), err)
	}
}

// open goes to a path and returns the status of the answer.
func (p *page) open(path string) int {
	p.t.Helper()
	res, err := p.Goto(path)
	p.must(err)
	return res.Status()
}

// What a person calls by its name. The name is whole and exact, or a
// *regexp.Regexp.

func (p *page) role(role playwright.AriaRole, name any) playwright.Locator {
	return p.GetByRole(role, playwright.PageGetByRoleOptions{Name: name, Exact: playwright.Bool(true)})
}

func (p *page) button(name any) playwright.Locator {
	return p.role(*playwright.AriaRoleButton, name)
}

func (p *page) link(name any) playwright.Locator {
	return p.role(*playwright.AriaRoleLink, name)
}

func (p *page) heading(name any) playwright.Locator {
	return p.role(*playwright.AriaRoleHeading, name)
}

// field is the control with the given label.
func (p *page) field(label any) playwright.Locator {
	return p.GetByLabel(label, playwright.PageGetByLabelOptions{Exact: playwright.Bool(true)})
}

func (p *page) click(what playwright.Locator) {
	p.t.Helper()
	p.must(what.Click())
}

// fill replaces what the field with the given label holds.
func (p *page) fill(label any, text string) {
	p.t.Helper()
	p.must(p.field(label).Fill(text))
}

// evaluate returns what a script comes to in the page, which is there whole by
// then: its address is seen before its text.
func (p *page) evaluate(script string) any {
	p.t.Helper()
	p.must(p.WaitForLoadState())
	got, err := p.Evaluate(script)
	p.must(err)
	return got
}

// press strikes a key ("Enter", "/", "Shift+Tab") where the focus is.
func (p *page) press(key string) {
	p.t.Helper()
	p.must(p.Keyboard().Press(key))
}

// see waits until something is there to be seen.
func (p *page) see(what playwright.Locator) {
	p.t.Helper()
	p.must(expect.Locator(what).ToBeVisible())
}

// miss waits until something is not, or no longer, to be seen.
func (p *page) miss(what playwright.Locator) {
	p.t.Helper()
	p.must(expect.Locator(what).ToBeHidden())
}

// at waits until the address is path, with any query.
func (p *page) at(path string) {
	p.t.Helper()
	p.must(expect.Page(p.Page).ToHaveURL(pathPattern(path)))
}

// asks waits until the address has the text as its "q", or no query when the
// text is "".
func (p *page) asks(text string) {
	p.t.Helper()
	pattern := `^[^?]*$`
	if text != "" {
		pattern = `[?&]q=` + regexp.QuoteMeta(url.QueryEscape(text)) + `(&|$)`
	}
	p.must(expect.Page(p.Page).ToHaveURL(regexp.MustCompile(pattern)))
}

// leave waits until the address is not path any more.
func (p *page) leave(path string) {
	p.t.Helper()
	p.must(expect.Page(p.Page).Not().ToHaveURL(pathPattern(path)))
}

func pathPattern(path string) *regexp.Regexp {
	return regexp.MustCompile(`^https?://[^/]+` + regexp.QuoteMeta(path) + `([?#].*)?$`)
}

// fits sees that nothing is wider than the window.
func (p *page) fits() {
	p.t.Helper()
	if wide := p.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"); wide != 0 {
		p.t.Errorf("%s is %v pixels wider than the window", p.URL(), wide)
	}
}
