package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"kontor/db"
	"kontor/db/core"
)

// A home is a machine of its own: its environment and what was said on it.
type home struct {
	t   *testing.T
	env map[string]string
}

func newHome(t *testing.T) *home {
	t.Helper()
	dir := t.TempDir()
	return &home{t, map[string]string{
		"KONTOR_DATA": filepath.Join(dir, "data"), "HOME": dir, "KONTOR_ADDR": "127.0.0.1:0",
	}}
}

// run runs a command to its end and returns its exit code and what it said.
func (h *home) run(args ...string) (code int, stdout, stderr string) {
	h.t.Helper()
	var out, err bytes.Buffer
	env := environment{Getenv: func(k string) string { return h.env[k] }, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &err}
	code = run(h.t.Context(), env, args)
	return code, out.String(), err.String()
}

// must runs a command that must succeed and returns its standard output.
func (h *home) must(args ...string) string {
	h.t.Helper()
	code, out, err := h.run(args...)
	if code != 0 {
		h.t.Fatalf("kontor %s: exit %d\n%s%s", strings.Join(args, " "), code, out, err)
	}
	return strings.TrimSpace(out)
}

// serve starts the server and returns its address; the test's end stops it.
func (h *home) serve(args ...string) string {
	h.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	said, tell := io.Pipe()
	exit := make(chan int, 1)
	env := environment{Getenv: func(k string) string { return h.env[k] }, Stdout: io.Discard, Stderr: tell}
	go func() { exit <- run(ctx, env, append([]string{"serve"}, args...)); tell.Close() }()
	h.t.Cleanup(func() {
		stop()
		if code := <-exit; code != 0 {
			h.t.Errorf("serve ended with %d", code)
		}
	})
	addr := regexp.MustCompile(`msg=serving addr=(\S+)`)
	var all []byte
	for buf := make([]byte, 4096); ; {
		n, err := said.Read(buf)
		all = append(all, buf[:n]...)
		if m := addr.FindSubmatch(all); m != nil {
			go io.Copy(io.Discard, said)
			return "http://" + string(m[1])
		}
		if err != nil {
			h.t.Fatalf("serve said:\n%s", all)
		}
	}
}

func browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

