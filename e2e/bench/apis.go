package main

import (
	"context"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"kontor/db"
	"kontor/db/core"
)

// A program asks the APIs.
type program struct {
	id    int64
	key   string // base64, as it was shown
	token string // of Acquired.com's login
}

// tokenLife is longer than a run of the bench.
const tokenLife = time.Hour

// program adds one to the merchant.
func (k *kontor) program(ctx context.Context) (_ *program, err error) {
	store, err := db.Open(ctx, k.db, db.Options{KeyFile: k.keyFile()})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	a, key, err := store.CreateApplicationUser(ctx, core.System(merchant), core.ApplicationUser{Name: "Bench"})
	if err != nil {
		return nil, err
	}
	token, err := store.IssueToken(ctx, a, tokenLife)
	return &program{id: a.ID, key: key, token: token}, err
}

// A header is what a call says of itself beside its method and target.
type header struct{ name, value string }

// call writes a request as a program's HTTP library would.
func call(method, target, body string, headers ...header) []byte {
	text := method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: client/1.0\r\nAccept: application/json\r\n"
	if body != "" {
		headers = append(headers, header{"Content-Type", "application/json"}, header{"Content-Length", strconv.Itoa(len(body))})
	}
	for _, h := range headers {
		text += h.name + ": " + h.value + "\r\n"
	}
	return []byte(text + "\r\n" + body)
}

// wallee returns what signs a call of wallee's API: a JSON Web Token for this
// method and target, and the space.
func (p *program) wallee(method, target string) []header {
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"sub": strconv.FormatInt(p.id, 10), "iat": time.Now().Unix(), "requestPath": target, "requestMethod": method,
	})
	token.Header["ver"] = 1
	key, err := base64.StdEncoding.DecodeString(p.key)
	if err != nil {
		panic("bench: the store made a key that is no base64: " + err.Error())
	}
	signed, err := token.SignedString(key)
	if err != nil {
		panic("bench: a token cannot be signed: " + err.Error())
	}
	return []header{{"Authorization", "Bearer " + signed}, {"Space", strconv.Itoa(merchant)}}
}

// monri returns what signs a call of Monri's API that has no body, by WP3-v2.1.
func (p *program) monri(target string) header {
	at, id := strconv.FormatInt(time.Now().Unix(), 10), strconv.FormatInt(p.id, 10)
	sum := sha512.Sum512([]byte(p.key + at + id + target))
	return header{"Authorization", "WP3-v2.1 " + id + " " + at + " " + hex.EncodeToString(sum[:])}
}

const walleeCustomers = "/api/v2.0/customers"

// read is a scenario of calls of wallee's API that read.
func (p *program) read(name, what string, target float64, mark string, targets, floors []string) *scenario {
	sc := &scenario{name: name, what: what, want: http.StatusOK, target: target, mark: mark}
	sc.kontor = signed(len(targets), func(i int) []byte {
		return call("GET", targets[i], "", p.wallee("GET", targets[i])...)
	})
	sc.floor = signed(len(floors), func(i int) []byte { return get(floors[i], "") })
	return sc
}

// hold is how long a signature is used, of the ten minutes that it is good for.
const hold = 5 * time.Minute

// signed are n requests in turn as cycle has them, made when they are first
// asked for and again when their signatures are old.
func signed(n int, make func(i int) []byte) requests {
	var (
		mu  sync.Mutex
		all requests
		at  time.Time
	)
	now := func() requests {
		mu.Lock()
		defer mu.Unlock()
		if time.Since(at) > hold {
			var prepared [][]byte
			for i := range n {
				prepared = append(prepared, make(i))
			}
			all, at = cycle(prepared), time.Now()
		}
		return all
	}
	return func(c, n int) []byte { return now()(c, n) }
}

// A signature is one that a connection uses again and again.
type signature struct {
	headers []header
	at      time.Time
}

func (s *signature) of(p *program, method, target string) []header {
	if time.Since(s.at) > hold {
		s.headers, s.at = p.wallee(method, target), time.Now()
	}
	return s.headers
}

