// Package e2e tests Kontor as people use it: a real program, a real browser.
//
// make e2e runs it and installs what it needs; go test ./e2e alone skips
// every test that needs a browser unless E2E_CHROMIUM is set (see
// setup/chromium.sh). A test starts a program of its own, opens pages as
// some visitor and acts by role and label:
//
//	func TestSave(t *testing.T) {
//		a := start(t, "demo -customers 50 -seed 1")
//		p := a.page(t, visitor{Dark: true})
//		a.signIn(p, "admin@example.com")
//		p.open("/m/1/customers/new")
//		p.fill("E-mail", "amara@example.com")
//		p.click(p.button("Save"))
//		p.see(p.heading("amara@example.com"))
//		axe(t, p)
//		picture(t, p, "customer")
//	}
//
// Tests share nothing but the browser and may call t.Parallel.
//
// Whatever a visitor's console would show fails the test: script errors,
// CSP reports, answers of 400 and above that the test did not allow,
// requests to another host. So does an error in the program's log. Pictures
// are kept in pictures; of a test that failed, pictures/failed has the last
// page, as an image and as HTML.
package e2e
