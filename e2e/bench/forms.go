package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"

	"kontor/views"
)

// A visit is a signed-in browser's. There is one for each connection.
type visit struct {
	base   string
	http   *http.Client
	cookie string // as a header has it
}

// signIn signs somebody in so many times, each by a link of its own.
func (k *kontor) signIn(ctx context.Context, addr, email string, times int) ([]*visit, error) {
	var out []*visit
	for range times {
		cmd := k.command(ctx, k.db, "link", "-email", email)
		link, err := cmd.Output()
		if err != nil {
			return nil, err
		}
		u, err := url.Parse(strings.TrimSpace(string(link)))
		if err != nil {
			return nil, err
		}
		jar, err := cookiejar.New(nil)
		if err != nil {
			return nil, err
		}
		v := &visit{base: "http://" + addr, http: &http.Client{Jar: jar, Timeout: answerWithin}}
		action, fields, err := v.form(ctx, u.Path, "form[method=post]")
		if err != nil {
			return nil, err
		}
		r, err := http.NewRequestWithContext(ctx, "POST", v.base+action, strings.NewReader(fields.Encode()))
		if err != nil {
			return nil, err
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		res, err := v.http.Do(r)
		if err != nil {
			return nil, err
		}
		res.Body.Close()
		at, err := url.Parse(v.base)
		if err != nil {
			return nil, err
		}
		for _, c := range jar.Cookies(at) {
			v.cookie = c.Name + "=" + c.Value
		}
		if v.cookie == "" {
			return nil, fmt.Errorf("no session: %s", res.Status)
		}
		out = append(out, v)
	}
	return out, nil
}

// form reads a form of a page: where it goes, and what a browser would send of
// it as it stands.
func (v *visit) form(ctx context.Context, path, selector string) (action string, fields url.Values, err error) {
	r, err := http.NewRequestWithContext(ctx, "GET", v.base+path, nil)
	if err != nil {
		return "", nil, err
	}
	res, err := v.http.Do(r)
	if err != nil {
		return "", nil, err
	}
	defer res.Body.Close()
	doc, err := goquery.NewDocumentFromReader(res.Body)
	if err != nil {
		return "", nil, err
	}
	form := doc.Find(selector).First()
	action, ok := form.Attr("action")
	if !ok || res.StatusCode != http.StatusOK {
		return "", nil, fmt.Errorf("%s: %s, and no %s", path, res.Status, selector)
	}
	fields = url.Values{}
	form.Find("input[name], select[name], textarea[name]").Each(func(_ int, s *goquery.Selection) {
		name := s.AttrOr("name", "")
		_, checked := s.Attr("checked")
		switch kind := s.AttrOr("type", ""); {
		case (kind == "checkbox" || kind == "radio") && !checked, kind == "submit":
		case s.Is("select"):
			chosen := s.Find("option[selected]")
			if chosen.Length() == 0 {
				chosen = s.Find("option").First()
			}
			fields.Add(name, chosen.AttrOr("value", chosen.Text()))
		case s.Is("textarea"):
			fields.Add(name, strings.TrimPrefix(s.Text(), "\n"))
		default:
			fields.Add(name, s.AttrOr("value", ""))
		}
	})
	return action, fields, nil
}

const customerForm = "form#customer-form"

// perConnection is how many customers each connection saves in turn, on each
// side: nobody saves another's, so that no save is stale.
const perConnection = 16

// A subject is a customer that is saved again and again.
type subject struct {
	id             int64
	form           string // all but the e-mail address and the version
	path, cookie   string
	version, saves int
}

// saveScenario sends the whole form of a customer, as a browser does, with
// another e-mail address each time. On the floor only what is changed is sent.
// The page that a save leads to is not asked for.
func saveScenario(ctx context.Context, subjects *subjects, visitors []*visit) (*scenario, error) {
	sc := &scenario{name: "save", what: "another e-mail address", want: http.StatusSeeOther, most: writeAtMost}
	var edited [connections][]*subject
	var bare [connections][]int64
	for i, id := range subjects.editable {
		c := i % connections
		if i%(2*connections) >= connections {
			bare[c] = append(bare[c], id)
			continue
		}
		v := visitors[c]
		s := &subject{id: id, path: views.EditCustomerURL(subjects.merchant, id), cookie: v.cookie}
		_, fields, err := v.form(ctx, s.path, customerForm)
		if err != nil {
			return nil, err
		}
		if s.version, err = strconv.Atoi(fields.Get("version")); err != nil {
			return nil, fmt.Errorf("%s: version: %w", s.path, err)
		}
		fields.Del("version")
		fields.Del("email")
		s.form = fields.Encode()
		edited[c] = append(edited[c], s)
	}
	sc.kontor = func(c, n int) []byte {
		s := edited[c][n%len(edited[c])]
		s.saves++
		form := fmt.Sprintf("%s&version=%d&email=%s", s.form, s.version, url.QueryEscape(address(s.id, s.saves)))
		s.version++
		return post(s.path, s.cookie, form)
	}
	sc.floor = func(c, n int) []byte {
		id := bare[c][n%len(bare[c])]
		return post("/save", "", fmt.Sprintf("m=%d&id=%d&email=%s", subjects.merchant, id, url.QueryEscape(address(id, n))))
	}
	return sc, nil
}

// address is the nth e-mail address of a customer, and nobody else's: who shares
// one is looked at as perhaps the same person.
func address(customer int64, n int) string {
	return fmt.Sprintf("saved%d.n%d@example.com", customer, n)
}

// createScenario sends the form for new customers, filled in with what people
// usually know of one.
func createScenario(ctx context.Context, merchant int64, visitors []*visit) (*scenario, error) {
	sc := &scenario{name: "create", what: "a person with a billing address", want: http.StatusSeeOther, most: writeAtMost}
	_, fields, err := visitors[0].form(ctx, views.NewCustomerURL(merchant), customerForm)
	if err != nil {
		return nil, err
	}
	first, start := []string{"Amara", "Björn", "Chiara", "Dragan", "Emine", "François", "Greta", "Hüseyin"}, time.Now().Unix()
	// Nobody is like anybody on the other side, or there were pairs to be kept.
	codes := map[string]int{"k": 30, "f": 40}
	person := func(c, n int, side string) map[string]string {
		return map[string]string{
			"first_name": first[c], "last_name": fmt.Sprintf("Muster%s%d", side, n),
			"email": fmt.Sprintf("%s%d.%d.%d@example.com", side, c, n, start), "phone": fmt.Sprintf("+49 %d %07d", codes[side], n*connections+c),
			"company": "", "street": fmt.Sprintf("Gartenstraße %d", n%100), "postcode": "10115", "city": "Berlin", "country": "DE",
		}
	}
	plain := map[string]bool{"first_name": true, "last_name": true, "email": true, "phone": true, "company": true}
	for name := range person(0, 0, "") {
		if !plain[name] {
			name = "billing." + name
		}
		if !fields.Has(name) {
			return nil, fmt.Errorf("the form has no %s", name)
		}
		fields.Del(name)
	}
	rest := fields.Encode()
	sc.kontor = func(c, n int) []byte {
		var form bytes.Buffer
		form.WriteString(rest)
		for name, value := range person(c, n, "k") {
			if !plain[name] {
				name = "billing." + name
			}
			form.WriteString("&" + name + "=" + url.QueryEscape(value))
		}
		return post(views.NewCustomerURL(merchant), visitors[c].cookie, form.String())
	}
	sc.floor = func(c, n int) []byte {
		form := url.Values{"m": {strconv.FormatInt(merchant, 10)}}
		for name, value := range person(c, n, "f") {
			form.Set(name, value)
		}
		return post("/create", "", form.Encode())
	}
	return sc, nil
}
