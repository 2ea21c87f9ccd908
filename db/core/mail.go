package core

import (
	"slices"
	"strings"
	"time"
	"unicode"
)

// A MailKind says what a mail is about. What is written in it is drawn from
// the values of its kind, see [MailValues].
type MailKind string

const (
	InvitationMail     MailKind = "invitation"      // a first password is to be set
	NewPasswordMail    MailKind = "new_password"    // a forgotten password is to be set anew
	PasswordChangeMail MailKind = "password_change" // a password was changed
)

// MailValues are what a kind of mail tells, as plain values that JSON can
// hold. The words around them are not here: whoever draws the mail has them.
type MailValues interface {
	MailKind() MailKind
}

// An Invitation asks somebody to set their first password.
type Invitation struct {
	Person string `json:"person"`
	By     string `json:"by"`   // who invites
	Role   Role   `json:"role"` // what they are to be
}

// A NewPassword lets somebody who forgot their password set another.
type NewPassword struct {
	Person string `json:"person"`
}

// A PasswordChange tells somebody that their password is another now.
type PasswordChange struct {
	Person string    `json:"person"`
	At     time.Time `json:"at"`
	Zone   string    `json:"zone"` // IANA name, "" is UTC
}

// MailKind implements [MailValues].
func (Invitation) MailKind() MailKind { return InvitationMail }

// MailKind implements [MailValues].
func (NewPassword) MailKind() MailKind { return NewPasswordMail }

// MailKind implements [MailValues].
func (PasswordChange) MailKind() MailKind { return PasswordChangeMail }

// LinkLife returns how long the link in a mail of the kind works from when it
// is sent; 0 where there is none.
func (k MailKind) LinkLife() time.Duration {
	switch k {
	case InvitationMail:
		return SetUpLife
	case NewPasswordMail:
		return ResetLife
	}
	return 0
}

// Copied reports whether the addresses that get copies of receipts get the kind
// of mail, too.
func (k MailKind) Copied() bool { return k == ReceiptMail || k == RefundMail }

// A MailState is how far a mail has come.
type MailState string

const (
	MailKept   MailState = "kept"   // there was no mail server when it was written: it is to be read here
	MailQueued MailState = "queued" // waits to be sent, perhaps again
	MailSent   MailState = "sent"   // the mail server took it
	MailFailed MailState = "failed" // is not tried any more
)

// MailStates lists every state, in the order that lists offer them.
var MailStates = []MailState{MailQueued, MailSent, MailFailed, MailKept}

// A MailTrouble is why a mail was not sent, for words of ours: what servers
// say is not shown.
type MailTrouble string

const (
	MailUnreachable      MailTrouble = "unreachable"       // no connection, or it broke
	MailLoginRefused     MailTrouble = "login_refused"     // name and password, or none, will not do
	MailInsecure         MailTrouble = "insecure"          // no TLS, or not with that name
	MailSenderRefused    MailTrouble = "sender_refused"    // of who it is from
	MailRecipientRefused MailTrouble = "recipient_refused" // of who it is for
	MailCopyRefused      MailTrouble = "copy_refused"      // of who gets a copy; it was sent to all others
	MailContentRefused   MailTrouble = "content_refused"   // of what is in it
	MailBadAddress       MailTrouble = "bad_address"       // no e-mail address, so it was not tried
	MailUnwritable       MailTrouble = "unwritable"        // could not be drawn
	MailPersonGone       MailTrouble = "person_gone"       // whose link it has cannot sign in any more
	MailErased           MailTrouble = "erased"            // whom it was for was erased before
)

// A Mail is one message, from when the act that it tells of was done.
type Mail struct {
	ID       int64
	Merchant int64 // 0 is the installation's own
	Customer int64 // whom it is about, 0 for nobody
	Object   ObjectKind
	ObjectID int64 // what it is about; of a mail with a link, the user
	Kind     MailKind
	From     string   // the name it comes from: the merchant's, or Kontor
	To       string   // one e-mail address
	BCC      []string // who gets it without the others seeing it
	Values   []byte   // JSON of the kind's [MailValues]
	State    MailState
	Tries    int         // how often it was handed to the mail server
	Trouble  MailTrouble // of the last try, "" when there was none
	Code     int         // with it, the mail server's number, 0 for none
	Again    int64       // the mail that this one sends once more, 0 for none
	Created  time.Time
	Next     time.Time // when a queued one is tried next
	Sent     time.Time // zero until then
	Erased   bool      // what was in it is gone

	// Token opens the link of a mail that has one. It is made when the mail
	// is sent and is nowhere but in it; zero in every other reading.
	Token string
}

// OneLine writes a text that may hold line breaks in one line, so that it can
// stand in the head of a mail.
func OneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}

// Recipients returns everybody who gets the mail.
func (m Mail) Recipients() []string { return append([]string{m.To}, m.BCC...) }

// Deliverable reports whether every recipient is an e-mail address and
// nothing that could end a line of a mail's head is in it.
func (m Mail) Deliverable() bool {
	if len(m.BCC) > MaxBCC || m.From != OneLine(m.From) {
		return false
	}
	return !slices.ContainsFunc(m.Recipients(), func(a string) bool { return !Email(a) || !clean(a, false) })
}

// A Letter is a mail as it is drawn: what people read.
type Letter struct {
	Subject string // one line
	Text    string
	HTML    string // a whole document
}

// Check returns what keeps a letter from being sent.
func (l Letter) Check() Invalid {
	var bad Invalid
	if l.Subject == "" {
		bad.add("subject", Required)
	}
	if l.Subject != OneLine(l.Subject) {
		bad.add("subject", Control)
	}
	return bad
}

// A MailError is why a mail could not be handed over, or with [MailCopyRefused]
// not to everybody.
type MailError struct {
	Trouble MailTrouble
	Code    int  // what the mail server answered, 0 when it did not
	Final   bool // trying again is of no use
}

// Error implements error. It tells no address and nothing the server said.
func (e MailError) Error() string { return "mail: " + string(e.Trouble) }

// mailWaits are how long to wait after each try that failed: servers are asked
// often at first, for greylisting and restarts, then for two days.
var mailWaits = []time.Duration{
	time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 8 * time.Hour, 12 * time.Hour, 24 * time.Hour,
}

// MailAgainIn returns how long to wait before a mail that failed for the n-th
// time, from 1 on, is tried again, or false when it is not.
func MailAgainIn(n int) (time.Duration, bool) {
	if n < 1 || n > len(mailWaits) {
		return 0, false
	}
	return mailWaits[n-1], true
}

// A MailList says which mails are wanted. The zero value is the newest of all.
type MailList struct {
	State    MailState // "" is every
	Customer int64     // only about this customer, 0 is every
	Before   int64     // older than this mail, 0 is from the newest on
}
