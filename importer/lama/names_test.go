package lama

import (
	"path"
	"regexp"
	"testing"

	"pgregory.net/rapid"

	"lama/archive"
	"lama/disk"
)

// theirs is how LAMA 1.x calls a JSON file: <user>_<host>_<id>.json, of both without what is neither a letter nor a digit.
var theirs = regexp.MustCompile(`^[\p{L}\p{N}]*_[\p{L}\p{N}]*_[^_@~]*\.json$`)

// In LAMA's own folder no JSON file of ours takes the place of one of LAMA's, whether that has been imported or not: ours
// have a sign in their names that LAMA's never have.
func TestNoJSONFileIsCalledLikeOneOfLAMAs(t *testing.T) {
	for _, name := range []string{"admin_localhost3000_21.json", "fay99_12700137707_109307744747569470.json"} {
		if !theirs.MatchString(name) {
			t.Errorf("%s is one of LAMA's", name)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		author := ""
		if rapid.Bool().Draw(t, "known") {
			user, host := rapid.StringMatching(`[\pL\w.-]{1,80}`), rapid.StringMatching(`[\pL\w.:-]{1,80}`)
			author = user.Draw(t, "user") + "@" + host.Draw(t, "host")
		}
		id := rapid.OneOf(rapid.StringMatching(`\d{1,19}`), rapid.String()).Draw(t, "id")
		ours := disk.JSONPath(archive.Named("ana@home.example"), "posts", author, id, archive.ParseTime("2022-11-01T00:00:00Z"))
		if theirs.MatchString(path.Base(ours)) {
			t.Errorf("a post of %q is %s", author, ours)
		}
	})
}
