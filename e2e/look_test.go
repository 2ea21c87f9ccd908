package e2e

import (
	_ "embed"
	"path/filepath"
	"testing"

	"github.com/playwright-community/playwright-go"
)

//go:embed testdata/axe-core/axe.min.js
var axeSource string

// runAxe answers with a list of texts, one for each rule broken.
const runAxe = `axe.run({
	runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
	resultTypes: ["violations"],
}).then(found => found.violations.map(v => v.id + ": " + v.help +
	v.nodes.map(n => "\n  " + n.html + "\n    " + n.failureSummary.replaceAll("\n", "\n    ")).join("")))`

// axe fails the test with the accessibility faults of the page as it is now.
func axe(t *testing.T, p *page) {
	t.Helper()
	for _, fault := range axeFaults(t, p) {
		t.Errorf("%s: %s", p.URL(), fault)
	}
}

func axeFaults(t *testing.T, p *page) []string {
	t.Helper()
	if p.evaluate("'axe' in window") != true {
		p.evaluate(axeSource)
	}
	var faults []string
	for _, f := range p.evaluate(runAxe).([]any) {
		faults = append(faults, f.(string))
	}
	return faults
}

// picture keeps what the page looks like now, whole, in pictures.
func picture(t *testing.T, p *page, name string) {
	t.Helper()
	name += "-" + p.visitor.theme()
	if p.visitor.Phone {
		name += "-390"
	}
	// The window is made as high as the page, so that what keeps to the
	// window's edges does not stand in the middle.
	size := p.ViewportSize()
	height := p.evaluate("document.documentElement.scrollHeight").(int)
	p.must(p.SetViewportSize(size.Width, max(size.Height, height)))
	_, err := p.Screenshot(playwright.PageScreenshotOptions{
		Path:       playwright.String(filepath.Join(picturesDir, name+".png")),
		Animations: playwright.ScreenshotAnimationsDisabled,
	})
	p.must(err)
	p.must(p.SetViewportSize(size.Width, size.Height))
}
