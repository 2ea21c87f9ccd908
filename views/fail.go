package views

import "time"

// ErrorView is the page for a request that failed.
type ErrorView struct {
	Chrome    *Chrome // nil for somebody who has not signed in
	Theme     Theme   // used when Chrome is nil
	Status    int
	RequestID string
	Back      string        // where to go on from; home when ""
	Limit     int64         // with 413: the most bytes a request may have
	Wait      time.Duration // with 429 and 503: when to try again, if known
}

// A failing is what an error page says.
type failing struct {
	title string
	help  []string
}

// failure is what to say of a status.
func failure(v ErrorView) failing {
	later := "Try again in a little while."
	if v.Wait > 0 {
		later = "Try again in " + wait(v.Wait) + "."
	}
	switch v.Status {
	case 400:
		return failing{"That could not be read", []string{"What your browser sent is not what this page understands. Go back, load the page again and retry."}}
	case 401:
		return failing{"You are not signed in", []string{"Sign in to go on."}}
	case 403:
		return failing{"You may not do that", []string{
			"Your role does not include this, or the request did not come from one of our own pages.",
			"If you need it, ask an owner or an admin to change your role.",
		}}
	case 404:
		return failing{"There is nothing here", []string{
			"The address may be mistyped, or what was here has been erased, or it belongs to somebody else.",
			"If you followed a link on one of our pages, it is out of date: go back and load that page again.",
		}}
	case 405:
		return failing{"That does not work here", []string{"This address cannot be used in that way. Open the page it belongs to, and use its buttons."}}
	case 409:
		return failing{"It has changed meanwhile", []string{"Somebody else changed this since you opened it, so nothing was done. Go back, load the page again and look at it as it is now."}}
	case 413:
		text := "What you sent is larger than what can be taken. Nothing was saved."
		if v.Limit > 0 {
			text = "What you sent is larger than " + size(v.Limit) + ", the most that can be taken. Nothing was saved."
		}
		return failing{"That is too much", []string{text, "Go back and shorten it."}}
	case 423:
		return failing{"This merchant is closed", []string{
			"Everything in it can be read, and nothing added or changed. Nothing was saved.",
			"If work is to go on, ask a staff admin to reopen it.",
		}}
	case 422:
		return failing{"Something you sent does not fit", []string{"Nothing was saved. Go back and check what you entered."}}
	case 429:
		return failing{"That was too often", []string{"There were too many requests from you in a short time. " + later}}
	case 503:
		return failing{"The database does not answer", []string{
			later,
			"If you were saving something, look whether it is there before you save it again: it may have gone through.",
		}}
	}
	return failing{"Something went wrong on our side", []string{
		"It has been written down. " + later,
		"If it keeps happening, tell whoever runs this Kontor.",
	}}
}
