package billing

import (
	"context"
	"strings"

	"kontor/db/core"
)

// Registry is a sandbox registry of channels: it has those of test customers
// and knows nobody else. A customer is found by the phone number or, where an
// ID begins so, by the merchant's own ID:
//
//	+47 900 00 001, test-vipps…   Vipps, by the phone number
//	+47 900 00 002, test-jtta…    eFaktura, yes to all
//	+47 900 00 003, test-both…    both
//
// A real one would be asked over the network.
type Registry struct{}

// Numbers of phones that the registry knows.
const (
	vippsPhone = "+4790000001"
	jttaPhone  = "+4790000002"
	bothPhone  = "+4790000003"
)

// Find implements [core.ChannelRegistry].
func (Registry) Find(_ context.Context, e core.Enrolled) ([]core.NewChannel, error) {
	phone, id := e.Customer.PhoneE164, e.Customer.Reference
	both := phone == bothPhone || strings.HasPrefix(id, "test-both")
	var found []core.NewChannel
	if both || phone == vippsPhone || strings.HasPrefix(id, "test-vipps") {
		address := phone
		if address == "" {
			address = vippsPhone
		}
		found = append(found, core.NewChannel{Name: "vipps", Address: address})
	}
	if both || phone == jttaPhone || strings.HasPrefix(id, "test-jtta") {
		// The scheme's own number of a customer follows from who it is.
		found = append(found, core.NewChannel{Name: "jtta", Address: "9" + core.LookupID(e.Customer.ID)})
	}
	return found, nil
}
