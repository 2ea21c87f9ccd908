package api

import (
	"fmt"
	"net/http"

	"kontor/db/core"
)

const (
	// keyHeader names a call, so that it can be sent again and is carried out
	// once.
	keyHeader = "Idempotency-Key"
	// replayedHeader marks an answer that was given before.
	replayedHeader = "Idempotent-Replayed"
	// maxKey is the longest name of a call.
	maxKey = 255
)

// claim looks whether a POST that names itself was made before, and answers
// it as then. The name is the program's own: another's is another.
func (c *call) claim(out *answer, r *http.Request) (replayed bool, err error) {
	key := r.Header.Get(keyHeader)
	if r.Method != http.MethodPost || key == "" {
		return false, nil
	}
	if len(key) > maxKey {
		return false, Refuse(http.StatusBadRequest, "the %s is longer than %d characters", keyHeader, maxKey)
	}
	c.actor.Call = fmt.Sprintf("%d %s", c.actor.ID, key)
	asked := append([]byte(r.Method+" "+r.URL.RequestURI()+"\n"), c.body...)
	state, before, err := c.server.store.ClaimCall(r.Context(), c.actor, asked)
	if err != nil {
		return false, err
	}
	switch state {
	case core.CallDone:
		out.header.Set("Content-Type", before.ContentType)
		out.header.Set(replayedHeader, "true")
		out.WriteHeader(before.Status)
		_, err = out.Write(before.Body)
		return true, err
	case core.CallRunning:
		return false, Refuse(http.StatusConflict, "a call with this %s is still running", keyHeader)
	case core.CallLost:
		return false, Refuse(http.StatusConflict, "the call with this %s was carried out, but its answer is lost: look before sending it anew", keyHeader)
	case core.CallOther:
		return false, Refuse(http.StatusUnprocessableEntity, "this %s belongs to another request", keyHeader)
	}
	c.claimed = true
	return false, nil
}

// finish keeps the answer of a call that named itself. One that was refused
// may be made again under its name, but a charge that was declined was made. Of
// one that broke off nobody knows the answer, also where its act was committed.
func (c *call) finish(out *answer, r *http.Request, failed error) {
	if !c.claimed {
		return
	}
	answer := core.CallAnswer{Status: out.status, ContentType: out.header.Get("Content-Type"), Body: out.body.Bytes()}
	switch {
	case failed == nil && answer.Status == 0:
		answer.Status = http.StatusOK
	case failed != nil && answer.Status >= 500:
		answer = core.CallAnswer{}
	}
	keep := core.KeepAnswer(failed == nil || answer.Status == http.StatusPaymentRequired)
	ctx := detached(r.Context())
	if err := c.server.store.FinishCall(ctx, c.actor, answer, keep); err != nil {
		c.server.log.ErrorContext(ctx, "answer not kept", "err", err)
	}
}
