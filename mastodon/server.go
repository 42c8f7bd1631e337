package mastodon

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
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
	Evidence   map[string]string `json:"evidence"` // how each of these was learnt
}

// PerIP says whether the server counts requests per address and not per user: GoToSocial does.
func (s Server) PerIP() bool { return s.Software == "gotosocial" }

// Limit is the largest page of a collection that is decent to ask for. GoToSocial has no bound of its own.
func (s Server) Limit(collection string) int {
	switch {
	case s.Software == "gotosocial" && collection != "notifications":
		return 100
	case collection == "notifications":
		return 80
	case s.Software == "pixelfed":
		return 20 // 40 is an error there (pixelfed#4854)
	}
	return 40
}

// instance is what /api/v2/instance and /api/v1/instance share, for us.
type instance struct {
	Domain      string `json:"domain"` // v2
	URI         string `json:"uri"`    // v1
	Version     string `json:"version"`
	APIVersions struct {
		Mastodon int `json:"mastodon"`
	} `json:"api_versions"`
}

// Probe learns what the server can do. It asks two things, the second under an older name where it must; what a
// server does not tell it is taken not to have.
func (c *Client) Probe(ctx context.Context) (Server, error) {
	s := Server{Evidence: map[string]string{}}
	var about instance
	var err error
	for _, path := range []string{"/api/v2/instance", "/api/v1/instance"} {
		var a answer
		if a, err = c.get(ctx, path, nil); err == nil {
			err = json.Unmarshal(a.body, &about)
		}
		if err == nil {
			s.Evidence["instance"] = path
			break
		}
		if k := KindOf(err); k != NotFound && k != Forbidden && k != Invalid {
			return Server{}, err
		}
	}
	if err != nil {
		return Server{}, fmt.Errorf("ask the server what it is: %w", err)
	}
	s.Domain = host(cmp.Or(about.Domain, about.URI, c.base.Host))
	s.Version, s.APIVersion = bounded(about.Version), about.APIVersions.Mastodon
	if s.Software, err = c.software(ctx); err != nil {
		return Server{}, err
	}
	s.Batch = s.batch()
	return s, nil
}

// host is the host of a domain that v1 may write as an address.
func host(domain string) string {
	if u, err := url.Parse(domain); err == nil && u.Host != "" {
		return u.Host
	}
	return domain
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

// software is the name in the server's nodeinfo, empty where it has none.
func (c *Client) software(ctx context.Context) (string, error) {
	var index struct {
		Links []struct{ Rel, Href string } `json:"links"`
	}
	var info struct {
		Software struct{ Name string } `json:"software"`
	}
	if err := c.read(ctx, "/.well-known/nodeinfo", &index); err != nil {
		return "", err
	}
	for _, l := range index.Links {
		if !strings.HasPrefix(l.Rel, "http://nodeinfo.diaspora.software/ns/schema/2") || c.ownLink(l.Href) == "" {
			continue
		}
		if err := c.read(ctx, l.Href, &info); err != nil || info.Software.Name != "" {
			return strings.ToLower(bounded(info.Software.Name)), err
		}
	}
	return "", nil
}

// read decodes an answer that the server may well not have: then into stays as it is.
func (c *Client) read(ctx context.Context, address string, into any) error {
	a, err := c.get(ctx, address, nil)
	switch KindOf(err) {
	case NotFound, Forbidden, Invalid, Malformed, Unauthorized:
		return nil
	}
	if err != nil {
		return err
	}
	_ = json.Unmarshal(a.body, into) // what can't be read is not told
	return nil
}
