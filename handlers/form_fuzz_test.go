package handlers

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kontor/db/core"
	"kontor/views"
)

// FuzzCustomerForm reads forms of any kind. What the core takes of one is whole:
// saving it again changes nothing, unless addresses came or went and another is
// the default by now, and no two addresses are the default of one type.
func FuzzCustomerForm(f *testing.F) {
	f.Add("first_name=A&email=b%40example.com&billing.city=C&metadata_key=k&metadata_value=v&shipping_same_shown=true")
	f.Add("address.new.city=X&address.7.remove=on&address.7.type=both&address.8.city=Y&address.8.default=on&take.email=theirs")
	f.Add("address.=&address..=&billing.=&metadata_value=v&metadata_key=&version=-1&=&name=%00&last_name=%ff")
	f.Add("shipping.city=B&shipping_same_shown=true&shipping_same=true&billing.country=UK&phone=%2B44+20+7946+0000")
	f.Fuzz(func(t *testing.T, body string) {
		form, err := url.ParseQuery(body)
		if err != nil {
			return
		}
		r := &http.Request{Method: "POST", PostForm: form, Form: form, Header: http.Header{}}
		stored, _ := core.Customer{Version: 3}.With(core.Changes{
			"name": "Subject", "email": "s@example.com", "billing.city": "Oslo", "address.7.city": "Bergen", "metadata.n": "1",
		})
		ch := formChanges(r)
		takeTheirs(r, stored, ch)
		c, bad := stored.With(ch)
		v := views.CustomerFormView{Faults: bad}
		fillForm(&v, c, r)
		core.Merge(stored, c, ch)
		if len(bad) > 0 {
			return
		}
		again, _ := c.With(ch)
		if diff := cmp.Diff(c.Fields(), again.Fields()); diff != "" && len(c.Addresses) == len(stored.Addresses) && !adds(form) {
			t.Errorf("saved twice:\n%s", diff)
		}
		defaults := map[core.AddressType]int{}
		for _, a := range c.Addresses {
			if a.Default {
				defaults[a.Type]++
			}
		}
		for kind, n := range defaults {
			if n > 1 {
				t.Errorf("%d default addresses of type %s", n, kind)
			}
		}
	})
}

// adds reports whether a form adds an address each time it is sent.
func adds(form url.Values) bool {
	for name := range form {
		if len(name) > len("address.") && name[:len("address.")] == "address." {
			return true
		}
	}
	return false
}
