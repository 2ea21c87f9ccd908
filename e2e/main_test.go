package e2e

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/playwright-community/playwright-go"
)

// timeout is how long an action or expectation is tried, in milliseconds.
// It is generous because CI has two cores and the store tests use them too.
const timeout = 40_000

var (
	// chromium is nil where there is none; see [needBrowser].
	chromium playwright.Browser
	// expect makes assertions that wait until they hold.
	expect = playwright.NewPlaywrightAssertions(timeout)
	// scratch is a folder for this run.
	scratch string
)

func TestMain(m *testing.M) {
	stop, err := setUp()
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		os.Exit(1)
	}
	defer stop()
	m.Run()
}

func setUp() (stop func(), err error) {
	if err := os.RemoveAll(failedDir); err != nil {
		return nil, err
	}
	scratch, err = os.MkdirTemp("", "kontor-e2e-")
	if err != nil {
		return nil, err
	}
	path := os.Getenv("E2E_CHROMIUM")
	if path == "" {
		if os.Getenv("CI") != "" {
			return nil, errors.New("E2E_CHROMIUM is not set, and CI must not skip the browser tests")
		}
		return func() { os.RemoveAll(scratch) }, nil
	}

	// The driver is there: Install only adapts it to this playwright-go.
	options := &playwright.RunOptions{SkipInstallBrowsers: true}
	if err := playwright.Install(options); err != nil {
		return nil, err
	}
	pw, err := playwright.Run(options)
	if err != nil {
		return nil, err
	}
	chromium, err = pw.Chromium.Launch(playwright.BrowserTypeLaunchOptions{
		Headless:       playwright.Bool(true),
		ExecutablePath: &path,
		Args: []string{
			"--no-sandbox", // CI runs as root, where Chromium has no sandbox
			"--disable-gpu",
			"--disable-quic",
			"--no-first-run",
			"--disable-background-networking",
			"--disable-component-update",
			"--disable-sync",
			"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
		},
	})
	if err != nil {
		return nil, err
	}
	return func() {
		chromium.Close()
		pw.Stop()
		os.RemoveAll(scratch)
	}, nil
}

// needBrowser skips the test where there is no browser.
func needBrowser(t *testing.T) {
	t.Helper()
	if chromium == nil {
		t.Skip("no browser: E2E_CHROMIUM is not set; make e2e sets it")
	}
}
