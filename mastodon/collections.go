package mastodon

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
)

// PageRequest asks for a page of a collection.
type PageRequest struct {
	Collection string   // statuses, favourites, bookmarks or notifications
	AccountID  string   // statuses: whose
	Limit      int      // items
	Types      []string // notifications: of these types, where the server filters (not all do)
	Next       string   // a page's own link to the next one, verbatim; empty for the top page
}

// List is a page.
type List struct {
	Items      []json.RawMessage // as they came; slices of one buffer
	Next, Prev string            // links, empty where there are none
	HasLink    bool              // the server sent a Link header
}

// Page reads a page of a collection, newest first. The top page is asked for without any id: Mastodon does not
// count it as paging then (rack_attack.rb:60-62,93-95).
func (c *Client) Page(ctx context.Context, r PageRequest) (List, error) {
	address, query := r.Next, url.Values(nil)
	if r.Next == "" {
		path, err := r.path()
		if err != nil {
			return List{}, err
		}
		address, query = path, r.query()
	}
	a, err := c.get(ctx, address, query)
	if err != nil {
		return List{}, err
	}
	var list List
	if err := json.Unmarshal(a.body, &list.Items); err != nil {
		return List{}, &Error{URL: address, Status: 200, Message: "not a list", Kind: Malformed}
	}
	list.HasLink = a.header.Get("Link") != ""
	next, prev := links(a.header.Values("Link"))
	list.Next, list.Prev = c.ownLink(next), c.ownLink(prev)
	return list, nil
}

func (r PageRequest) path() (string, error) {
	switch r.Collection {
	case "statuses":
		return "/api/v1/accounts/" + url.PathEscape(r.AccountID) + "/statuses", nil
	case "favourites", "bookmarks", "notifications":
		return "/api/v1/" + r.Collection, nil
	}
	return "", fmt.Errorf("no such collection: %q", r.Collection)
}

func (r PageRequest) query() url.Values {
	query := url.Values{"limit": {strconv.Itoa(r.Limit)}}
	if r.Collection == "notifications" {
		query["types[]"] = r.Types
		query.Set("include_filtered", "true") // Mastodon 4.3 hides what its policy filters (notification.rb:177-190)
	}
	return query
}

// ownLink is a link that stays with the server, absolute, or nothing.
func (c *Client) ownLink(link string) string {
	if link == "" {
		return ""
	}
	u, err := c.base.Parse(link)
	if err != nil || !c.own(u) {
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
	var posts []json.RawMessage
	if err := json.Unmarshal(a.body, &posts); err != nil {
		return nil, &Error{URL: c.BaseURL + "/api/v1/statuses", Status: 200, Message: "not a list", Kind: Malformed}
	}
	return posts, nil
}

// Post reads one post.
func (c *Client) Post(ctx context.Context, id string) (json.RawMessage, error) {
	a, err := c.get(ctx, "/api/v1/statuses/"+url.PathEscape(id), nil)
	return a.body, err
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
	if err := json.Unmarshal(a.body, &found); err != nil {
		return nil, &Error{URL: c.BaseURL + "/api/v2/search", Status: 200, Message: "not a result", Kind: Malformed}
	}
	for _, s := range found.Statuses {
		var names struct{ URI, URL any }
		if json.Unmarshal(s, &names) == nil && (names.URI == address || names.URL == address) {
			return s, nil
		}
	}
	if len(found.Statuses) > 0 {
		return found.Statuses[0], nil
	}
	return nil, &Error{URL: c.BaseURL + "/api/v2/search", Status: 200, Message: "no post was found", Kind: NotFound}
}

// Credentials is who a token belongs to.
type Credentials struct {
	ID            string
	Username      string
	StatusesCount int64
}

// VerifyCredentials asks who the token belongs to.
func (c *Client) VerifyCredentials(ctx context.Context) (Credentials, error) {
	a, err := c.get(ctx, "/api/v1/accounts/verify_credentials", nil)
	if err != nil {
		return Credentials{}, err
	}
	var who struct {
		ID            json.RawMessage `json:"id"`
		Username      string          `json:"username"`
		StatusesCount int64           `json:"statuses_count"`
	}
	if err := json.Unmarshal(a.body, &who); err != nil || len(who.ID) == 0 || who.Username == "" {
		return Credentials{}, &Error{URL: c.BaseURL, Status: 200, Message: "not an account", Kind: Malformed}
	}
	id, err := strconv.Unquote(string(who.ID))
	if err != nil {
		id = string(who.ID) // Mastodon 1 and Pixelfed write numbers
	}
	return Credentials{ID: id, Username: who.Username, StatusesCount: who.StatusesCount}, nil
}
