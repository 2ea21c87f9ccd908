package views

import (
	"strconv"
	"time"

	"kontor/db/core"
)

// LoginView is the sign-in page. Its form posts "email", "password" and "next"
// to [LoginPath].
type LoginView struct {
	Theme    Theme
	Email    string // kept from a refused try
	Next     string
	Problem  LoginProblem
	Wait     time.Duration // with LoginThrottled: how long until the next try
	Faults   core.Invalid  // of "email" and "password": left empty
	SignedIn bool          // a session that ended led here
	Held     bool          // a save is waiting to be completed
}

// A LoginProblem is why a try to sign in was refused.
type LoginProblem string

// The problems. Which part was wrong is never said.
const (
	LoginWrong     LoginProblem = "wrong"
	LoginThrottled LoginProblem = "throttled"
)

// LinkView is the page a sign-in link opens. It has exactly one form, which
// posts the hidden "token" to Action.
type LinkView struct {
	Theme  Theme
	Action string
	Token  string
	Gone   bool // the link was used or is too old: no form
}

// SetUpView is the page a set-up link opens: choose a first password. Its form
// posts "token" and "password" to Action.
type SetUpView struct {
	Theme       Theme
	Action      string
	Token       string
	Name, Email string
	Faults      core.Invalid // of "password"
}

// FirstRunView is what stands in place of the sign-in page while there is no
// account at all.
type FirstRunView struct {
	Theme Theme
}

var passwordRules = "At least " + strconv.Itoa(core.MinPassword) + " characters; a few words that do not belong together are good. " +
	"Common passwords are refused."

// loginProblems is the summary above the sign-in form.
func loginProblems(v LoginView) []line {
	all := lines(v.Faults)
	switch v.Problem {
	case LoginWrong:
		all = append(all, line{"password", "The e-mail address or the password is not right."})
	case LoginThrottled:
		text := "There were too many tries. Wait a little, then try again."
		if v.Wait > 0 {
			text = "There were too many tries. Try again in " + wait(v.Wait) + "."
		}
		all = append(all, line{"", text})
	}
	return all
}
