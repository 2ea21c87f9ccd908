package monri

import "testing"

// Vectors that were computed from the documented recipe by hand.
func TestDigestsAreThoseOfTheVectors(t *testing.T) {
	const key, token, timestamp = "mkey", "atoken", "1700000000"
	for _, tt := range []struct{ name, covered, want string }{
		{
			"WP3-v2.1 of a list", "/v2/customers?limit=5&offset=0",
			"eae1952f132d402235e392874c4ce1b2c4a28ac7868e37b01663180d9f1ef1ae334b494e267310bd1e0da28fb7785562a8e86d5aa2d55af126386f84038c4cae",
		},
		{
			"WP3-v2.1 of a creation", `/v2/customers{"name":"A"}`,
			"ea7d1b0e5a856e26866218f8f655677a0128b04ece33d128c4d72f70215e972f0cfdb5fa35c9ea01b0b10abd0f52f41d56fb424efc5efe71f62c50defba632a9",
		},
		{
			"WP3-v2", `{"name":"A"}`,
			"4178ad7e8129a19a32f9bf8083fba75d28b90df5adbfdef6558e94e839b8f5d6c1b4318f8522152eecc7fddb7116954b7354541c7693061b98894e870422effa",
		},
	} {
		if got := sign(key, timestamp, token, tt.covered); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}
