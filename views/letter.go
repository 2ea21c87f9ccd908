package views

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"kontor/db/core"
)

// A letter is what a mail says. Its text and its HTML are drawn from the same
// parts, so that neither says more than the other.
type letter struct {
	subject string
	title   string   // "" where the greeting is enough
	before  []string // paragraphs
	facts   []Pair   // what they are about, line by line
	action  Link     // the one thing to do, if there is one
	after   []string // paragraphs
}

// letters draw each kind of mail from its values. A new kind gets a line here.
var letters = map[core.MailKind]func(core.Mail, Link) (letter, error){
	core.InvitationMail:     drawn(invitation),
	core.NewPasswordMail:    drawn(newPassword),
	core.PasswordChangeMail: drawn(passwordChange),
	core.ReceiptMail:        drawn(receipt),
	core.RefundMail:         drawn(refundReceipt),
	core.DeclineMail:        drawn(firstDecline),
	core.CardWantedMail:     drawn(cardWanted),
	core.LastTryMail:        drawn(lastTry),
	core.GivenUpMail:        drawn(givenUp),
	core.ExpiringCardMail:   drawn(expiringCard),
}

// drawn reads the values of a kind of mail.
func drawn[V core.MailValues](draw func(m core.Mail, v V, link Link) letter) func(core.Mail, Link) (letter, error) {
	return func(m core.Mail, link Link) (letter, error) {
		var v V
		if err := json.Unmarshal(m.Values, &v); err != nil {
			return letter{}, fmt.Errorf("read values of mail %d: %w", m.ID, err)
		}
		return draw(m, v, link), nil
	}
}

// Letter draws a mail. The link is the whole address that a mail with a token
// leads to; "" draws it for readers whom the link does not concern.
func Letter(m core.Mail, link string) (core.Letter, error) {
	draw, known := letters[m.Kind]
	if !known {
		return core.Letter{}, fmt.Errorf("mail %d is of unknown kind %q", m.ID, m.Kind)
	}
	l, err := draw(m, Link{URL: link})
	if err != nil {
		return core.Letter{}, err
	}
	l.subject = core.OneLine(l.subject)
	var html strings.Builder
	if err := letterPage(l, m.From).Render(context.Background(), &html); err != nil {
		return core.Letter{}, fmt.Errorf("draw mail %d: %w", m.ID, err)
	}
	return core.Letter{Subject: l.subject, Text: l.text(m.From), HTML: html.String()}, nil
}

// mailSubject is what a mail is called in a list.
func mailSubject(m core.Mail) string {
	if draw, known := letters[m.Kind]; known && !m.Erased {
		if l, err := draw(m, Link{}); err == nil {
			return core.OneLine(l.subject)
		}
	}
	return mailKinds[m.Kind]
}

// mailKinds are the words for every kind there is.
var mailKinds = map[core.MailKind]string{
	core.InvitationMail:     "Invitation",
	core.NewPasswordMail:    "Forgotten password",
	core.PasswordChangeMail: "Password changed",
	core.ReceiptMail:        "Receipt",
	core.RefundMail:         "Refund",
	core.DeclineMail:        "Payment declined",
	core.CardWantedMail:     "Another card wanted",
	core.LastTryMail:        "Last try ahead",
	core.GivenUpMail:        "Payment not made",
	core.ExpiringCardMail:   "Card expires",
}

// linkInMail stands for a link where a mail is only looked at.
const linkInMail = "the link stands in the mail that is sent, and nowhere else"

// text is the letter without any markup.
func (l letter) text(from string) string {
	var b strings.Builder
	part := func(s string) { b.WriteString(s + "\n\n") }
	if l.title != "" {
		part(l.title)
	}
	for _, p := range l.before {
		part(p)
	}
	for i, f := range l.facts {
		b.WriteString(f.Name + ": " + f.Value + "\n")
		if i == len(l.facts)-1 {
			b.WriteString("\n")
		}
	}
	if l.action.Text != "" {
		part(l.action.Text + ":\n" + orElse(l.action.URL, "("+linkInMail+")"))
	}
	for _, p := range l.after {
		part(p)
	}
	b.WriteString("-- \n" + from + "\n")
	return b.String()
}

func invitation(m core.Mail, v core.Invitation, link Link) letter {
	link.Text = "Set your password"
	return letter{
		subject: v.By + " invites you to " + m.From,
		title:   "Welcome, " + v.Person,
		before:  []string{v.By + " has made an account for you at " + m.From + ". You are " + article(lower(roleName(v.Role))) + " there: " + roleRights[v.Role] + "."},
		action:  link,
		after: []string{
			"The link works once, for " + lifeOf(m.Kind) + ". After that, ask for another.",
			"If you do not know what this is about, do nothing: without the link nobody can use the account.",
		},
	}
}

func newPassword(m core.Mail, v core.NewPassword, link Link) letter {
	link.Text = "Set a new password"
	return letter{
		subject: "A new password for " + m.From,
		title:   "Hello, " + v.Person,
		before:  []string{"Somebody, most likely you, asked for a new password at " + m.From + "."},
		action:  link,
		after: []string{
			"The link works once, for " + lifeOf(m.Kind) + ". Until it is used your old password stays as it is.",
			"If it was not you, do nothing.",
		},
	}
}

func passwordChange(m core.Mail, v core.PasswordChange, _ Link) letter {
	return letter{
		subject: "Your password was changed",
		title:   "Hello, " + v.Person,
		before: []string{
			"Your password at " + m.From + " was changed on " + full(v.At, zoneOf(v.Zone)) + ", and you were signed out everywhere else.",
			"If it was not you, ask at once for a new password on the page where you sign in, and tell whoever runs this Kontor.",
		},
	}
}

// lifeOf says how long the link of a kind of mail works.
func lifeOf(k core.MailKind) string {
	if h := int(k.LinkLife().Hours()); h >= 1 {
		return count(h, "hour")
	}
	return count(int(k.LinkLife().Minutes()), "minute")
}

// article puts a or an before a word.
func article(word string) string {
	if word != "" && strings.ContainsRune("aeiou", rune(word[0])) {
		return "an " + word
	}
	return "a " + word
}
