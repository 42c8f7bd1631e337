package mastodontest

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// oobURI is the redirect URI of programs that take the code by pasting.
const oobURI = "urn:ietf:wg:oauth:2.0:oob"

// oauth is what an instance knows of apps and tokens. The instance's mu guards it.
type oauth struct {
	host   string
	made   int // secrets
	apps   map[string]*app
	codes  map[string]*code
	tokens map[string]*grant
}

type app struct {
	name, id, secret, website string
	redirects, scopes         []string
}

// code is what an authorisation gave; it is good once and for ten minutes.
type code struct {
	app       *app
	person    *Person
	redirect  string
	scopes    []string
	challenge string
	at        time.Time
}

// grant is a token.
type grant struct {
	token   string
	app     *app    // nil for one that a test asked for
	person  *Person // nil for an app's own
	scopes  []string
	revoked bool
	at      time.Time
}

func newOAuth(host string) oauth {
	return oauth{host: host, apps: make(map[string]*app), codes: make(map[string]*code), tokens: make(map[string]*grant)}
}

// secret makes a text that nobody else has, the same in every run.
func (o *oauth) secret() string {
	o.made++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", o.host, o.made))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// granular are the scopes below read that the API of this package wants, and some more.
var granular = []string{
	"read:accounts", "read:blocks", "read:bookmarks", "read:favourites", "read:filters", "read:follows",
	"read:lists", "read:mutes", "read:notifications", "read:search", "read:statuses",
}

// scopes are those that the instance knows.
func (i *Instance) scopes() []string {
	known := []string{"read", "write", "follow", "push"}
	if i.software.Profile && !i.refuseGranular {
		known = append(known, "profile")
	}
	if i.software.Granular && !i.refuseGranular {
		known = append(known, granular...)
	}
	return known
}

// allows says whether a token has one of the scopes; read has all that begin with it, and profile.
func (g *grant) allows(scopes string) bool {
	for scope := range strings.FieldsSeq(scopes) {
		if slices.Contains(g.scopes, scope) || slices.Contains(g.scopes, "read") {
			return true
		}
	}
	return false
}

// bearer is the grant of a request's token; nil without a token. known is false for a token that is not good.
func (i *Instance) bearer(r *http.Request) (g *grant, known bool) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return nil, true
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	g = i.oauth.tokens[token]
	return g, g != nil && !g.revoked
}

// Token is a token of p's that may read everything; the same until it is revoked.
func (p *Person) Token() string {
	i := p.home
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.grant(nil, p, []string{"read"}).token
}

// grant gives a token: for the same app, person and scopes the same one, as Mastodon does.
func (i *Instance) grant(a *app, p *Person, scopes []string) *grant {
	for _, g := range i.oauth.tokens {
		if g.app == a && g.person == p && !g.revoked && slices.Equal(g.scopes, scopes) {
			return g
		}
	}
	g := &grant{token: i.oauth.secret(), app: a, person: p, scopes: scopes, at: i.world.Now()}
	i.oauth.tokens[g.token] = g
	return g
}

// Revoke makes all of p's tokens invalid: they answer 401.
func (p *Person) Revoke() {
	p.home.mu.Lock()
	defer p.home.mu.Unlock()
	for _, g := range p.home.oauth.tokens {
		if g.person == p {
			g.revoked = true
		}
	}
}

// SignIn makes p the one who is asked when somebody opens the instance's authorisation page. It is the
// instance's first person until then.
func (p *Person) SignIn() {
	p.home.mu.Lock()
	defer p.home.mu.Unlock()
	p.home.signed = p
}

// signedIn is who is signed in; nil where the instance has nobody.
func (i *Instance) signedIn() *Person {
	i.world.mu.RLock()
	defer i.world.mu.RUnlock()
	i.mu.Lock()
	defer i.mu.Unlock()
	return cmp.Or(i.signed, i.first)
}
