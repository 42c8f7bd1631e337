package export

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/tidwall/gjson"

	"lama/archive"
	"lama/permalink"
)

// post makes a status of the object that was created; activity is what says so.
func (a actor) post(activity, object gjson.Result) (status, error) {
	uri := identity(object)
	if err := a.own(activity, object, uri); err != nil {
		return status{}, err
	}
	s := status{
		ID:          a.id(uri, address(object)),
		CreatedAt:   or(cmp.Or(text(object.Get("published")), text(activity.Get("published")))),
		Sensitive:   object.Get("sensitive").Bool(),
		SpoilerText: text(object.Get("summary")),
		Visibility:  visibility(activity, object, a.followers),
		URI:         uri,
		URL:         or(address(object)),
		EditedAt:    or(text(object.Get("updated"))),
		Content:     cmp.Or(text(object.Get("content")), text(object.Get("name"))),
		Account:     a.account,
		Media:       []medium{},
		Mentions:    []named{},
		Tags:        []tag{},
		Emojis:      []emoji{},
		Poll:        pollOf(object),
	}
	s.Language = or(language(object, s.Content))
	s.RepliesCount, s.ReblogsCount = total(object.Get("replies")), total(object.Get("shares"))
	s.FavouritesCount = total(object.Get("likes"))
	for _, m := range object.Get("attachment").Array() {
		s.Media = append(s.Media, a.medium(m))
	}
	for _, t := range object.Get("tag").Array() {
		s.tag(t)
	}
	a.refer(&s, object)
	return s, nil
}

// own says why an object is none of the account's posts, or nil. An export may say what it likes of others.
func (a actor) own(activity, object gjson.Result, uri string) error {
	author := cmp.Or(identity(object.Get("attributedTo")), identity(activity.Get("actor")))
	switch {
	case uri == "":
		return errors.New("it has no id")
	case a.uri != "" && author != "" && author != a.uri:
		return fmt.Errorf("%.200s is by %.200s, not by the account", uri, author)
	case hostOf(uri) != a.host:
		return fmt.Errorf("%.200s is not on the account's server", uri)
	}
	return nil
}

// id is by what the API of the account's server knows a post: an id in its addresses, else the first of these, which
// names no other.
func (a actor) id(addresses ...string) string {
	for _, address := range addresses {
		if id, ok := permalink.LocalID(address, a.host); ok {
			return id
		}
	}
	return addresses[0]
}

// refer notes the posts that a post replies to and quotes: by their ids where they are on the same server.
func (a actor) refer(s *status, object gjson.Result) {
	if uri := identity(object.Get("inReplyTo")); uri != "" {
		if id, ok := permalink.LocalID(uri, a.host); ok {
			s.InReplyToID = &id
		} else {
			s.Akkoma = &parent{uri}
		}
	}
	a.quote(s, object)
}

// quote notes what a post quotes. Mastodon says by an authorization that who is quoted has agreed, and needs none of
// the author; others ask nobody.
func (a actor) quote(s *status, object gjson.Result) {
	uri := identity(object.Get("quote"))
	id, local := permalink.LocalID(uri, a.host)
	if uri != "" && identity(object.Get("quoteAuthorization")) == "" && !strings.HasPrefix(uri, a.uri+"/") {
		s.Quote = &unsettled{State: "pending"}
		return
	}
	for _, key := range []string{"quoteUrl", "quoteUri", "_misskey_quote"} {
		if uri == "" {
			uri = identity(object.Get(key))
			id, local = permalink.LocalID(uri, a.host)
		}
	}
	switch {
	case local:
		s.QuoteID = id
	case uri != "":
		s.Pleroma = &quoted{uri}
	}
}

// tag takes in what a post names: accounts, hashtags and pictures.
func (s *status) tag(t gjson.Result) {
	name := text(t.Get("name"))
	switch {
	case is(t, "Mention"):
		acct := strings.TrimPrefix(name, "@")
		user, _, _ := strings.Cut(acct, "@")
		href := text(t.Get("href"))
		s.Mentions = append(s.Mentions, named{ID: href, Username: user, URL: href, Acct: acct})
	case is(t, "Hashtag"):
		s.Tags = append(s.Tags, tag{strings.TrimPrefix(name, "#"), text(t.Get("href"))})
	case is(t, "Emoji"):
		s.Emojis = append(s.Emojis, emojiOf(t))
	}
}

func emojiOf(t gjson.Result) emoji {
	picture := address(t.Get("icon"))
	return emoji{strings.Trim(text(t.Get("name")), ":"), picture, picture}
}

// language is the language of the text. Mastodon writes it in contentMap, whose one entry is the text.
func language(object gjson.Result, content string) (found string) {
	object.Get("contentMap").ForEach(func(key, value gjson.Result) bool {
		if found == "" || text(value) == content {
			found = text(key)
		}
		return true
	})
	return found
}

// total is how many a collection says it has; nil where it does not.
func total(collection gjson.Result) *int64 {
	n := collection.Get("totalItems")
	if n.Type != gjson.Number {
		return nil
	}
	count := n.Int()
	return &count
}

// pollOf is a question as a poll; nil where it is none.
func pollOf(object gjson.Result) *poll {
	p := &poll{Multiple: object.Get("anyOf").Exists(), Options: []option{}, Emojis: []emoji{}}
	for _, key := range []string{"oneOf", "anyOf"} {
		for _, o := range object.Get(key).Array() {
			votes := total(o.Get("replies"))
			if votes != nil {
				p.VotesCount += *votes
			}
			p.Options = append(p.Options, option{text(o.Get("name")), votes})
		}
	}
	if len(p.Options) == 0 {
		return nil
	}
	closed := object.Get("closed")
	p.Expired = closed.Type == gjson.True || text(closed) != ""
	p.ExpiresAt = or(cmp.Or(text(object.Get("endTime")), text(closed)))
	if voters := object.Get("votersCount"); voters.Type == gjson.Number {
		n := voters.Int()
		p.VotersCount = &n
	}
	return p
}

// accountOf is the account in the shape of the API, as its export describes it. Of its pictures an export has files,
// and not their addresses.
func accountOf(said gjson.Result, uri string, a archive.Account) account {
	who := account{
		ID: uri, Username: a.User, Acct: a.User, URI: uri,
		DisplayName: text(said.Get("name")), Note: text(said.Get("summary")), URL: cmp.Or(address(said), uri),
		Locked: said.Get("manuallyApprovesFollowers").Bool(), Bot: is(said, "Service"),
		CreatedAt: or(text(said.Get("published"))), Emojis: []emoji{}, Fields: []field{},
	}
	for _, t := range said.Get("tag").Array() {
		if is(t, "Emoji") {
			who.Emojis = append(who.Emojis, emojiOf(t))
		}
	}
	for _, f := range said.Get("attachment").Array() {
		if is(f, "PropertyValue") {
			who.Fields = append(who.Fields, field{text(f.Get("name")), text(f.Get("value"))})
		}
	}
	return who
}

// marshal writes JSON as servers do, with HTML as it is.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