// scenarios are those of the APIs.
func (p *program) scenarios(k *kontor, s *subjects) []*scenario {
	m := strconv.Itoa(merchant)
	var ones, oneFloors, pages, pageFloors, words, wordFloors []string
	for _, id := range s.customers {
		n := strconv.FormatInt(id, 10)
		ones, oneFloors = append(ones, walleeCustomers+"/"+n), append(oneFloors, "/record?m="+m+"&id="+n)
		pages = append(pages, walleeCustomers+"?limit=50&after="+n)
		pageFloors = append(pageFloors, "/records/oldest?"+url.Values{"a": {m, n}}.Encode())
	}
	for _, word := range s.rare {
		words = append(words, walleeCustomers+"/search?limit=50&query="+url.QueryEscape(word))
		floor, args := like(1), append([]string{m}, patterns(word)...)
		if k.engine == sqlite {
			found := s.trigrams.search(merchant, []string{word}, "")
			floor, args = found.list, found.args
		}
		wordFloors = append(wordFloors, "/records/"+floor+"-oldest?"+url.Values{"a": args}.Encode())
	}
	const mark = `"linkedSpaceId"`
	monri, acquired := "/v2/customers?limit=50", "/v1/customers?limit=50"
	newest := "/records/newest?a=" + m
	return []*scenario{
		p.read("wallee: read one", "any", 0.4, "", ones, oneFloors),
		p.read("wallee: list", "50 from anywhere", 0.6, mark, pages, pageFloors),
		p.read("wallee: search", "such as "+s.rare[0], 0.5, mark, words, wordFloors),
		p.update(s, s.patched, connections),
		p.create("wallee: create", "a person with a reference", 0.6, 1, connections),
		p.create("wallee: bulk create", "100 such", 0.7, 100, connections),
		{
			name: "Monri: list", what: "the newest 50", want: http.StatusOK, target: 0.6, mark: `"merchant_customer_id"`,
			kontor: signed(1, func(int) []byte { return call("GET", monri, "", p.monri(monri)) }),
			floor:  signed(1, func(int) []byte { return get(newest+"&with=metadata&with=addresses", "") }),
		},
		{
			name: "Acquired.com: list", what: "the newest 50", want: http.StatusOK, target: 0.6, mark: `"customer_id"`,
			kontor: signed(1, func(int) []byte { return call("GET", acquired, "", header{"Authorization", "Bearer " + p.token}) }),
			floor:  signed(1, func(int) []byte { return get(newest+"&with=addresses&with=total", "") }),
		},
	}
}

// update gives customers another e-mail address, on the floor others than in
// Kontor, and each asker others: no version is stale.
func (p *program) update(s *subjects, ids []int64, askers int) *scenario {
	type patched struct {
		id, version int64
		signature
	}
	changed, bare := make([][]*patched, askers), make([][]int64, askers)
	for i, id := range ids {
		c := i % askers
		if i%(2*askers) >= askers {
			bare[c] = append(bare[c], id)
			continue
		}
		changed[c] = append(changed[c], &patched{id: id, version: s.versions[id]})
	}
	target := func(id int64) string { return walleeCustomers + "/" + strconv.FormatInt(id, 10) }
	return &scenario{
		name: "wallee: update", what: "another e-mail address", want: http.StatusOK, target: 0.6,
		kontor: func(c, n int) []byte {
			one := changed[c][n%len(changed[c])]
			body := fmt.Sprintf(`{"version":%d,"emailAddress":%q}`, one.version, "api-"+address(one.id, int(one.version)))
			one.version++
			return call("PATCH", target(one.id), body, one.of(p, "PATCH", target(one.id))...)
		},
		floor: func(c, n int) []byte {
			id := bare[c][n%len(bare[c])]
			return post("/save", "", fmt.Sprintf("m=%d&id=%d&email=%s", merchant, id, url.QueryEscape("api-"+address(id, n))))
		},
	}
}

// create adds so many customers with each call.
func (p *program) create(name, what string, share float64, many, askers int) *scenario {
	start := time.Now().UnixMilli()
	made := func(side string, c, n int) []person {
		all := make([]person, many)
		for i := range all {
			id := fmt.Sprintf("%s%d-%d-%d-%d-%d", side, many, start, c, n, i)
			all[i] = person{
				Reference: id, Email: id + "@example.com", First: "Amara", Last: "Muster" + id, Language: "de-CH", Currency: "CHF",
			}
		}
		return all
	}
	encode := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			panic("bench: a person is no JSON: " + err.Error())
		}
		return string(text)
	}
	target, want := walleeCustomers, http.StatusCreated
	if many > 1 {
		target, want = target+"/bulk", http.StatusOK
	}
	signatures := make([]signature, askers)
	fresh := make([]int, askers) // how many calls each asker made, of whichever server
	return &scenario{
		name: name, what: what, want: want, target: share,
		kontor: func(c, _ int) []byte {
			fresh[c]++
			all := made("k", c, fresh[c])
			headers := signatures[c].of(p, "POST", target)
			if many == 1 {
				return call("POST", target, encode(all[0]), headers...)
			}
			return call("POST", target, encode(all), headers...)
		},
		floor: func(c, n int) []byte {
			return call("POST", fmt.Sprintf("/people?m=%d", merchant), encode(made("f", c, n)))
		},
	}
}
