package views

import (
	"strconv"

	"kontor/db/core"
)

// MailsView is the list of mails of a merchant, or of the installation itself.
type MailsView struct {
	Chrome   Chrome
	Place    Place
	Mails    []core.Mail
	State    core.MailState // only these, "" is all
	Customer Link           // only about this one, when its text is not ""
	Subject  int64          // that customer's ID
	Next     string         // the page with older ones, "" on the last
	First    string         // back to the newest, "" there
	Server   bool           // there is a mail server
}

// MailView is one mail: its standing and what is in it. Its form, if there is
// one, posts nothing to [ResendMailURL].
type MailView struct {
	Chrome   Chrome
	Place    Place
	Mail     core.Mail
	Letter   core.Letter // zero where it cannot be drawn any more
	Customer Link        // whom it is about, if anybody
	Again    string      // the mail it sends once more
	MayWrite bool        // may have it sent
}

// MailsURL is the list of a place's mails.
func MailsURL(p Place) string {
	if p.staff() {
		return "/mail"
	}
	return MerchantURL(int64(p)) + "/mail"
}

// MailsQuery is that list with only some of the mails.
func MailsQuery(p Place, l core.MailList) string {
	return asked(MailsURL(p), Pair{"state", string(l.State)}, Pair{"customer", some(l.Customer)}, Pair{"before", some(l.Before)})
}

// MailURL is one mail.
func MailURL(p Place, id int64) string { return MailsURL(p) + "/" + itoa(id) }

// MailHTMLURL is a mail's HTML as a document of its own, to be shown in a
// frame.
func MailHTMLURL(p Place, id int64) string { return MailURL(p, id) + "/html" }

// ResendMailURL has a mail sent, by POST.
func ResendMailURL(p Place, id int64) string { return MailURL(p, id) + "/resend" }

// InMailOf is the place in the menu of these mails.
func InMailOf(p Place) Section {
	if p.staff() {
		return InKontorMail
	}
	return InMail
}

func mailTitle(p Place) string {
	if p.staff() {
		return "Kontor’s mail"
	}
	return "Mail"
}

// mailTabs lead to mails of each state.
func mailTabs(v MailsView) []Choice {
	all := []Choice{{"All", MailsQuery(v.Place, core.MailList{Customer: v.Subject}), v.State == ""}}
	for _, s := range core.MailStates {
		all = append(all, Choice{mailStates[s], MailsQuery(v.Place, core.MailList{State: s, Customer: v.Subject}), v.State == s})
	}
	return all
}

var mailStates = map[core.MailState]string{
	core.MailQueued: "Waiting", core.MailSent: "Sent", core.MailFailed: "Failed", core.MailKept: "Kept",
}

// mailTone is how a state stands out.
func mailTone(s core.MailState) string {
	switch s {
	case core.MailSent:
		return "ok"
	case core.MailFailed:
		return "bad"
	}
	return ""
}

// mailTroubles say why a mail was not sent, or not to all, and what to do.
var mailTroubles = map[core.MailTrouble]string{
	core.MailUnreachable:      "The mail server could not be reached.",
	core.MailLoginRefused:     "The mail server did not let Kontor sign in. Whoever runs this Kontor can mend that.",
	core.MailInsecure:         "The mail server offers no safe connection. Whoever runs this Kontor can mend that.",
	core.MailSenderRefused:    "The mail server refused the address that mails come from. Whoever runs this Kontor can mend that.",
	core.MailRecipientRefused: "The mail server refused the recipient. Check the address.",
	core.MailCopyRefused:      "The mail server refused an address that gets a copy. All others were sent it.",
	core.MailContentRefused:   "The mail server refused the mail.",
	core.MailBadAddress:       "The address is no e-mail address, so nothing was sent.",
	core.MailUnwritable:       "This mail could not be written.",
	core.MailPersonGone:       "Whoever it was for cannot sign in any more.",
	core.MailErased:           "Whom it was for has been erased.",
}

// mailTrouble says what went wrong with a mail, with the mail server's number.
func mailTrouble(m core.Mail) string {
	text := mailTroubles[m.Trouble]
	if m.Code != 0 {
		text += " Its answer was " + strconv.Itoa(m.Code) + "."
	}
	return text
}

// resendLabel says what the button of a mail does.
func resendLabel(m core.Mail) string {
	switch m.State {
	case core.MailSent:
		return "Send again"
	case core.MailQueued:
		return "Send now"
	}
	return "Send"
}