func TestLinkSignsInWithOneForm(t *testing.T) {
	h := newHome(t)
	h.must("user", "add", "-email", "ana@example.com", "-role", "admin")
	base := h.serve()
	link := h.must("link", "-email", "ANA@example.com")
	if strings.ContainsAny(link, " \n") {
		t.Fatalf("link prints %q", link)
	}
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	c := browser(t)
	for range 2 { // looking spends nothing
		res, err := c.Get(base + u.Path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if n := strings.Count(string(body), "<form"); n != 1 || res.StatusCode != 200 {
			t.Fatalf("%d forms, status %d", n, res.StatusCode)
		}
	}
	post := func() *http.Response {
		r, err := http.NewRequest("POST", base+u.Path, strings.NewReader(url.Values{"token": {filepath.Base(u.Path)}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", base)
		res, err := c.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res
	}
	if res := post(); res.StatusCode != 200 || res.Request.URL.Path != "/merchants" {
		t.Errorf("signed in to %d at %s", res.StatusCode, res.Request.URL.Path)
	}
	c = browser(t)
	if res := post(); res.StatusCode != 404 {
		t.Errorf("used twice: %d", res.StatusCode)
	}
}

func TestAppUserIsPrintedOnce(t *testing.T) {
	h := newHome(t)
	h.must("demo", "-customers", "20")
	var got struct {
		Merchant, ID int64
		Key          string
	}
	if err := json.Unmarshal([]byte(h.must("appuser", "add", "-merchant", "1", "-name", "shop", "-json")), &got); err != nil {
		t.Fatal(err)
	}
	key, err := base64.StdEncoding.DecodeString(got.Key)
	if err != nil || len(key) != 32 || got.Merchant != 1 || core.IDTime(got.ID).IsZero() {
		t.Errorf("%+v, %v", got, err)
	}
	file, err := os.ReadFile(filepath.Join(h.env["KONTOR_DATA"], "kontor.db"))
	if err != nil || bytes.Contains(file, key) || bytes.Contains(file, []byte(got.Key)) {
		t.Errorf("the key lies open in the database: %v", err)
	}
}

func TestExitCodes(t *testing.T) {
	h := newHome(t)
	h.must("demo", "-customers", "5")
	for _, tt := range []struct {
		args string
		code int
		says string
	}{
		{"version", 0, ""},
		{"help", 0, ""},
		{"serve -help", 0, ""},
		{"version now", 2, "no argument"},
		{"frobnicate", 2, "no command"},
		{"user", 2, "no command"},
		{"user add", 2, "-email"},
		{"user add -email a@example.com -role root", 2, "-role"},
		{"user add -email a@example.com -role owner", 2, "-merchant"},
		{"user add -email a@example.com -role owner -merchant 99", 1, "no merchant 99"},
		{"user add -email nobody -role admin", 1, "e-mail"},
		{"user add -email a@example.com -role admin auditor", 2, "no argument"},
		{"link", 2, "-email"},
		{"link -email nobody@example.com again", 2, "no argument"},
		{"link -email nobody@example.com", 1, "no active user"},
		{"appuser add -merchant 1", 2, "-name"},
		{"appuser add -merchant 99 -name x", 1, "no merchant 99"},
		{"appuser add -merchant 1 -name x y", 2, "no argument"},
		{"demo", 1, "already"},
		{"serve -frob", 2, "frob"},
		{"serve now", 2, "no argument"},
		{"import customers", 2, ""},
	} {
		code, _, said := h.run(strings.Fields(tt.args)...)
		if code != tt.code || !strings.Contains(said, tt.says) {
			t.Errorf("kontor %s: exit %d, want %d; says %q", tt.args, code, tt.code, said)
		}
	}
	for name, value := range map[string]string{
		"KONTOR_NODE": "32", "KONTOR_LOG": "xml", "KONTOR_URL": "office.example", "KONTOR_PROXIES": "127.0.0.1,nginx",
		"KONTOR_ADDR": "127.0.0.1", "KONTOR_DB": "mysql://office:geheim@db.example/kontor",
	} {
		usual := h.env[name]
		h.env[name] = value
		if code, _, said := h.run("serve"); code != 2 || !strings.Contains(said, name) || strings.Contains(said, "geheim") {
			t.Errorf("%s=%s: exit %d, says %q", name, value, code, said)
		}
		h.env[name] = usual
	}
}

// TestProxyTellsWhoAsks: who guesses passwords through a proxy makes nobody wait
// who comes through it from elsewhere, once the proxy is known.
func TestProxyTellsWhoAsks(t *testing.T) {
	for _, tt := range []struct{ proxies, origin string }{
		{"", "127.0.0.1"},
		{"10.1.0.0/16", "127.0.0.1"},
		{"127.0.0.1", "203.0.113.9"},
		{"10.1.0.0/16, 127.0.0.0/8", "198.51.100.7"},
	} {
		h := newHome(t)
		h.env["KONTOR_PROXIES"] = tt.proxies
		h.must("user", "add", "-email", "ana@example.com", "-role", "admin")
		base := h.serve()
		r, err := http.NewRequest("POST", base+"/login", strings.NewReader("email=ana%40example.com&password=no"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", base)
		r.Header.Set("X-Forwarded-For", "198.51.100.7, 203.0.113.9")
		if strings.Contains(tt.proxies, ",") {
			r.Header.Set("X-Forwarded-For", "192.0.2.1, 198.51.100.7, 10.1.2.3")
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		store, err := db.Open(t.Context(), filepath.Join(h.env["KONTOR_DATA"], "kontor.db"), db.Options{})
		if err != nil {
			t.Fatal(err)
		}
		page, err := store.Activity(t.Context(), core.System(0), core.ActivityList{Action: core.UserRefused})
		if err != nil || len(page.Events) != 1 || page.Events[0].Actor.Origin != tt.origin {
			t.Errorf("KONTOR_PROXIES=%q: %v, %+v; want one from %s", tt.proxies, err, page.Events, tt.origin)
		}
		store.Close()
	}
}

// TestDatabaseThatIsNotThere: a slip in its name is told, and not that all is
// well in the empty one that it would make.
func TestDatabaseThatIsNotThere(t *testing.T) {
	h := newHome(t)
	for _, args := range []string{
		"check", "bill -json", "bill -until +1d", "keys rotate", "link -email a@example.com", "appuser add -merchant 1 -name x",
		"import customers - -merchant 1",
	} {
		code, out, said := h.run(strings.Fields(args)...)
		if want := "there is no database " + filepath.Join(h.env["KONTOR_DATA"], "kontor.db"); code != 1 || out != "" || !strings.Contains(said, want) {
			t.Errorf("kontor %s: exit %d, says %q%q", args, code, out, said)
		}
	}
	if _, err := os.Stat(h.env["KONTOR_DATA"]); !os.IsNotExist(err) {
		t.Errorf("the folder is there: %v", err)
	}
	h.must("user", "add", "-email", "a@example.com", "-role", "admin") // before the first start
	if got := h.must("check"); got != "Nothing is wrong." {
		t.Error(got)
	}
}
