package discreet_test

import (
	"testing"

	"lama/discreet"
)

// What speaks of who asked is left out wherever it stands, and so are posts within a post.
func TestStatus(t *testing.T) {
	const text = `{"id":110000000000000001,"content":"<p>a & b</p>","favourited":true,"in_reply_to_id":"7","in_reply_to_account_id":"8",` +
		`"account":{"acct":"zoe","relationship":{"note":"mine"}},"poll":{"options":[{"title":"tea"}],"own_votes":[0]},"quote":{"id":"9"}}`
	const rest = `"account":{"acct":"zoe"},"content":"<p>a & b</p>","id":110000000000000001,`
	const end = `"poll":{"options":[{"title":"tea"}]}}`
	for what, c := range map[string]struct{ got, want string }{
		"a status":         {string(discreet.Status([]byte(text))), `{` + rest + `"in_reply_to_account_id":"8","in_reply_to_id":"7",` + end},
		"without a parent": {string(discreet.Alone([]byte(text))), `{` + rest + end},
		"no JSON":          {string(discreet.Status([]byte(`{"id":`))), ""},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s\nwant %s", what, c.got, c.want)
		}
	}
}
