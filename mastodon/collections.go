package mastodon

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// PageRequest asks for a page of a collection.
type PageRequest struct {
	Collection string   // statuses, favourites, bookmarks or notifications
	AccountID  string   // statuses: whose
	Limit      int      // items; 0: the server's own
	Types      []string // notifications: of these types, where the server filters (not all do)
	Next       string   // a page's own link to the next one, verbatim; empty for the top page
}

// List is a page.
type List struct {
	Items      []json.RawMessage // as they came
	Next, Prev string            // links, empty where there are none
	HasLink    bool              // the server sent a link to another page
}

// Page reads a page of a collection, newest first. The top page is asked for without any id: Mastodon does not
// count it as paging then (rack_attack.rb:60-62,93-95). A next link that leads to another server is an error: without
// it the walk would seem to be at its end.
func (c *Client) Page(ctx context.Context, r PageRequest) (List, error) {
	address, query := r.Next, url.Values(nil)
	if r.Next == "" {
		path, err := c.path(r)
		if err != nil {
			return List{}, err
		}
		address, query = path, r.query()
	}
	a, err := c.get(ctx, address, query)
	if err != nil {
		return List{}, err
	}
	items, err := a.list()
	if err != nil {
		return List{}, err
	}
	next, prev := links(a.header.Values("Link"))
	next, prev = mended(next, prev, r.Next)
	next, prev = byLikes(next, prev, items)
	list := List{Items: items, Next: c.ownLink(next), Prev: c.ownLink(prev), HasLink: next != "" || prev != ""}
	if next != "" && list.Next == "" {
		return List{}, a.malformed("the link to its next page leads to another server")
	}
	return list, nil
}

func (c *Client) path(r PageRequest) (string, error) {
	switch r.Collection {
	case "statuses":
		id, err := c.segment(r.AccountID)
		return "/api/v1/accounts/" + id + "/statuses", err
	case "favourites", "bookmarks", "notifications":
		return "/api/v1/" + r.Collection, nil
	}
	return "", fmt.Errorf("no such collection: %q", r.Collection)
}

// segment is an id as a part of a path. Some would lead to another path: those are nobody's.
func (c *Client) segment(id string) (string, error) {
	if id == "" || id == "." || id == ".." {
		return "", &Error{URL: redacted(c.base), Message: fmt.Sprintf("%q is no id", id), Kind: NotFound}
	}
	return url.PathEscape(id), nil
}

func (r PageRequest) query() url.Values {
	query := url.Values{}
	if r.Limit > 0 { // 0 is all there is on GoToSocial
		query.Set("limit", strconv.Itoa(r.Limit))
	}
	if r.Collection == "notifications" {
		query["types[]"] = r.Types
		query.Set("include_filtered", "true") // Mastodon 4.3 hides what its policy filters (notification.rb:177-190)
	}
	return query
}

// ownLink is a link of the server to itself, absolute; or nothing. One that differs in the scheme alone is mended:
// servers behind a proxy that ends TLS may not know their own.
func (c *Client) ownLink(link string) string {
	if link == "" {
		return ""
	}
	u, err := c.base.Parse(link)
	if err != nil {
		return ""
	}
	if u.Scheme == "http" || u.Scheme == "https" {
		u.Scheme = c.base.Scheme
	}
	if !c.own(u) {
		return ""
	}
	return u.String()
}

// Posts reads several posts by their ids, at most as many as the batch takes, in no order. What is gone, and what
// is by somebody muted, blocked or limited, is left out without a word (mastodon-api.md §1.2).
func (c *Client) Posts(ctx context.Context, b Batch, ids []string) ([]json.RawMessage, error) {
	if b == BatchNone || len(ids) > b.Size() {
		return nil, fmt.Errorf("a batch of %d posts where the server takes %d", len(ids), b.Size())
	}
	a, err := c.get(ctx, "/api/v1/statuses", url.Values{string(b): ids})
	if err != nil {
		return nil, err
	}
	return a.list()
}

// Post reads one post.
func (c *Client) Post(ctx context.Context, id string) (json.RawMessage, error) {
	segment, err := c.segment(id)
	if err != nil {
		return nil, err
	}
	a, err := c.get(ctx, "/api/v1/statuses/"+segment, nil)
	if err != nil {
		return nil, err
	}
	if _, err := decodeObject(a.body); err != nil {
		return nil, a.malformed("not a post")
	}
	return a.body, nil
}

// History reads the versions of a post that its server has seen, the oldest first; the last one is that of now
// (mastodon-api.md §1.2). [DecodeVersion] reads them.
func (c *Client) History(ctx context.Context, id string) ([]json.RawMessage, error) {
	segment, err := c.segment(id)
	if err != nil {
		return nil, err
	}
	a, err := c.get(ctx, "/api/v1/statuses/"+segment+"/history", nil)
	if err != nil {
		return nil, err
	}
	return a.list()
}

// Search finds the post behind a URL: the server fetches it from its origin where it does not know it. Where
// nothing is found, the error's kind is NotFound. Posts are searched for without naming their type: Sharkey finds
// nothing else (mastodon-api.md §8.5).
func (c *Client) Search(ctx context.Context, address string) (json.RawMessage, error) {
	a, err := c.get(ctx, "/api/v2/search", url.Values{"q": {address}, "resolve": {"true"}, "limit": {"5"}})
	if err != nil {
		return nil, err
	}
	var found struct {
		Statuses []json.RawMessage `json:"statuses"`
	}
	if json.Unmarshal(a.body, &found) != nil {
		return nil, a.malformed("not a result of a search")
	}
	if s := behind(address, found.Statuses); s != nil {
		return s, nil
	}
	return nil, &Error{URL: redacted(a.url), Status: http.StatusOK, Message: "no post was found", Kind: NotFound}
}

// behind chooses the post that an address means: the one that says so, or the only one, whose address may be another
// name of it. Of several, and of one whose text holds the address, it is likelier that the words were searched for
// (Pleroma and Akkoma do both).
func behind(address string, found []json.RawMessage) json.RawMessage {
	var likely json.RawMessage
	for _, raw := range found {
		s, err := DecodeStatus(raw)
		switch {
		case err != nil:
		case s.URI == address, s.URL == address:
			return raw
		case len(found) == 1 && !strings.Contains(html.UnescapeString(s.Content), address):
			likely = raw
		}
	}
	return likely
}

// Credentials is who a token belongs to.
type Credentials struct {
	ID            string
	Username      string
	StatusesCount int64 // as far as it is told
}

// VerifyCredentials asks who the token belongs to.
func (c *Client) VerifyCredentials(ctx context.Context) (Credentials, error) {
	a, err := c.get(ctx, "/api/v1/accounts/verify_credentials", nil)
	if err != nil {
		return Credentials{}, err
	}
	o, _ := decodeObject(a.body) // what can't be read has no id
	who := Credentials{ID: o.text("id"), Username: o.text("username")}
	if who.ID == "" || who.Username == "" {
		return Credentials{}, a.malformed("not an account")
	}
	who.StatusesCount, _ = strconv.ParseInt(o.text("statuses_count"), 10, 64)
	return who, nil
}
