package billing_test

import (
	"slices"
	"testing"

	"kontor/db/billing"
	"kontor/db/core"
)

func TestRegistryKnowsTestCustomersOnly(t *testing.T) {
	for _, tt := range []struct {
		phone, id string
		want      []string
	}{
		{"", "", nil},
		{"+4790000009", "cust-1", nil},
		{"+4790000001", "cust-1", []string{"vipps"}},
		{"+4790000002", "cust-1", []string{"jtta"}},
		{"+4790000003", "cust-1", []string{"vipps", "jtta"}},
		{"", "test-both-17", []string{"vipps", "jtta"}},
		{"+4791234567", "test-vipps", []string{"vipps"}},
	} {
		found, err := billing.Registry{}.Find(t.Context(), core.Enrolled{Customer: core.Customer{ID: 17, PhoneE164: tt.phone, Reference: tt.id}})
		var got []string
		for _, c := range found {
			if _, _, bad := c.Read(now); len(bad) > 0 {
				t.Errorf("%s %s: %s is refused: %v", tt.phone, tt.id, c.Name, bad)
			}
			got = append(got, c.Name)
		}
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%s %s: %q, %v; want %q", tt.phone, tt.id, got, err, tt.want)
		}
	}
}
