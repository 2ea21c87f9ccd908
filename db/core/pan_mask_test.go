package core

import (
	"bytes"
	"encoding/base64"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The code is longer than codes are, so that no address or time has its digits
// by chance.
const (
	secretNumber = "5105105105105100"
	secretCode   = "7319846520917384"
)

func secretCard(t *testing.T) (PAN, SecurityCode) {
	t.Helper()
	p, rule := ParsePAN(secretNumber)
	if rule != "" {
		t.Fatal(rule)
	}
	return p, SecurityCode{newSecret([]byte(secretCode))}
}

// leaks returns the form in which text holds the digits, or "".
func leaks(text string, digits string) string {
	decimals, values := fmt.Sprint([]byte(digits)), []byte(digits)
	for i := range values {
		values[i] -= '0'
	}
	low := strings.ToLower(text)
	for _, form := range []string{
		digits, hex.EncodeToString([]byte(digits)), strings.ToLower(base64.StdEncoding.EncodeToString([]byte(digits)))[:len(digits)],
		strings.Trim(decimals, "[]"), strings.Trim(fmt.Sprint(values), "[]"), strings.Trim(fmt.Sprintf("%#v", []byte(digits)), "[]byte{}"),
	} {
		if strings.Contains(low, form) {
			return form
		}
	}
	return ""
}

// hidden is a record that fmt reads without calling methods.
type hidden struct {
	pan  PAN
	code SecurityCode
	ptr  *PAN
	any  any
	list []PAN
}

type shown struct {
	Number PAN
	Code   SecurityCode
	Ptr    *PAN
	Any    any
	List   []PAN
	Map    map[string]PAN
}

func secretShapes(t *testing.T) map[string]any {
	t.Helper()
	p, c := secretCard(t)
	in := shown{p, c, &p, c, []PAN{p}, map[string]PAN{"k": p}}
	out := hidden{p, c, &p, p, []PAN{p}}
	return map[string]any{
		"a number": p, "a code": c, "a pointer": &p, "a pointer to a code": &c, "a list": []PAN{p}, "a list of codes": []SecurityCode{c},
		"a record": in, "a pointer to a record": &in, "a record that hides it": out, "a pointer to one": &out,
		"a map": map[string]any{"n": p, "c": c}, "details": CardDetails{Number: p, Code: c, Holder: "Ana"},
		"the secret itself": p.secret, "a pointer to it": &p.secret,
	}
}

func TestNoVerbPrintsACard(t *testing.T) {
	for what, v := range secretShapes(t) {
		for _, flags := range []string{"", "+", "#", " ", "0", "-", "#+", "# ", "60", ".60"} {
			for _, verb := range "vTtbcdoOqxXUeEfFgGspwz!" {
				text := fmt.Sprintf("%"+flags+string(verb), v)
				for _, digits := range []string{secretNumber, secretCode} {
					if form := leaks(text, digits); form != "" {
						t.Errorf("%s printed with %%%s%c shows %s: %s", what, flags, verb, form, text)
					}
				}
			}
		}
		for _, text := range []string{fmt.Sprint(v), fmt.Sprintln(v), fmt.Errorf("charge %v: %w", v, errors.ErrUnsupported).Error()} {
			if leaks(text, secretNumber) != "" || leaks(text, secretCode) != "" {
				t.Errorf("%s: %s", what, text)
			}
		}
	}
}

func TestEveryVerbPrintsTheMask(t *testing.T) {
	p, c := secretCard(t)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		if got, want := fmt.Sprintf(verb+" "+verb+" "+verb, p, &p, c), "···· 5100 ···· 5100 ···"; got != want {
			t.Errorf("%s prints %s, want %s", verb, got, want)
		}
	}
	if got, want := p.GoString()+c.GoString()+fmt.Sprint(PAN{}, SecurityCode{}), "···· 5100···"+"···· ···"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestNoLogShowsACard(t *testing.T) {
	for what, v := range secretShapes(t) {
		var b bytes.Buffer
		for _, h := range []slog.Handler{slog.NewTextHandler(&b, nil), slog.NewJSONHandler(&b, nil)} {
			log := slog.New(h)
			log.Info("charged", "card", v, slog.Group("of", "it", v))
			log.With("card", v).Error(fmt.Sprint(v))
		}
		if leaks(b.String(), secretNumber) != "" || leaks(b.String(), secretCode) != "" {
			t.Errorf("%s: %s", what, b.String())
		}
	}
	p, c := secretCard(t)
	if got, want := p.LogValue().String()+" "+c.LogValue().String(), "···· 5100 ···"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestNoEncodingShowsACard(t *testing.T) {
	for what, v := range secretShapes(t) {
		var b bytes.Buffer
		j, _ := json.Marshal(v)
		x, _ := xml.Marshal(v)
		_ = gob.NewEncoder(&b).Encode(v)
		for _, text := range []string{string(j), string(x), b.String()} {
			if leaks(text, secretNumber) != "" || leaks(text, secretCode) != "" {
				t.Errorf("%s: %s", what, text)
			}
		}
	}
	p, c := secretCard(t)
	j, err := json.Marshal(map[string]any{"code": c, "number": &p})
	if got, want := string(j), `{"code":"···","number":"···· 5100"}`; err != nil || got != want {
		t.Errorf("as JSON %s, %v, want %s", got, err, want)
	}
	pt, _ := p.MarshalText()
	ct, _ := c.MarshalText()
	if got, want := string(pt)+" "+string(ct), "···· 5100 ···"; got != want {
		t.Errorf("as text %s, want %s", got, want)
	}
}

func TestAPanicDoesNotShowACard(t *testing.T) {
	p, c := secretCard(t)
	for _, v := range []any{p, c, CardDetails{Number: p, Code: c}} {
		func() {
			defer func() {
				if text := fmt.Sprintf("%v %+v", recover(), v); leaks(text, secretNumber) != "" || leaks(text, secretCode) != "" {
					t.Error(text)
				}
			}()
			panic(v)
		}()
	}
}

func TestWipeReachesEveryCopy(t *testing.T) {
	p, c := secretCard(t)
	copied, digits, code := p, p.Reveal(), c.Reveal()
	p.Wipe()
	c.Wipe()
	if strings.Trim(string(digits), "\x00") != "" || strings.Trim(string(code), "\x00") != "" {
		t.Errorf("left: %q, %q", digits, code)
	}
	if copied.Reveal() != nil || copied.LastFour() != "" || copied.FirstSix() != "" || copied.Brand() != UnknownBrand || copied.String() != "····" {
		t.Errorf("a copy still says %s, %s", copied, copied.Brand())
	}
	copied.Wipe() // again, and of nothing
	PAN{}.Wipe()
	SecurityCode{}.Wipe()
}

// TestOnlyTheLastFourAreShown, of any number.
func TestOnlyTheLastFourAreShown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := drawPAN(t)
		p, rule := ParsePAN(number)
		if rule != "" {
			t.Fatal(number, rule)
		}
		if got, want := fmt.Sprintf("%#v", p), "···· "+number[len(number)-4:]; got != want {
			t.Fatalf("%s prints %s, want %s", number, got, want)
		}
	})
}
