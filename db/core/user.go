package core

import "time"

// A User is a person who signs in. Staff have merchant 0.
type User struct {
	ID          int64
	Email       string // unique, compared folded
	Name        string
	Role        Role
	Merchant    int64
	Active      bool
	HasPassword bool
	Version     int64
	Preferences Preferences
	CreatedAt   time.Time
}

// Actor returns the user as an actor from the given address, standing in the
// user's own merchant, or outside all of them when staff.
func (u User) Actor(origin string) Actor {
	return Actor{Kind: ByUser, ID: u.ID, Name: u.Name, Role: u.Role, Merchant: u.Merchant, Origin: origin}
}

// Lives of a session and of the links that start one.
const (
	SessionIdle  = 30 * time.Minute // without a request
	SessionLife  = 12 * time.Hour   // in all
	SessionTouch = time.Minute      // how often its last use is written down
	SessionHeld  = 24 * time.Hour   // how long an expired one keeps a save that came too late
	SetUpLife    = 72 * time.Hour   // of a link that sets a first password
	SignInLife   = 30 * time.Minute // of a link that only signs in
	ResetLife    = 30 * time.Minute // of a mailed link for a forgotten password
)

// A Session is one browser's sign-in. The browser holds a random key, the
// store only the key's SHA-256.
type Session struct {
	User      User
	Merchant  int64  // the one that staff stand in; 0 before they enter any
	Values    []byte // what pages leave for the next one; opaque here
	Agent     string // what the browser calls itself
	Origin    string // the address it signed in from
	Held      []byte // a save that came after expiry, to be completed; opaque here
	CreatedAt time.Time
	SeenAt    time.Time
}

// Expired reports whether the session no longer signs its user in.
func (s Session) Expired(now time.Time) bool {
	return now.Sub(s.SeenAt) > SessionIdle || now.Sub(s.CreatedAt) > SessionLife
}

// A LinkKind says what following a link leads to.
type LinkKind string

const (
	SignInLink LinkKind = "sign_in" // signs in and nothing else
	SetUpLink  LinkKind = "set_up"  // signs in after setting a password
)

// A Colleague is a user as a list of a team, or of staff, has them.
type Colleague struct {
	User
	Sessions int       // in which they are signed in
	SeenAt   time.Time // the last time in one of these; zero when there is none
}

// CheckChange returns what is wrong with making u what it is in to, as the
// actor does it. Others is how many there are besides u who are active and have
// u's role.
func (u User) CheckChange(to User, by Actor, others int) Invalid {
	bad := to.Check()
	if to.Role.Known() && to.Role != u.Role && u.Role.Staff() != to.Role.Staff() {
		bad.add("role", Unknown)
	}
	if by.Kind == ByUser && by.ID == u.ID && to.Role.exceeds(u.Role) {
		bad.add("role", OwnRights)
	}
	if u.Active && u.Role.Top() && (to.Role != u.Role || !to.Active) && others == 0 {
		bad.add("role", LastOne)
	}
	return bad
}

// Check returns what is wrong with a person's record.
func (u User) Check() Invalid {
	var bad Invalid
	if bad.text("name", u.Name, 100) && u.Name == "" {
		bad.add("name", Required)
	}
	if u.Email == "" {
		bad.add("email", Required)
	} else if bad.text("email", u.Email, 254) {
		bad.form("email", Email(u.Email))
	}
	bad.known("role", u.Role.Known())
	if u.Role.Known() && u.Role.Staff() != (u.Merchant == 0) {
		bad.add("merchant", Either)
	}
	return bad
}
