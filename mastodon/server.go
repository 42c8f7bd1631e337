package mastodon

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Batch is the parameter with which a server takes several ids at once.
type Batch string

// The ways in which servers give several posts in one answer.
const (
	BatchNone Batch = ""      // one by one
	BatchID   Batch = "id[]"  // Mastodon 4.3 and later: 20, 422 above (statuses_controller.rb:14,121-127)
	BatchIDs  Batch = "ids[]" // Akkoma and Pleroma: the first 100 (status_controller.ex:118-125)
)

// Size is how many posts a batch may ask for; 1 without batches.
func (b Batch) Size() int {
	switch b {
	case BatchID:
		return 20
	case BatchIDs:
		return 100
	}
	return 1
}

// Server is what a server can do, as far as it was learnt.
type Server struct {
	Domain     string            `json:"domain"`      // of its users' handles
	Software   string            `json:"software"`    // as nodeinfo names it, lower case
	Version    string            `json:"version"`     // for people; nothing is concluded from it
	APIVersion int               `json:"api_version"` // api_versions.mastodon; 0 on other software and before 4.3
	Batch      Batch             `json:"batch"`
	NoContext  bool              `json:"no_context,omitempty"` // it does not tell what is above a post
	NoHistory  bool              `json:"no_history,omitempty"` // nor how a post was before it was edited
	Most       int               `json:"most,omitempty"`       // items of a page; 0: nothing smaller than the usual is known
	Evidence   map[string]string `json:"evidence"`             // how each of these was learnt

	Doubts []Ability `json:"-"` // those that were refused once, which may be about the post
}

// PerIP says whether the server counts requests per address and not per user: GoToSocial does.
func (s Server) PerIP() bool { return s.Software == "gotosocial" }

// Crawls says whether asking for the conversation of a remote post makes the server fetch all of that post's replies
// from elsewhere: Mastodon does since 4.5, whose api_versions.mastodon is 7 (contexts_controller.rb:42-53).
func (s Server) Crawls() bool { return s.APIVersion >= 7 }

// Updates says whether notifications of the type update may be asked for. Pleroma and Akkoma refuse a request that names
// a type which they do not know, and Akkoma does not know this one (notification_operation.ex).
func (s Server) Updates() bool { return s.Software != "akkoma" && s.Software != "pleroma" }

// TellsDoings says whether a status tells truly what the account has done with it. Sharkey and its kin answer
// "bookmarked": false whatever was (MastodonConverters.ts): only those that were read are believed.
func (s Server) TellsDoings() bool {
	return s.APIVersion > 0 || slices.Contains([]string{"mastodon", "gotosocial", "akkoma", "pleroma"}, s.Software)
}

// Inserts says whether something may appear in a collection below what was read of it already.
func (s Server) Inserts(collection string) bool {
	o := s.Omits(collection)
	return o == OmitsPostOrder || o == OmitsBackdated
}

// Limit is the largest page of a collection that is decent to ask for. GoToSocial has no bound of its own.
func (s Server) Limit(collection string) int {
	switch {
	case s.Most > 0:
		return s.Most
	case s.Software == "gotosocial" && collection != "notifications":
		return 100
	case collection == "notifications":
		return 80
	case s.Software == "pixelfed":
		return 20 // 40 is an error there (pixelfed#4854)
	}
	return 40
}

// Probe learns what the server can do. It asks two things, the first under an older name where it must; what a
// server does not tell it is taken not to have.
func (c *Client) Probe(ctx context.Context) (Server, error) {
	s := Server{Evidence: map[string]string{}}
	about, err := c.instance(ctx, s.Evidence)
	if err != nil {
		return Server{}, fmt.Errorf("ask the server what it is: %w", err)
	}
	s.Domain = cmp.Or(domain(about.text("domain")), domain(about.text("uri")), c.base.Host) // of v2, of v1
	s.Version = bounded(about.text("version"))
	s.APIVersion, _ = strconv.Atoi(about.object("api_versions").text("mastodon"))
	if s.Software, err = c.software(ctx); err != nil {
		return Server{}, fmt.Errorf("ask the server for its software: %w", err)
	}
	s.Batch = s.batch()
	return s, nil
}

// instance is what the server says of itself, in version 2 where it has that.
func (c *Client) instance(ctx context.Context, evidence map[string]string) (about object, err error) {
	for _, path := range []string{"/api/v2/instance", "/api/v1/instance"} {
		about, err = c.getObject(ctx, path)
		switch KindOf(err) {
		case NotFound, Forbidden, Invalid, Malformed:
			continue
		}
		evidence["instance"] = path
		break
	}
	return about, err
}

// domain is the host of a domain that v1 may write as an address; nothing where it is none.
func domain(s string) string {
	if u, err := url.Parse(s); err == nil && u.Host != "" {
		s = u.Host
	}
	odd := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(".:-", r)
	}
	if len(s) > 253 || strings.ContainsFunc(s, odd) {
		return ""
	}
	return strings.ToLower(s)
}

func (s Server) batch() Batch {
	switch {
	case s.APIVersion >= 2:
		s.Evidence["batch"] = fmt.Sprintf("api_versions.mastodon is %d; 4.3 has 2", s.APIVersion)
		return BatchID
	case s.Software == "akkoma", s.Software == "pleroma":
		s.Evidence["batch"] = "the software is " + s.Software
		return BatchIDs
	}
	s.Evidence["batch"] = "neither api_versions nor the software tells of one"
	return BatchNone
}

// software is the name in the server's nodeinfo, empty where it has none. One on another host is not asked: that
// speaks for another server.
func (c *Client) software(ctx context.Context) (string, error) {
	index, err := c.ask(ctx, "/.well-known/nodeinfo")
	if err != nil {
		return "", err
	}
	versions := list(index, "links", nodeinfo)
	for _, href := range versions[:min(len(versions), 4)] { // there are two of them
		if href = c.ownLink(href); href == "" {
			continue
		}
		info, err := c.ask(ctx, href)
		if name := info.object("software").text("name"); err != nil || name != "" {
			return strings.ToLower(bounded(name)), err
		}
	}
	return "", nil
}

// nodeinfo is the address in a link to a nodeinfo document, or nothing.
func nodeinfo(link object) string {
	if strings.HasPrefix(link.text("rel"), "http://nodeinfo.diaspora.software/ns/schema/") {
		return link.text("href")
	}
	return ""
}

// ask asks for an object that the server may well not have: it is empty then.
func (c *Client) ask(ctx context.Context, address string) (object, error) {
	o, err := c.getObject(ctx, address)
	switch KindOf(err) {
	case NotFound, Forbidden, Invalid, Malformed, Unauthorized:
		return nil, nil
	}
	return o, err
}
