package store

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
)

// Viewer is for whose eyes posts are read. Every read for a reader takes one. The zero Viewer sees nothing.
type Viewer struct {
	Person      string   // empty: who sits at the archive
	Own         []string // the person's accounts, user@instance
	Others      []string // the household's other accounts
	SharePublic bool     // show what the others posted or boosted in public
	All         bool     // who sits at the archive: everything, also of accounts that are no longer configured
	Leave       *Leave   // what of all this may leave the household; nil: it stays within, and all of it is shown
}

// Household is the viewer who sits at the archive itself, before its files.
func Household() Viewer { return Viewer{All: true} }

// public is the condition that a post is for everybody.
func public(alias string) string { return alias + ".visibility IN ('public', 'unlisted')" }

// shared is the rule of what persons see of each other: that activity %[1]s of another's account is that it posted
// post %[2]s itself, or boosted it, for everybody; of a boost both are. What else brought a post here is its own: what was
// favourited, bookmarked or told to it, and what hangs on that. (CROSS JOIN keeps SQLite to this order: the other begins with
// all that an account did.)
const shared = `%[1]s.chain = '' AND %[3]s AND (
    %[1]s.base = 'post' AND (%[2]s.reblog IS NULL
        OR (SELECT 1 FROM posts o WHERE o.post_uri = %[2]s.reblog AND %[4]s LIMIT 1) IS NOT NULL)
    OR %[1]s.base = 'reblog' AND (SELECT 1 FROM posts o CROSS JOIN activities k WHERE o.reblog = %[2]s.post_uri AND %[4]s
        AND k.post_uri = o.post_uri AND k.account = %[1]s.account AND k.base = 'post' AND k.chain = '' LIMIT 1) IS NOT NULL)`

// sight is a viewer's rule in one statement.
type sight struct {
	Viewer
	tx tx
	n  int
}

// in is the viewer's rule for a statement whose last arguments, from number n on, are [Viewer.args].
func (v Viewer) in(t tx, n int) sight { return sight{v, t, n} }

// args are the arguments of the rule.
func (v Viewer) args() []any {
	switch {
	case v.All:
		return nil
	case v.SharePublic:
		return []any{listOf(v.Own), listOf(v.Others)}
	}
	return []any{listOf(v.Own), listOf[string](nil)}
}

// knows is the rule, and this is the only place where it stands: the condition that the viewer may know of activity a, which
// is of post p. a and p are the aliases of their tables in the statement.
func (s sight) knows(a, p string) string {
	if s.All {
		return "TRUE"
	}
	return fmt.Sprintf("(%s OR %s AND %s)", s.owns(a), s.named(a, s.n+1), fmt.Sprintf(shared, a, p, public(p), public("o")))
}

// owns is the condition that row a is of one of the viewer's accounts.
func (s sight) owns(a string) string {
	if s.All {
		return "TRUE"
	}
	return s.named(a, s.n)
}

// named is the condition that argument n lists the account of row a.
func (s sight) named(a string, n int) string { return a + ".account " + s.tx.among(s.tx.list(n, 1)) }

// shows is the condition that activity a, which is of post p, may be shown: that the viewer knows of it, and it may leave
// where it is to.
func (s sight) shows(a, p string) string {
	if s.Leave == nil {
		return s.knows(a, p)
	}
	return "(" + s.knows(a, p) + " AND " + s.Leave.activity(a, p) + ")"
}

// sees is the condition that post p may be shown to the viewer: that one knows of one of its activities.
func (s sight) sees(p string) string {
	sees := "TRUE"
	if !s.All {
		sees = fmt.Sprintf("(SELECT 1 FROM activities v WHERE v.post_uri = %s.post_uri AND %s LIMIT 1) IS NOT NULL", p,
			s.knows("v", p))
	}
	if s.Leave != nil {
		return "(" + sees + " AND " + s.Leave.post(p) + ")"
	}
	return sees
}

// asked says whether it was the viewer for whom a server was asked: what it sent speaks of nobody else then. What leaves is
// for others.
func (v Viewer) asked(fetchedBy string) bool {
	return v.Leave == nil && (v.All || slices.Contains(v.Own, fetchedBy))
}

// passKey signs the passes of this process. A new process, which may have other rules, takes none of an older one.
var passKey = []byte(rand.Text())

// pass is what lets a viewer have the file of a picture. Whoever may see a post may see the pictures that it shows; which
// posts show one no index says, so that who was shown such a post is given this with it.
func (v Viewer) pass(sum string) string {
	h := hmac.New(sha256.New, passKey)
	_, _ = fmt.Fprintf(h, "%t %q %s", v.All, v.Person, sum)
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:16])
}

// holds says whether a pass was given to the viewer, for this file.
func (v Viewer) holds(pass, sum string) bool { return hmac.Equal([]byte(pass), []byte(v.pass(sum))) }
